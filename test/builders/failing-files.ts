import { nodePlatform } from '../../src/platform/node';
import { FileError, type Files, type OpenFile, type OpenMode } from '../../src/platform/ports';

/** The real file system, until writing to files is made to fail. */
export class FailingFiles {
  isFailing = false;

  readonly files: Files = {
    ...nodePlatform().files,
    openSync: (path: string, mode: OpenMode) =>
      this.#guarded(nodePlatform().files.openSync(path, mode)),
  };

  #guarded(file: OpenFile): OpenFile {
    const writeSync = file.writeSync.bind(file);
    file.writeSync = (buffers, position) => {
      if (this.isFailing) throw new FileError(file.path, 'EIO', 'write');
      writeSync(buffers, position);
    };
    return file;
  }
}

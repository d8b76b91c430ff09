import { dirname } from 'node:path';

import type { Files } from '../platform/ports';

/**
 * Makes a directory and its parents and brings their names to the device: without that, a power failure may take away
 * the directory with everything that was flushed in it. As Kafka's `LogManager` does for a new `log.dirs`. Throws
 * `FileError`.
 */
export function makeDurableDirectory(files: Files, path: string): void {
  if (files.statSync(path)) return;
  const parent = dirname(path);
  makeDurableDirectory(files, parent);
  files.makeDirectorySync(path);
  files.syncDirectorySync(parent);
}

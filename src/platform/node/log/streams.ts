/** Where lines go, as streams that winston writes to. None of them ever reports an error: a log must not stop a broker. */
import { Writable } from 'node:stream';

import type { RotatingFile } from './rotating-file';

/** Takes whole lines, at once: what was written is out before the next statement runs. */
class LineStream extends Writable {
  constructor(private readonly take: (line: string) => void) {
    super({ decodeStrings: false });
  }

  override _write(line: string, _encoding: string, done: () => void): void {
    this.take(line);
    done();
  }
}

export type StandardStream = 'stdout' | 'stderr';

/**
 * The process's own output: on Linux Node writes to it synchronously. Whoever reads it may end before this process does
 * (EPIPE), or its disk may be full: lines are lost then, without a sound.
 */
export function standardStream(name: StandardStream): Writable {
  const stream = process[name];
  if (!stream.listeners('error').includes(ignoreLoss)) stream.on('error', ignoreLoss);
  return new LineStream((line) => stream.write(`${line}\n`));
}

function ignoreLoss(): void {
  // There is nobody left to tell.
}

export function fileStream(file: RotatingFile): Writable {
  return new LineStream((line) => file.write(line));
}

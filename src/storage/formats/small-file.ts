/** Small files of a log that need not be on the device at once. */

import type { Files } from '../../platform/ports';

/** Replaces the content in place, by one write: a killed broker leaves it whole, a power failure may not. */
export function writeSmallFile(files: Files, path: string, content: Buffer): void {
  const file = files.openSync(path, 'create');
  try {
    if (file.size() > content.length) file.truncateSync(0);
    file.writeSync([content], 0);
  } finally {
    file.closeSync();
  }
}

/** Brings a file to the device, if it is there. */
export function syncSmallFile(files: Files, path: string): void {
  if (!files.statSync(path)) return;
  const file = files.openSync(path, 'update');
  try {
    file.syncSync();
  } finally {
    file.closeSync();
  }
}

/** Drops files from the page cache with posix_fadvise, which GNU dd knows, and which needs no rights. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { run } from './processes.mjs';

export async function dropFromPageCache(folder) {
  const log = join(tmpdir(), `page-cache-${process.pid}.log`);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.log'))) {
    // Only clean pages can be dropped, so it is written back first (fdatasync).
    const options = ['oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none'];
    await run('dd', [`of=${join(folder, name)}`, ...options], log);
  }
}

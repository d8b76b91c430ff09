/** The real platform: this machine's clock, random source, disk and network. */
import type { Log, Platform } from '../ports';
import { silentLog } from '../silent-log';
import { NodeClock } from './clock';
import { nodeFiles } from './files';
import { nodeNetwork } from './network';
import { nodeProcess } from './process';
import { nodeRandom } from './random';

/** A platform that logs to `log`, or nowhere. Load `nodeLog` from './log' only when needed: winston is slow to load. */
export function nodePlatform(options: { log?: Log } = {}): Platform {
  return {
    clock: new NodeClock(),
    random: nodeRandom,
    files: nodeFiles,
    network: nodeNetwork,
    log: options.log ?? silentLog,
    process: nodeProcess,
  };
}

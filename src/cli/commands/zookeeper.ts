/** `odradek zookeeper`: the embedded ZooKeeper server by itself. */
import { resolve } from 'node:path';

import type { Command } from 'commander';

import type { Log } from '../../platform/ports';
import { port, withLogOptions } from '../arguments';
import type { LogOptions } from '../arguments';
import { print } from '../output';
import { serve } from '../signals';

interface Options extends LogOptions {
  readonly port: number;
  readonly host: string;
  readonly dataDir?: string;
}

export function define(command: Command): void {
  command
    .option('--port <port>', 'port for clients, 0 for a free one', port, 2181)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--data-dir <folder>', 'where to keep the data (default: in memory only)');
  withLogOptions(command, 'info').action(run);
}

function openLog({ logLevel, logJson }: LogOptions): Log {
  const { nodeLog } =
    require('../../platform/node/log') as typeof import('../../platform/node/log');
  const { LeveledLog, LogLevels } =
    require('../../platform/log-levels') as typeof import('../../platform/log-levels');
  const log = nodeLog({ format: logJson ? 'json' : 'text', to: 'stderr' });
  return new LeveledLog(log, new LogLevels(logLevel), 'zookeeper');
}

async function run(options: Options): Promise<void> {
  const { ZooKeeperServer } =
    require('../../zookeeper-server') as typeof import('../../zookeeper-server');
  const { nodePlatform } = require('../../platform/node') as typeof import('../../platform/node');
  const platform = nodePlatform({ log: openLog(options) });
  const dataDirectory = options.dataDir === undefined ? undefined : resolve(options.dataDir);
  await serve({
    start: () =>
      ZooKeeperServer.start({
        platform,
        port: options.port,
        host: options.host,
        ...(dataDirectory === undefined ? {} : { dataDirectory }),
      }),
    announce: (server) =>
      print(
        `ZooKeeper serves at ${options.host}:${String(server.port)}, data in ${dataDirectory ?? 'memory only'}`,
      ),
    stop: (server) => server.stop(),
  });
}

/** `odradek broker FILE`: one broker from a Kafka properties file, unchanged. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

import type { Command } from 'commander';

import type { BrokerReady } from '../../cluster/child-process';
import { keyValue, withLogOptions } from '../arguments';
import type { LogOptions } from '../arguments';
import { OperatorError } from '../failure';
import { print } from '../output';
import { serve } from '../signals';

interface Options extends LogOptions {
  readonly override?: Readonly<Record<string, string>>;
}

export function define(command: Command): void {
  command
    .argument('<file>', 'properties file, such as server.properties')
    .option(
      '--override <key=value>',
      'a setting that goes before the file; may be repeated',
      keyValue,
    );
  withLogOptions(command, 'info').action(run);
}

function readProperties(file: string): Record<string, string> {
  const { parseProperties } =
    require('../../config/properties') as typeof import('../../config/properties');
  try {
    return parseProperties(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new OperatorError(`${file}: cannot be read`, { cause: error });
  }
}

async function run(file: string, options: Options): Promise<void> {
  const properties = { ...readProperties(file), ...options.override };
  const { Broker } = require('../../broker/broker') as typeof import('../../broker/broker');
  const { nodePlatform } = require('../../platform/node') as typeof import('../../platform/node');
  const { consoleLog } =
    require('../../platform/node/log') as typeof import('../../platform/node/log');
  const platform = nodePlatform({
    log: consoleLog({ level: options.logLevel, json: options.logJson }),
  });
  await serve({
    start: () =>
      Broker.start({
        platform,
        properties,
        source: basename(file),
        onFatal: () => process.exit(1),
      }),
    announce: (broker) => {
      const ports = [...broker.ports].map(([name, bound]) => `${name} on port ${String(bound)}`);
      print(`broker ${String(broker.id)} serves ${ports.join(', ')}`);
      const ready: BrokerReady = { ready: true, ports: Object.fromEntries(broker.ports) };
      process.send?.(ready);
    },
    stop: (broker) => broker.stop(),
  });
  if (process.connected) process.disconnect();
}

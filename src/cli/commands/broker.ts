/** `odradek broker FILE`: one broker from a Kafka properties file, unchanged; `--env`: from a container's environment. */
import { basename } from 'node:path';

import type { Command } from 'commander';

import type { Broker } from '../../broker/broker';
import type { BrokerReady } from '../../cluster/child-process';
import type { FromEnvironment } from '../../config/environment';
import type { Log } from '../../platform/ports';
import { keyValue, withLogOptions } from '../arguments';
import type { LogOptions } from '../arguments';
import { logProperties, openLog, told } from '../broker-log';
import { describeFailure, OperatorError } from '../failure';
import { print } from '../output';
import { readProperties } from '../properties-file';
import { serve } from '../signals';

interface Options extends Partial<LogOptions> {
  readonly env: boolean;
  readonly override?: Readonly<Record<string, string>>;
}

type Properties = Readonly<Record<string, string>>;

/** What the broker is to be, wherever that was written. */
interface Wanted {
  readonly properties: Properties;
  /** Where the settings come from, for messages. */
  readonly source: string;
  /** Only with `--env`. */
  readonly environment: FromEnvironment | undefined;
}

export function define(command: Command): void {
  command
    .argument('[file]', 'properties file, such as server.properties')
    .option(
      '--env',
      'take settings from KAFKA_… variables too, as a container has them, and log to standard output',
      false,
    )
    .option(
      '--override <key=value>',
      'a setting that goes before all others; may be repeated',
      keyValue,
    );
  withLogOptions(command).action(run);
}

function wantedOf(file: string | undefined, options: Options): Wanted {
  const given = { ...options.override, ...logProperties(options) };
  if (options.env) {
    const { mountedFile, readEnvironment } =
      require('../container') as typeof import('../container');
    const mounted = file ?? mountedFile();
    const environment = readEnvironment(mounted === undefined ? {} : readProperties(mounted));
    const properties = { ...environment.properties, ...given };
    const source = mounted === undefined ? 'environment' : `environment over ${mounted}`;
    return { properties, source, environment };
  }
  if (file === undefined) {
    throw new OperatorError('a properties file is needed, or --env (see odradek broker --help)', {
      exit: 'usage',
    });
  }
  const properties = { ...readProperties(file), ...given };
  return { properties, source: basename(file), environment: undefined };
}

/** Where a client on this machine reaches the listener that the brokers use among themselves. */
function ownAddress(broker: Broker, properties: Properties): string {
  const { BrokerConfig } =
    require('../../config/broker-config') as typeof import('../../config/broker-config');
  const { interBrokerListenerName: name, listeners } = BrokerConfig.parse(properties);
  const host = listeners.find((listener) => listener.name === name)?.host;
  const isEverywhere = host === undefined || host === '0.0.0.0';
  return `${isEverywhere ? '127.0.0.1' : host}:${String(broker.ports.get(name))}`;
}

async function makeTopics(
  broker: Broker,
  { properties, environment }: Wanted,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  if (!environment || environment.topics.length === 0) return;
  const { createTopics } = require('../create-topics') as typeof import('../create-topics');
  await createTopics({
    bootstrapServer: ownAddress(broker, properties),
    topics: environment.topics,
    timeoutMs: environment.topicsTimeoutMs,
    log,
    signal,
  });
}

/** The log has it already, but may be on the very disk that failed. */
function endWith(error: unknown): void {
  process.stderr.write(`${describeFailure(error)}\n`, () => process.exit(1));
}

async function run(file: string | undefined, options: Options): Promise<void> {
  const wanted = wantedOf(file, options);
  const { properties, source, environment } = wanted;
  const { Broker } = require('../../broker/broker') as typeof import('../../broker/broker');
  const { nodePlatform } = require('../../platform/node') as typeof import('../../platform/node');
  const { everything, log, isJsonOnOutput } = openLog(properties, source);
  const platform = nodePlatform({ log: everything });
  for (const hint of environment?.hints ?? []) log.warn(hint);
  const stopping = new AbortController();
  await serve({
    start: () => told(log, Broker.start({ platform, properties, source, onFatal: endWith })),
    announce: (broker) => {
      const ports = [...broker.ports].map(([name, bound]) => `${name} on port ${String(bound)}`);
      const { metricsPort } = broker;
      if (metricsPort !== undefined) ports.push(`metrics on port ${String(metricsPort)}`);
      // Whoever reads JSON from standard output reads nothing else there.
      if (!isJsonOnOutput) print(`broker ${String(broker.id)} serves ${ports.join(', ')}`);
      const ready: BrokerReady = {
        ready: true,
        ports: Object.fromEntries(broker.ports),
        metricsPort,
      };
      process.send?.(ready);
      void makeTopics(broker, wanted, log, stopping.signal);
    },
    // A start may wait for long: for ZooKeeper, for an old session, for logs. What it leaves is what a crash leaves.
    giveUp: (why) => log.info('stopped before it served', { why }),
    stop: (broker, why) => {
      stopping.abort();
      return broker.stop(why);
    },
    onImpatience: (signal) => log.fatal('told to end for the second time, not waiting', { signal }),
  });
  if (process.connected) process.disconnect();
}

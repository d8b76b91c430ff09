/** One broker with several log directories, of this project or, with ODRADEK_REAL_KAFKA=1, of Apache Kafka. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Broker } from '../../src/broker/broker';
import { BrokerClient } from '../../src/network/broker-client';
import { nodePlatform } from '../../src/platform/node';
import { MetadataRequest, MetadataResponse } from '../../src/protocol/messages/03-metadata';
import {
  CreateTopicsRequest,
  CreateTopicsResponse,
} from '../../src/protocol/messages/19-create-topics';
import { isRealKafka } from './broker-client';
import { startKafkaBroker } from './kafka';
import { eventually, freePorts, temporaryFolder } from './process';
import { startEmbeddedZooKeeper, startRealZooKeeper } from './zookeeper';

const TIMEOUT_MS = 20_000;

export interface BrokerWithDirectories {
  readonly port: number;
  readonly client: BrokerClient;
  readonly directories: readonly string[];
  stop(): Promise<void>;
}

/** A file takes the directory's place: the next log that is to be made there finds that it has failed. */
export function loseDirectory(path: string): void {
  renameSync(path, `${path}-away`);
  writeFileSync(path, 'no directory');
}

/** Makes a topic of as many partitions as there are directories, so that each of them is tried. */
export async function fillDirectories({
  client,
  directories,
}: BrokerWithDirectories): Promise<void> {
  const topic = { name: 't', numPartitions: directories.length, replicationFactor: 1 };
  const request = { topics: [{ ...topic, assignments: [], configs: [] }], timeoutMs: TIMEOUT_MS };
  await client.request(CreateTopicsRequest, CreateTopicsResponse, 5, request, TIMEOUT_MS);
}

interface Place {
  readonly port: number;
  readonly zookeeper: string;
  readonly folder: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Gives what ends it. */
async function startKafka(place: Place): Promise<() => Promise<void>> {
  const broker = await startKafkaBroker({ id: 1, ...place });
  return async () => {
    broker.signal('SIGKILL');
    await broker.exited;
  };
}

async function startOurs({ port, zookeeper, settings }: Place): Promise<() => Promise<void>> {
  const properties = {
    'broker.id': '1',
    listeners: `PLAINTEXT://127.0.0.1:${String(port)}`,
    'zookeeper.connect': zookeeper,
    ...settings,
  };
  const broker = await Broker.start({ platform: nodePlatform(), properties });
  return () => broker.stop();
}

/** Resolves once it has a controller, itself. */
export async function startBrokerWithDirectories(
  names: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<BrokerWithDirectories> {
  const folder = temporaryFolder('directories');
  const directories = names.map((name) => join(folder.path, name));
  const zookeeper = await (isRealKafka ? startRealZooKeeper() : startEmbeddedZooKeeper());
  const [port = 0] = await freePorts(1);
  const end = await (isRealKafka ? startKafka : startOurs)({
    port,
    zookeeper: zookeeper.connectString,
    folder: folder.path,
    settings: { ...settings, 'log.dirs': directories.join(',') },
  });
  const client = await BrokerClient.connect(nodePlatform(), {
    host: '127.0.0.1',
    port,
    clientId: 'tests',
    connectTimeoutMs: TIMEOUT_MS,
  });
  await eventually('there is a controller', async () => {
    const request = { topics: [] };
    const answer = await client.request(MetadataRequest, MetadataResponse, 1, request, TIMEOUT_MS);
    return answer.controllerId === 1 || undefined;
  });
  return {
    port,
    client,
    directories,
    async stop() {
      client.close();
      await end();
      await zookeeper.kill();
      folder.remove();
    },
  };
}

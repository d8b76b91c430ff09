/** Partitions move to other brokers while clients write: nothing acknowledged is lost, and nothing is left behind. */
import { readdirSync } from 'node:fs';

import { Kafka, logLevel } from 'kafkajs';
import type { Producer } from 'kafkajs';

import { present } from '../../src/base/assert';
import { startCluster } from '../../src/cluster';
import type { Cluster } from '../../src/cluster';
import { BrokerClient } from '../../src/network/broker-client';
import { nodePlatform } from '../../src/platform/node';
import { errorName } from '../../src/protocol/errors';
import { MetadataRequest, MetadataResponse } from '../../src/protocol/messages/03-metadata';
import {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from '../../src/protocol/messages/45-alter-partition-reassignments';
import {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from '../../src/protocol/messages/46-list-partition-reassignments';
import type { InputOf, MessageSpec, TypeOf } from '../../src/protocol/schema';
import { eventually } from '../builders/process';
import { PromisedClient } from '../builders/zookeeper-client';

const PARTITIONS = 3;
const BATCH = 5;
/** Enough to see that the load goes on. */
const MORE_RECORDS = 100;
const TIMEOUT_MS = 10_000;
const TEST_MS = 120_000;

let cluster: Cluster;
let zookeeper: PromisedClient;
let kafka: Kafka;

beforeAll(async () => {
  cluster = await startCluster({
    brokers: 4,
    processes: true,
    settings: {
      'min.insync.replicas': '2',
      'zookeeper.session.timeout.ms': '3000',
      'log.segment.delete.delay.ms': '500',
      'auto.leader.rebalance.enable': 'false',
    },
  });
  zookeeper = await PromisedClient.connect(cluster.zookeeperConnect);
  kafka = new Kafka({
    brokers: cluster.bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
    // A broker that is stopped in the middle of a test takes requests and does not answer.
    requestTimeout: 1_500,
    connectionTimeout: 1_500,
    retry: { retries: 60, initialRetryTime: 50, maxRetryTime: 300 },
  });
}, 60_000);
afterAll(async () => {
  zookeeper.raw.close();
  await cluster.stop();
});

/** Without a watch: it is asked often. */
function controllerId(): Promise<number> {
  return new Promise((resolve, reject) => {
    zookeeper.raw.getData('/controller', (error, data) => {
      if (error) reject(new Error(String(error)));
      else resolve((JSON.parse(String(data)) as { brokerid: number }).brokerid);
    });
  });
}

const broker = (id: number) => present(cluster.brokers[id - 1], `broker ${String(id)}`);

/** One request to the broker that is controller now. */
async function askController<Q extends MessageSpec, R extends MessageSpec>(
  request: Q,
  response: R,
  version: number,
  message: InputOf<Q>,
): Promise<TypeOf<R>> {
  const { host, port } = broker(await controllerId());
  const client = await BrokerClient.connect(nodePlatform(), {
    host,
    port,
    clientId: 'test',
    connectTimeoutMs: TIMEOUT_MS,
  });
  try {
    return await client.request(request, response, version, message, TIMEOUT_MS);
  } finally {
    client.close();
  }
}

/** Moves every partition of the topic to the brokers, with another one first in each; `null` cancels. */
async function reassign(topic: string, brokers: readonly number[] | null): Promise<void> {
  const { responses } = await askController(
    AlterPartitionReassignmentsRequest,
    AlterPartitionReassignmentsResponse,
    0,
    {
      timeoutMs: TIMEOUT_MS,
      topics: [
        {
          name: topic,
          partitions: Array.from({ length: PARTITIONS }, (_, partitionIndex) => ({
            partitionIndex,
            replicas: brokers && [
              ...brokers.slice(partitionIndex),
              ...brokers.slice(0, partitionIndex),
            ],
          })),
        },
      ],
    },
  );
  const errors = responses.flatMap(({ partitions }) =>
    partitions.map(({ errorCode }) => errorName(errorCode)),
  );
  if (errors.length !== PARTITIONS || errors.some((each) => each !== 'NONE'))
    throw new Error(`not reassigned: ${errors.join(', ')}`);
}

/** How many partitions are on the move. */
async function underWay(): Promise<number> {
  const { errorCode, topics } = await askController(
    ListPartitionReassignmentsRequest,
    ListPartitionReassignmentsResponse,
    0,
    { timeoutMs: TIMEOUT_MS, topics: null },
  );
  if (errorCode !== 0) throw new Error(errorName(errorCode));
  return topics.reduce((sum, { partitions }) => sum + partitions.length, 0);
}

/** Waits until the topic is on exactly these brokers, all in sync and led by one of them. */
async function untilOn(topic: string, brokers: readonly number[]): Promise<void> {
  const wanted = [...brokers].sort((a, b) => a - b).join();
  const sorted = (ids: readonly number[]): string => [...ids].sort((a, b) => a - b).join();
  await eventually(
    `${topic} is on ${wanted}`,
    async () => {
      if ((await underWay()) > 0) return undefined;
      const { topics } = await askController(MetadataRequest, MetadataResponse, 4, {
        topics: [{ name: topic }],
        allowAutoTopicCreation: false,
      });
      const partitions = topics[0]?.partitions ?? [];
      const isThere = partitions.every(
        ({ replicaNodes, isrNodes, leaderId }) =>
          sorted(replicaNodes) === wanted &&
          sorted(isrNodes) === wanted &&
          brokers.includes(leaderId),
      );
      return (isThere && partitions.length === PARTITIONS) || undefined;
    },
    60_000,
  );
}

/** The folders that the broker has of the topic, those on their way out included. */
function foldersOf(topic: string, id: number): string[] {
  return readdirSync(broker(id).dataDir).filter((name) => name.startsWith(`${topic}-`));
}

async function untilWithoutLogs(topic: string, id: number): Promise<void> {
  await eventually(`broker ${String(id)} has deleted ${topic}`, () =>
    foldersOf(topic, id).length === 0 ? true : undefined,
  );
}

/** Clients that write with acks=all to every partition, and remember what was acknowledged. */
class Load {
  readonly acked = new Set<string>();
  readonly #writers: Promise<void>[] = [];
  #isOver = false;

  static async start(topic: string): Promise<Load> {
    const load = new Load();
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const producer = kafka.producer({ allowAutoTopicCreation: false });
      await producer.connect();
      load.#writers.push(load.#write(producer, topic, partition));
    }
    await load.untilMore();
    return load;
  }

  /** Waits until the load has gone on. */
  async untilMore(): Promise<void> {
    const goal = this.acked.size + MORE_RECORDS;
    await eventually('more records', () => this.acked.size >= goal || undefined, 60_000);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#writers);
  }

  async #write(producer: Producer, topic: string, partition: number): Promise<void> {
    for (let n = 0; !this.#isOver; n++) {
      const values = Array.from(
        { length: BATCH },
        (_, i) => `${String(partition)}/${String(n)}/${String(i)}`,
      );
      const messages = values.map((value) => ({ partition, value }));
      const answers = await producer.send({ topic, acks: -1, messages });
      // kafkajs may lose sight of a send while it retries; then nobody was told that it succeeded.
      if (answers.length === 1 && answers[0]?.errorCode === 0)
        for (const value of values) this.acked.add(value);
    }
    await producer.disconnect();
  }
}

/** Reads the topic from its start until nothing is missing; gives what is missing after a while. */
async function missingFrom(topic: string, acked: ReadonlySet<string>): Promise<string[]> {
  const missing = new Set(acked);
  const consumer = kafka.consumer({ groupId: `readers-of-${topic}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      missing.delete(message.value?.toString() ?? '');
    },
  });
  await eventually('every record', () => missing.size === 0 || undefined, 40_000).catch(
    () => undefined,
  );
  await consumer.disconnect();
  return [...missing];
}

async function createTopic(topic: string, brokers: readonly number[]): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const replicaAssignment = Array.from({ length: PARTITIONS }, (_, partition) => ({
    partition,
    replicas: [...brokers],
  }));
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, replicaAssignment }] });
  await admin.disconnect();
}

test(
  'data moves from brokers 1, 2, 3 to 2, 3, 4 under load',
  async () => {
    await createTopic('moved', [1, 2, 3]);
    const load = await Load.start('moved');
    await reassign('moved', [2, 3, 4]);
    await untilOn('moved', [2, 3, 4]);
    await load.untilMore();
    // And all of it again, so that leaders move too.
    await reassign('moved', [4, 1, 2]);
    await untilOn('moved', [4, 1, 2]);
    await load.untilMore();
    await load.stop();
    expect(await missingFrom('moved', load.acked)).toEqual([]);
    await untilWithoutLogs('moved', 3);
    for (const id of [4, 1, 2]) expect(foldersOf('moved', id)).toHaveLength(PARTITIONS);
  },
  TEST_MS,
);

describe('with a broker that does not fetch for a while', () => {
  let controller: number;
  let staying: number;
  let leaving: number;
  let coming: number;

  beforeEach(async () => {
    controller = await controllerId();
    [staying = 0, leaving = 0, coming = 0] = [1, 2, 3, 4].filter((id) => id !== controller);
  });

  /** Begins a move that cannot end before `resume` is called. */
  async function moveHalfway(topic: string): Promise<() => void> {
    const pid = present(broker(coming).pid, 'a process');
    process.kill(pid, 'SIGSTOP');
    await reassign(topic, [controller, staying, coming]);
    await eventually('the move is under way', async () =>
      (await underWay()) === PARTITIONS ? true : undefined,
    );
    return () => process.kill(pid, 'SIGCONT');
  }

  test(
    'the controller is killed in the middle of a move: the next one ends it',
    async () => {
      await createTopic('taken-over', [controller, staying, leaving]);
      const load = await Load.start('taken-over');
      const resume = await moveHalfway('taken-over');
      await cluster.killBroker(controller);
      await eventually('another controller', async () =>
        (await controllerId()) === controller ? undefined : true,
      );
      await eventually('it goes on with the move', async () =>
        (await underWay()) === PARTITIONS ? true : undefined,
      );
      resume();
      await cluster.restartBroker(controller);
      await untilOn('taken-over', [controller, staying, coming]);
      await load.untilMore();
      await load.stop();
      expect(await missingFrom('taken-over', load.acked)).toEqual([]);
      await untilWithoutLogs('taken-over', leaving);
    },
    TEST_MS,
  );

  test(
    'a move is cancelled: what it had brought is gone, and the rest goes on',
    async () => {
      await createTopic('cancelled', [controller, staying, leaving]);
      const load = await Load.start('cancelled');
      const resume = await moveHalfway('cancelled');
      await reassign('cancelled', null);
      expect(await underWay()).toBe(0);
      resume();
      await untilOn('cancelled', [controller, staying, leaving]);
      await load.untilMore();
      await load.stop();
      expect(await missingFrom('cancelled', load.acked)).toEqual([]);
      await untilWithoutLogs('cancelled', coming);
    },
    TEST_MS,
  );
});

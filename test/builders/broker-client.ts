/**
 * Brokers that tests of request handlers talk to, one request at a time and in any version. With
 * ODRADEK_REAL_KAFKA=1 the same tests run against Apache Kafka and a real ZooKeeper, and so prove themselves.
 */
import { present } from '../../src/base/assert';
import { startCluster } from '../../src/cluster';
import { BrokerClient } from '../../src/network/broker-client';
import { nodePlatform } from '../../src/platform/node';
import { errorName } from '../../src/protocol/errors';
import { ProduceRequest, ProduceResponse } from '../../src/protocol/messages/00-produce';
import { MetadataRequest, MetadataResponse } from '../../src/protocol/messages/03-metadata';
import {
  OffsetFetchRequest,
  OffsetFetchResponse,
} from '../../src/protocol/messages/09-offset-fetch';
import {
  FindCoordinatorRequest,
  FindCoordinatorResponse,
} from '../../src/protocol/messages/10-find-coordinator';
import {
  CreateTopicsRequest,
  CreateTopicsResponse,
} from '../../src/protocol/messages/19-create-topics';
import {
  InitProducerIdRequest,
  InitProducerIdResponse,
} from '../../src/protocol/messages/22-init-producer-id';
import { buildBatch } from '../../src/protocol/records/builder';
import type { BatchToBuild } from '../../src/protocol/records/builder';
import type { InputOf, MessageSpec, TypeOf } from '../../src/protocol/schema';
import { startKafkaBroker } from './kafka';
import { eventually, freePorts, temporaryFolder } from './process';
import type { RunningProcess } from './process';
import { startRealZooKeeper } from './zookeeper';

const TIMEOUT_MS = 20_000;

/** Whether the tests run against Apache Kafka: the few that look inside of this project's own limits skip then. */
export const isRealKafka = process.env['ODRADEK_REAL_KAFKA'] === '1';

interface BrokersOptions {
  /** 1 if not given; their ids are 1, 2 … */
  readonly count?: number;
  readonly settings?: Readonly<Record<string, string>>;
}

interface RunningBrokers {
  /** By broker id, from 1 on. */
  readonly ports: readonly number[];
  readonly zookeeper: string;
  /** Ends a broker as a crash would, but for its session with ZooKeeper, which may end at once. */
  kill(id: number): Promise<void>;
  /** Starts it again, on its port and data. */
  restart(id: number): Promise<void>;
  stop(): Promise<void>;
}

async function startOurs(count: number, settings: Record<string, string>): Promise<RunningBrokers> {
  const cluster = await startCluster({ brokers: count, settings });
  return {
    ports: cluster.brokers.map(({ port }) => port),
    zookeeper: cluster.zookeeperConnect,
    kill: (id) => cluster.killBroker(id),
    restart: (id) => cluster.restartBroker(id),
    stop: () => cluster.stop(),
  };
}

async function startKafka(
  count: number,
  settings: Record<string, string>,
): Promise<RunningBrokers> {
  const folder = temporaryFolder('kafka');
  const zookeeper = await startRealZooKeeper();
  const ports = await freePorts(count);
  const defaults = {
    'offsets.topic.replication.factor': String(count),
    'group.initial.rebalance.delay.ms': '0',
  };
  const start = (id: number): Promise<RunningProcess> =>
    startKafkaBroker({
      id,
      port: present(ports[id - 1], `broker ${String(id)}`),
      zookeeper: zookeeper.connectString,
      folder: folder.path,
      settings: { ...defaults, ...settings },
    });
  const brokers = await Promise.all(ports.map((_, index) => start(index + 1)));
  const kill = async (broker: RunningProcess | undefined): Promise<void> => {
    broker?.signal('SIGKILL');
    await broker?.exited;
  };
  return {
    ports,
    zookeeper: zookeeper.connectString,
    kill: (id) => kill(brokers[id - 1]),
    restart: async (id) => {
      brokers[id - 1] = await start(id);
    },
    stop: async () => {
      await Promise.all(brokers.map(kill));
      await zookeeper.kill();
      folder.remove();
    },
  };
}

export interface TopicOptions {
  /** 1 if not given, on broker 1 alone. */
  readonly partitions?: number;
  /** The brokers of each partition, where it matters. */
  readonly assignment?: readonly (readonly number[])[];
  readonly configs?: Readonly<Record<string, string>>;
}

/** Brokers that run, and a connection to each. */
export class Brokers {
  readonly #platform = nodePlatform();
  readonly #clients = new Map<string, Promise<BrokerClient>>();

  readonly #up: Set<number>;

  private constructor(private readonly running: RunningBrokers) {
    this.#up = new Set(running.ports.map((_, index) => index + 1));
  }

  static async start({ count = 1, settings = {} }: BrokersOptions = {}): Promise<Brokers> {
    const start = isRealKafka ? startKafka : startOurs;
    const brokers = new Brokers(
      await start(count, { 'offsets.topic.num.partitions': '3', ...settings }),
    );
    await brokers.#untilAcquainted();
    return brokers;
  }

  get zookeeper(): string {
    return this.running.zookeeper;
  }

  portOf(id: number): number {
    return present(this.running.ports[id - 1], `broker ${String(id)}`);
  }

  /** Ends a broker; resolves once the others know, which takes as long as its session with ZooKeeper. */
  async kill(id: number): Promise<void> {
    await this.running.kill(id);
    this.#up.delete(id);
    await this.#untilAcquainted();
  }

  /** Starts a broker that was killed, on its port and data. */
  async restart(id: number): Promise<void> {
    await this.running.restart(id);
    this.#up.add(id);
    await this.#untilAcquainted();
  }

  /** Sends a request; rejects with a `NetworkError` when the broker closes the connection instead of answering. */
  // oxlint-disable-next-line max-params -- reads as the request does on the wire.
  async ask<Q extends MessageSpec, R extends MessageSpec>(
    request: Q,
    response: R,
    version: number,
    message: InputOf<Q>,
    { broker = 1, clientId = 'tests' }: { broker?: number; clientId?: string } = {},
  ): Promise<TypeOf<R>> {
    const client = await this.client(broker, clientId);
    return client.request(request, response, version, message, TIMEOUT_MS);
  }

  /** The connection that `ask` uses for this broker and client id; a new one if the last was closed. */
  async client(broker = 1, clientId = 'tests'): Promise<BrokerClient> {
    const key = `${String(broker)} ${clientId}`;
    const known = await this.#clients.get(key);
    if (known && !known.isClosed) return known;
    const connecting = this.connect(broker, clientId);
    this.#clients.set(key, connecting);
    return connecting;
  }

  /** A connection of its own, for requests that wait. */
  connect(broker = 1, clientId = 'tests'): Promise<BrokerClient> {
    return BrokerClient.connect(this.#platform, {
      host: '127.0.0.1',
      port: this.portOf(broker),
      clientId,
      connectTimeoutMs: TIMEOUT_MS,
    });
  }

  /** The id of the broker that is controller. */
  async controllerId(): Promise<number> {
    return eventually('there is a controller', async () => {
      const { controllerId } = await this.ask(MetadataRequest, MetadataResponse, 1, { topics: [] });
      return controllerId > 0 ? controllerId : undefined;
    });
  }

  /** Creates a topic and gives its id; every broker knows it then. */
  async createTopic(name: string, options: TopicOptions = {}): Promise<string> {
    const { partitions = 1, configs = {} } = options;
    const assignment = options.assignment ?? Array.from({ length: partitions }, () => [1]);
    const answer = await this.ask(
      CreateTopicsRequest,
      CreateTopicsResponse,
      7,
      {
        topics: [
          {
            name,
            numPartitions: -1,
            replicationFactor: -1,
            assignments: assignment.map((brokerIds, partitionIndex) => ({
              partitionIndex,
              brokerIds,
            })),
            configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
          },
        ],
        timeoutMs: TIMEOUT_MS,
      },
      { broker: await this.controllerId() },
    );
    const [topic] = answer.topics;
    if (topic?.errorCode !== 0) throw new Error(`no topic ${name}: ${String(topic?.errorMessage)}`);
    await Promise.all(this.running.ports.map((_, index) => this.#untilKnown(name, index + 1)));
    return topic.topicId;
  }

  /** A new producer id. */
  producerId(): Promise<number> {
    return eventually('a producer id', async () => {
      const answer = await this.ask(InitProducerIdRequest, InitProducerIdResponse, 1, {
        transactionalId: null,
        transactionTimeoutMs: 1000,
      });
      return answer.errorCode === 0 ? answer.producerId : undefined;
    });
  }

  /** Waits until groups can be used: their coordinators are there and have read their logs. */
  async startGroups(): Promise<void> {
    await eventually('coordinators of groups', async () => {
      const answer = await this.ask(FindCoordinatorRequest, FindCoordinatorResponse, 0, {
        key: 'a-group',
      });
      return answer.errorCode === 0 || undefined;
    });
    await this.#untilKnown('__consumer_offsets', 1);
    for (let i = 0; i < 20; i++) await this.#untilGroupKnown(`group-${String(i)}`);
  }

  /** Appends one batch and gives its first offset. */
  async produce(
    topic: string,
    batch: Partial<BatchToBuild> = {},
    { partition = 0, broker = 1 } = {},
  ): Promise<number> {
    const answer = await this.ask(
      ProduceRequest,
      ProduceResponse,
      9,
      {
        acks: -1,
        timeoutMs: TIMEOUT_MS,
        topicData: [{ name: topic, partitionData: [{ index: partition, records: aBatch(batch) }] }],
      },
      { broker },
    );
    const result = answer.responses[0]?.partitionResponses[0];
    if (result?.errorCode !== 0) {
      throw new Error(`not appended: ${errorName(result?.errorCode ?? -1)}`);
    }
    return result.baseOffset;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.values()) (await client).close();
    await this.running.stop();
  }

  async #untilKnown(topic: string, broker: number): Promise<void> {
    await eventually(`broker ${String(broker)} knows ${topic}`, async () => {
      const answer = await this.ask(
        MetadataRequest,
        MetadataResponse,
        4,
        { topics: [{ name: topic }], allowAutoTopicCreation: false },
        { broker },
      );
      const found = answer.topics[0];
      const isKnown = found?.errorCode === 0 && found.partitions.every((each) => each.leaderId > 0);
      return isKnown || undefined;
    });
  }

  async #untilGroupKnown(groupId: string): Promise<void> {
    await eventually('the coordinator has read its log', async () => {
      const group = { groupId, topics: null };
      const answer = await this.ask(OffsetFetchRequest, OffsetFetchResponse, 5, group);
      return (
        answer.errorCode === 0 || errorName(answer.errorCode) === 'NOT_COORDINATOR' || undefined
      );
    });
  }

  /** Every broker that is up knows those that are up, and a controller. */
  async #untilAcquainted(): Promise<void> {
    for (const broker of this.#up) {
      await eventually(`broker ${String(broker)} knows who is up`, async () => {
        const request = { topics: [] };
        const answer = await this.ask(MetadataRequest, MetadataResponse, 1, request, { broker });
        const isCurrent = answer.brokers.length === this.#up.size && answer.controllerId > 0;
        return isCurrent || undefined;
      });
    }
  }
}

/** A batch with one small record of now, but for what is given. */
export function aBatch(batch: Partial<BatchToBuild> = {}): Buffer {
  return buildBatch({ records: [aRecord()], ...batch });
}

export function aRecord(value = 'value', timestamp = Date.now()) {
  return { key: Buffer.from('key'), value: Buffer.from(value), timestamp };
}

/** Every version of an API, for tests that hold in all of them. */
export function versionsOf({ versions }: MessageSpec): number[] {
  const [lowest, highest] = versions;
  return Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index);
}

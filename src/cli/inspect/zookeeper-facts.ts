/** All that ZooKeeper says about a cluster, read without a write: what `cluster` shows and `doctor` judges. */
import type { ZnodeFormatError } from '../../zookeeper/errors';
import { JsonFields } from '../../zookeeper/json-fields';
import type { ZooKeeperSession } from '../../zookeeper/session';
import type { BrokerRegistration, PartitionReassignment } from '../../zookeeper/types';
import {
  broker,
  brokerIds,
  clusterId,
  config,
  configEntities,
  consumers,
  controller,
  controllerEpoch,
  deleteTopic,
  deleteTopics,
  isrChangeNotifications,
  logDirEvents,
  reassignPartitions,
  topic as topicNode,
} from '../../zookeeper/znodes';
import { FactReader } from './fact-reader';
import { readTopics } from './topic-facts';
import type { TopicFacts } from './topic-facts';

export interface RegisteredBroker extends BrokerRegistration {
  /** The czxid of its znode. */
  readonly epoch: number;
  readonly session: bigint;
  /** When it wrote its znode, by its own clock; `undefined` if it did not say. */
  readonly registeredMs: number | undefined;
  /** The same moment by the clock of ZooKeeper's leader, a little later. */
  readonly writtenMs: number;
}

export interface ControllerFacts {
  readonly brokerId: number;
  readonly session: bigint;
  /** The czxid of `/controller`: another one, another election. */
  readonly electedAt: number;
}

/** A znode that is there for a while only. */
export interface PendingNode {
  readonly path: string;
  readonly createdMs: number;
}

export interface ZooKeeperFacts {
  readonly clusterId: string | undefined;
  readonly controller: ControllerFacts | undefined;
  readonly controllerEpoch: number | undefined;
  readonly brokers: readonly RegisteredBroker[];
  readonly topics: readonly TopicFacts[];
  /** Names below /config/topics that no topic has, read twice: a topic may be just coming or going. */
  readonly orphanConfigs: readonly string[];
  readonly deletions: readonly (PendingNode & { readonly topic: string })[];
  readonly reassignment:
    | (PendingNode & { readonly moves: readonly PartitionReassignment[] })
    | undefined;
  readonly isrNotifications: readonly PendingNode[];
  readonly logDirEvents: readonly PendingNode[];
  /** Groups whose clients commit to ZooKeeper, as before 0.9. */
  readonly oldConsumers: readonly string[];
  /** The latest change of what was read, by the clock of ZooKeeper's leader. */
  readonly newestMs: number;
  /** Znodes that do not hold what belongs there. */
  readonly unreadable: readonly ZnodeFormatError[];
}

/** Each further one needs an election in between. */
const MAX_ATTEMPTS = 5;

function timestampOf(path: string, data: Buffer | null): number | undefined {
  const json = JsonFields.parse(path, data);
  const timestamp = json.has('timestamp') ? Number(json.text('timestamp')) : NaN;
  return timestamp > 0 ? timestamp : undefined;
}

async function readBrokers(reader: FactReader): Promise<RegisteredBroker[]> {
  const names = await reader.children(brokerIds.path());
  const ids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await reader.all(ids, (id) =>
    reader.read(broker.path(id), ({ data, stat }) => ({
      ...broker.decode(id, data),
      epoch: stat.czxid,
      session: stat.ephemeralOwner,
      registeredMs: timestampOf(broker.path(id), data),
      writtenMs: stat.mtimeMs,
    })),
  );
  return found.sort((a, b) => a.id - b.id);
}

function readController(reader: FactReader): Promise<ControllerFacts | undefined> {
  const path = controller.path();
  return reader.read(path, ({ data, stat }) => ({
    brokerId: controller.decode(data, path).brokerId,
    session: stat.ephemeralOwner,
    electedAt: stat.czxid,
  }));
}

async function readPending(reader: FactReader, parent: string): Promise<PendingNode[]> {
  const names = await reader.children(parent);
  return reader.all(names, (name) => {
    const path = `${parent}/${name}`;
    return reader.read(path, ({ stat }) => ({ path, createdMs: stat.ctimeMs }));
  });
}

async function readDeletions(reader: FactReader): Promise<ZooKeeperFacts['deletions']> {
  const names = await reader.children(deleteTopics.path());
  return reader.all(names, (topic) => {
    const path = deleteTopic.path(topic);
    return reader.read(path, ({ stat }) => ({ topic, path, createdMs: stat.ctimeMs }));
  });
}

/** The broker that is controller is looked for among brokers read while it was: else an election looks like a fault. */
async function readWhoIsThere(
  reader: FactReader,
): Promise<Pick<ZooKeeperFacts, 'controller' | 'brokers'>> {
  for (let attempt = 1; ; attempt++) {
    const before = await readController(reader);
    const brokers = await readBrokers(reader);
    const after = await readController(reader);
    if (before?.electedAt === after?.electedAt || attempt === MAX_ATTEMPTS)
      return { controller: after, brokers };
  }
}

async function readOrphanConfigs(
  reader: FactReader,
  candidates: readonly string[],
): Promise<string[]> {
  const found = await reader.all(candidates, async (name) => {
    const settings = await reader.session.exists(config.path({ type: 'topics', name }));
    const topic = await reader.session.exists(topicNode.path(name));
    return settings && !topic ? name : undefined;
  });
  return found;
}

/**
 * In an order in which what is being made or removed meanwhile does not look wrong: a state znode is read before the
 * epoch that it was written in. Rejects with a `ZooKeeperError`.
 */
export async function readZooKeeperFacts(session: ZooKeeperSession): Promise<ZooKeeperFacts> {
  const reader = new FactReader(session);
  const reassignPath = reassignPartitions.path();
  const configured = await reader.children(configEntities.path('topics'));
  const topics = await readTopics(reader);
  const known = new Set(topics.map(({ name }) => name));
  const facts = {
    topics,
    ...(await readWhoIsThere(reader)),
    controllerEpoch: await reader.read(controllerEpoch.path(), ({ data }) =>
      controllerEpoch.decode(data, controllerEpoch.path()),
    ),
    clusterId: await reader.read(clusterId.path(), ({ data }) =>
      clusterId.decode(data, clusterId.path()),
    ),
    deletions: await readDeletions(reader),
    reassignment: await reader.read(reassignPath, ({ data, stat }) => ({
      path: reassignPath,
      createdMs: stat.ctimeMs,
      moves: reassignPartitions.decode(data, reassignPath),
    })),
    isrNotifications: await readPending(reader, isrChangeNotifications.path()),
    logDirEvents: await readPending(reader, logDirEvents.path()),
    oldConsumers: await reader.children(consumers.path()),
    orphanConfigs: await readOrphanConfigs(
      reader,
      configured.filter((name) => !known.has(name)),
    ),
  };
  const unreadable = new Map(reader.unreadable.map((error) => [error.path, error]));
  return { ...facts, newestMs: reader.newestMs, unreadable: [...unreadable.values()] };
}

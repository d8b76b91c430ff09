/**
 * Creates and deletes topics and adds partitions, as the broker that received the request does in
 * ZooKeeper mode: it checks, places the replicas and writes the znodes; the controller, which watches them,
 * does the rest (`kafka.server.ZkAdminManager`).
 */
import type { BrokerConfig } from '../config/broker-config';
import { validateTopicConfigs } from '../config/topic-config';
import { decideAddedPartitions, decideTopicAssignment } from '../controller/state/topic-assignment';
import type { TopicRequest } from '../controller/state/topic-assignment';
import { settledOn } from '../controller/state/replica-assignment';
import type { Placement } from '../controller/state/placement';
import type { MetadataCache } from '../metadata/metadata-cache';
import type { Clock, Log, Random } from '../platform/ports';
import type { Timers } from '../platform/timers';
import { ProtocolError } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import { ZERO_UUID } from '../protocol/schema';
import type { KafkaZooKeeper } from '../zookeeper/store';
import { Purgatory } from './purgatory';
import { collides, GROUP_METADATA_TOPIC, topicNameProblem } from './topic-name';

/** Stands for the broker's default number of partitions, or of replicas. */
const USE_DEFAULT = -1;

export interface NewTopic extends TopicRequest {
  readonly name: string;
  readonly configs: Readonly<Record<string, string | null>>;
}

export interface CreatedTopic {
  readonly topicId: string;
  /** Index = partition. */
  readonly replicas: readonly (readonly number[])[];
  readonly config: Readonly<Record<string, string>>;
}

export interface AddedPartitions {
  readonly name: string;
  /** How many there shall be in all. */
  readonly count: number;
  /** The replicas of each new partition, if the client chose them. */
  readonly assignments: readonly (readonly number[])[] | null;
  readonly validateOnly: boolean;
}

export class TopicAdmin {
  readonly #waiting: Purgatory;
  readonly #creating = new Set<string>();

  constructor(
    private readonly parts: {
      readonly clock: Clock;
      readonly timers: Timers;
      readonly random: Random;
      readonly log: Log;
      readonly config: BrokerConfig;
      readonly metadata: MetadataCache;
      readonly zookeeper: KafkaZooKeeper;
    },
  ) {
    this.#waiting = new Purgatory(parts.timers);
  }

  /** Throws a `ProtocolError` that says why not. With `validateOnly` nothing is written. */
  async create(topic: NewTopic, validateOnly: boolean): Promise<CreatedTopic> {
    const planned = this.#plan(topic);
    await this.#refuseExisting(topic.name);
    if (validateOnly) return { ...planned, topicId: ZERO_UUID };
    const outcome = await this.parts.zookeeper.topics.create({ name: topic.name, ...planned });
    if (outcome === 'exists') throw alreadyExists(topic.name);
    this.parts.log.info('topic created', {
      topic: topic.name,
      partitions: planned.replicas.length,
      topicId: planned.topicId,
    });
    return planned;
  }

  /**
   * Creates topics that a client asked about (`auto.create.topics.enable`, or an internal topic). Gives
   * the error that each name is answered with: LEADER_NOT_AVAILABLE once it has been created.
   */
  async autoCreate(names: readonly string[]): Promise<Map<string, ErrorName>> {
    const errors = new Map<string, ErrorName>();
    await Promise.all(names.map(async (name) => errors.set(name, await this.#autoCreateOne(name))));
    return errors;
  }

  async #autoCreateOne(name: string): Promise<ErrorName> {
    if (this.#creating.has(name)) return 'UNKNOWN_TOPIC_OR_PARTITION';
    this.#creating.add(name);
    try {
      await this.create(this.#automatic(name), false);
      return 'LEADER_NOT_AVAILABLE';
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      if (error.errorName === 'TOPIC_ALREADY_EXISTS') return 'LEADER_NOT_AVAILABLE';
      this.parts.log.warn('topic not created', { topic: name, error });
      return error.errorName;
    } finally {
      this.#creating.delete(name);
    }
  }

  #automatic(name: string): NewTopic {
    const { values } = this.parts.config;
    if (name !== GROUP_METADATA_TOPIC) {
      return {
        name,
        partitionCount: USE_DEFAULT,
        replicationFactor: USE_DEFAULT,
        manual: [],
        configs: {},
      };
    }
    return {
      name,
      partitionCount: values['offsets.topic.num.partitions'],
      replicationFactor: values['offsets.topic.replication.factor'],
      manual: [],
      configs: {
        'cleanup.policy': 'compact',
        'compression.type': 'producer',
        'segment.bytes': String(values['offsets.topic.segment.bytes']),
      },
    };
  }

  #plan(topic: NewTopic): CreatedTopic {
    const problem = topicNameProblem(topic.name);
    if (problem) throw new ProtocolError('INVALID_TOPIC_EXCEPTION', problem);
    if (this.parts.metadata.topic(topic.name)) throw alreadyExists(topic.name);
    this.#refuseCollision(topic.name);
    const config = withoutNulls(topic.configs);
    const { values } = this.parts.config;
    const defaults = {
      partitionCount: values['num.partitions'],
      replicationFactor: values['default.replication.factor'],
    };
    const replicas = assigned(
      decideTopicAssignment(topic, defaults, this.parts.metadata.aliveBrokers()),
    );
    const invalid = validateTopicConfigs(config);
    if (invalid) throw new ProtocolError('INVALID_CONFIG', invalid);
    return { topicId: randomTopicId(this.parts.random), replicas: [...replicas.values()], config };
  }

  async #refuseExisting(name: string): Promise<void> {
    const { topics } = this.parts.zookeeper;
    if ((await topics.isMarkedForDeletion(name)) || (await topics.exists(name))) {
      throw alreadyExists(name);
    }
  }

  /** Metric names turn `.` into `_`, so two topics may not differ in that alone. */
  #refuseCollision(name: string): void {
    if (!/[._]/.test(name)) return;
    for (const other of this.parts.metadata.topics.keys()) {
      if (!collides(name, other)) continue;
      throw new ProtocolError(
        'INVALID_TOPIC_EXCEPTION',
        `Topic '${name}' collides with existing topics: ${other}`,
      );
    }
  }

  /** Throws a `ProtocolError` that says why not. */
  async addPartitions({ name, count, assignments, validateOnly }: AddedPartitions): Promise<void> {
    const { topics } = this.parts.zookeeper;
    if (await topics.isMarkedForDeletion(name)) {
      throw new ProtocolError('INVALID_TOPIC_EXCEPTION', 'The topic is queued for deletion.');
    }
    const grown = await topics.changeAssignment(
      name,
      (current) => {
        const placement = decideAddedPartitions(
          { topic: name, totalCount: count, manual: assignments },
          current.partitions,
          this.parts.metadata.aliveBrokers(),
        );
        const added = [...assigned(placement)].map(
          ([partition, replicas]) => [partition, settledOn(replicas)] as const,
        );
        const { topicId, partitions } = current;
        return validateOnly ? current : { topicId, partitions: new Map([...partitions, ...added]) };
      },
      undefined,
    );
    if (!grown) {
      throw new ProtocolError('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`);
    }
    if (!validateOnly) this.parts.log.info('partitions added', { topic: name, partitions: count });
  }

  /** Resolves with true once `isDone` holds of the local metadata, with false at `deadlineMs` of the monotonic clock. */
  awaitMetadata(topic: string, deadlineMs: number, isDone: () => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting.completeOrWatch(
        { isReady: isDone, complete: (timedOut) => resolve(!timedOut) },
        [topic],
        deadlineMs - this.parts.clock.monotonicMs(),
      );
    });
  }

  /** True once `partitions` partitions have a leader here. */
  hasLeaders(topic: string, partitions: number): boolean {
    const known = this.parts.metadata.topic(topic)?.partitions;
    if (!known || known.size < partitions) return false;
    for (const partition of known.values()) if (partition.leader < 0) return false;
    return true;
  }

  /** The metadata of `topics` changed. */
  check(topics: Iterable<string>): void {
    for (const topic of topics) this.#waiting.check(topic);
  }

  close(): void {
    this.#waiting.close();
  }
}

/** 16 random bytes; ids that print with a leading dash are avoided, since tools would take them for options. */
function randomTopicId(random: Random): string {
  for (;;) {
    const id = random.bytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

function assigned(placement: Placement): ReadonlyMap<number, readonly number[]> {
  if ('error' in placement) throw new ProtocolError(placement.error, placement.message);
  return placement.assignment;
}

function alreadyExists(name: string): ProtocolError {
  return new ProtocolError('TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`);
}

function withoutNulls(configs: Readonly<Record<string, string | null>>): Record<string, string> {
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, value] of Object.entries(configs)) {
    if (value === null) missing.push(name);
    else values[name] = value;
  }
  if (missing.length === 0) return values;
  throw new ProtocolError(
    'INVALID_CONFIG',
    `Null value not supported for topic configs: ${missing.join(',')}`,
  );
}

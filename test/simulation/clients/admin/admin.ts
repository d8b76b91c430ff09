/**
 * An admin that asks the cluster for something at random every now and then. Topics of its own it makes, changes and
 * deletes; to those that all share it only does what leaves their records alone, unless the plan says otherwise.
 */
import { NetworkError } from '../../../../src/platform/ports';
import type { ErrorName } from '../../../../src/protocol/errors';
import type { WorkloadPlan } from '../../plan';
import { Client } from '../client';
import { ClusterView } from '../cluster-view';
import type { Connection } from '../connection';
import { WorkloadOptions } from '../options';
import type { Workload, WorkloadContext } from '../workload';
import {
  UP_TO_HIGH_WATERMARK,
  addPartitions,
  alterConfig,
  createTopic,
  deleteRecords,
  deleteTopic,
  electPreferredLeader,
  reassign,
} from './actions';
import type { Action } from './actions';

const REQUEST_TIMEOUT_MS = 6_000;
/** How long the broker may take, of that. */
const SERVER_TIMEOUT_MS = 3_000;
const MOST_OWN_TOPICS = 3;
const MOST_PARTITIONS = 5;
const HIGHEST_VERSION = 9;
/** Settings that change nothing of what records mean. */
const CONFIGS = [
  ['max.message.bytes', '1048588', '524288'],
  ['segment.ms', '604800000', '60000'],
  ['flush.messages', '1', '10000'],
  ['index.interval.bytes', '4096', '512'],
] as const;

/** What any action may meet: it may have been done nevertheless, but for NOT_CONTROLLER. */
const ALWAYS_ALLOWED: readonly ErrorName[] = ['NONE', 'NOT_CONTROLLER', 'REQUEST_TIMED_OUT'];

export class Admin implements Workload {
  readonly hosts: readonly string[];
  readonly #client: Client;
  readonly #view: ClusterView;
  readonly #shared: readonly string[];
  readonly #own = new Set<string>();
  readonly #everyMs: number;
  readonly #mayDeleteRecords: boolean;
  readonly #mayDeleteShared: boolean;
  #made = 0;
  #isStopped = false;
  #isDone = false;

  constructor(plan: WorkloadPlan, context: WorkloadContext) {
    const options = new WorkloadOptions(plan);
    this.#client = new Client(context, `a${String(plan.id)}`);
    this.hosts = [this.#client.name];
    this.#shared = options.topics(context);
    this.#everyMs = options.number('everyMs', 1_500);
    this.#mayDeleteRecords = options.flag('mayDeleteRecords', false);
    this.#mayDeleteShared = options.flag('mayDeleteShared', false);
    this.#view = new ClusterView(this.#client, () => [...this.#shared, ...this.#own], options);
    this.#client.start(() => this.#run());
  }

  get isIdle(): boolean {
    return this.#isDone;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      await this.#client.sleep(this.#client.around(this.#everyMs));
      if (this.#isStopped || !(await this.#view.refresh())) continue;
      const action = this.#choose();
      if (action) await this.#perform(action);
    }
    this.#view.close();
    this.#isDone = true;
  }

  #choose(): Action | undefined {
    const { random } = this.#client;
    return random.pick([
      () => this.#create(),
      () => this.#delete(),
      () => this.#grow(),
      () => this.#configure(),
      () => this.#trim(),
      () => this.#elect(),
      () => this.#move(),
    ])();
  }

  #create(): Action | undefined {
    const { random, name } = this.#client;
    if (this.#own.size >= MOST_OWN_TOPICS) return undefined;
    // Now and then one that is there already.
    const isAgain = this.#own.size > 0 && random.oneIn(4);
    const topic = isAgain ? random.pick([...this.#own]) : `${name}-topic${String(this.#made++)}`;
    this.#own.add(topic);
    const partitions = random.between(1, 3);
    return createTopic(topic, {
      partitions,
      replicas: random.between(1, 3),
      version: this.#version(),
    });
  }

  #delete(): Action | undefined {
    const topics = this.#mayDeleteShared ? [...this.#own, ...this.#shared] : [...this.#own];
    return topics.length === 0
      ? undefined
      : deleteTopic(this.#client.random.pick(topics), this.#version());
  }

  #grow(): Action | undefined {
    const topic = this.#anyTopic();
    const count = this.#view.partitionsOf(topic).length;
    if (count === 0 || count >= MOST_PARTITIONS) return undefined;
    return addPartitions(topic, count + 1, this.#version());
  }

  #configure(): Action {
    const { random } = this.#client;
    const [name, ...values] = random.pick(CONFIGS);
    return alterConfig(this.#anyTopic(), { name, value: random.pick(values) }, this.#version());
  }

  #trim(): Action | undefined {
    const topics = this.#mayDeleteRecords ? [...this.#own, ...this.#shared] : [...this.#own];
    const place = this.#place(topics);
    if (!place) return undefined;
    const { topic, partition } = place;
    const { random } = this.#client;
    const offset = random.oneIn(2) ? UP_TO_HIGH_WATERMARK : random.below(50);
    return deleteRecords(topic, { partition, offset }, this.#version());
  }

  #elect(): Action | undefined {
    const place = this.#place([...this.#own, ...this.#shared]);
    return place && electPreferredLeader(place.topic, place.partition, this.#version());
  }

  /** As many replicas as now, on other brokers or in another order. */
  #move(): Action | undefined {
    const place = this.#place([...this.#own, ...this.#shared]);
    if (!place) return undefined;
    const { random } = this.#client;
    const brokers = [...this.#view.brokerIds].sort((a, b) => a - b);
    const count = this.#view.replicasOf(place.topic, place.partition).length;
    if (brokers.length < count) return undefined;
    const replicas = Array.from(
      { length: count },
      () => brokers.splice(random.below(brokers.length), 1)[0] as number,
    );
    return reassign(place.topic, { partition: place.partition, replicas });
  }

  #anyTopic(): string {
    return this.#client.random.pick([...this.#own, ...this.#shared]);
  }

  #place(topics: readonly string[]): { topic: string; partition: number } | undefined {
    const { random } = this.#client;
    const places = topics.flatMap((topic) =>
      this.#view.partitionsOf(topic).map((partition) => ({ topic, partition })),
    );
    return places.length === 0 ? undefined : random.pick(places);
  }

  #version(): number {
    return this.#client.random.between(0, HIGHEST_VERSION);
  }

  /** Asks once: what fails may be asked for again by chance. */
  async #perform(action: Action): Promise<void> {
    const { action: kind, topic, details } = action;
    let isAsked = false;
    try {
      const connection = await this.#connect(action);
      if (!connection?.isServed(action.request)) return;
      isAsked = true;
      this.#client.tell({ kind: 'admin', action: kind, step: 'asked', topic, details });
      const timing = { timeoutMs: REQUEST_TIMEOUT_MS, serverMs: SERVER_TIMEOUT_MS };
      const error = await action.ask(connection, timing);
      this.#judge(action, error, connection);
      const isGone = error === 'NONE' || error === 'UNKNOWN_TOPIC_OR_PARTITION';
      if (kind === 'deleteTopic' && isGone) this.#own.delete(topic);
      this.#client.tell({ kind: 'admin', action: kind, step: 'answered', topic, error, details });
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      if (isAsked)
        this.#client.tell({
          ...{ kind: 'admin', action: kind, step: 'answered', topic, details },
          error: error.code,
        });
    }
  }

  async #connect({ target, topic }: Action): Promise<Connection | undefined> {
    if (target === 'any') return this.#view.anyBroker();
    const id =
      target === 'controller'
        ? this.#view.controllerId
        : this.#view.leaderOf(topic, target.leaderOf)?.id;
    return id === undefined || id < 0 ? undefined : this.#view.connect(id);
  }

  #judge(action: Action, error: ErrorName, connection: Connection): void {
    if (ALWAYS_ALLOWED.includes(error) || action.allowed.includes(error)) return;
    this.#client.accuse(connection.broker, `${action.action} of ${action.topic}: ${error}`);
  }
}

import { type TopicPartition, partitionKey } from '../protocol/topic-partition';
import {
  type StoreContext,
  childrenIfExists,
  decodeOrWarn,
  fenced,
  fencedDelete,
  ignoring,
  pipelined,
  readIfExists,
} from './operations';
import { ANY_VERSION, type ZnodeData } from './session';
import type { ControllerFence, PartitionReassignment } from './types';
import {
  isrChangeNotification,
  isrChangeNotifications,
  logDirEvent,
  logDirEvents,
  preferredReplicaElection,
  reassignPartitions,
} from './znodes';

interface Notification extends ZnodeData {
  readonly path: string;
}

/** Requests that operators' tools leave in ZooKeeper, and events that brokers leave for the controller. */
export class AdminStore {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /**
   * `/admin/reassign_partitions`, of several entries for one partition the last; `undefined` if there is none,
   * empty if it cannot be read (`setReassignment([])` then removes it).
   */
  async reassignment(): Promise<PartitionReassignment[] | undefined> {
    const path = reassignPartitions.path();
    const found = await readIfExists(this.#context.session, path);
    if (!found) return undefined;
    const moves = this.#decode(() => reassignPartitions.decode(found.data, path)) ?? [];
    const unique = new Map(moves.map((each) => [partitionKey(each.topic, each.partition), each]));
    return [...unique.values()];
  }

  /** Rewrites what is left to do; nothing left deletes the node. A node that is gone stays gone. */
  async setReassignment(
    remaining: readonly PartitionReassignment[],
    fence: ControllerFence,
  ): Promise<void> {
    const { session } = this.#context;
    const path = reassignPartitions.path();
    if (remaining.length === 0) return fencedDelete(session, fence, [path]);
    const data = reassignPartitions.encode(remaining);
    const write = fenced(session, fence, [{ type: 'set', path, data, version: ANY_VERSION }]);
    await ignoring('NO_NODE', write);
  }

  /**
   * Registers and arms; runs once when the node is created, changed or deleted, by whomever. Resolves with
   * whether it is there.
   */
  async watchReassignment(handler: () => void): Promise<boolean> {
    const { session } = this.#context;
    session.watchData(reassignPartitions.path(), handler);
    return (await session.exists(reassignPartitions.path())) !== undefined;
  }

  unwatchReassignment(): void {
    this.#context.session.unwatchData(reassignPartitions.path());
  }

  /** `undefined` if there is none, empty if it cannot be read. */
  async preferredElection(): Promise<TopicPartition[] | undefined> {
    const path = preferredReplicaElection.path();
    const found = await readIfExists(this.#context.session, path);
    if (!found) return undefined;
    return [...(this.#decode(() => preferredReplicaElection.decode(found.data, path)) ?? [])];
  }

  async deletePreferredElection(fence: ControllerFence): Promise<void> {
    await fencedDelete(this.#context.session, fence, [preferredReplicaElection.path()]);
  }

  /** Registers and arms; runs when the node is created. Resolves with whether it is there. */
  async watchPreferredElection(onCreated: () => void): Promise<boolean> {
    const { session } = this.#context;
    const path = preferredReplicaElection.path();
    session.watchData(path, (event) => {
      if (event === 'created') onCreated();
    });
    return (await session.exists(path)) !== undefined;
  }

  unwatchPreferredElection(): void {
    this.#context.session.unwatchData(preferredReplicaElection.path());
  }

  /** Tells the controller that a log directory of this broker failed. */
  async announceLogDirFailure(brokerId: number): Promise<void> {
    const data = logDirEvent.encode(brokerId);
    await this.#context.session.create(logDirEvent.path(), data, 'persistent-sequential');
  }

  /** Pending log-dir events: the nodes, unreadable ones too, and the brokers they name. */
  async logDirEvents(): Promise<{ nodes: string[]; brokerIds: number[] }> {
    const found = await this.#notifications(logDirEvents.path());
    const ids = found.flatMap(
      ({ path, data }) => this.#decode(() => logDirEvent.decode(data, path)) ?? [],
    );
    return { nodes: found.map(({ path }) => path), brokerIds: [...new Set(ids)] };
  }

  async deleteLogDirEvents(nodes: readonly string[], fence: ControllerFence): Promise<void> {
    await fencedDelete(this.#context.session, fence, nodes);
  }

  /** Armed by `logDirEvents`. */
  watchLogDirEvents(handler: () => void): void {
    this.#context.session.watchChildren(logDirEvents.path(), handler);
  }

  unwatchLogDirEvents(): void {
    this.#context.session.unwatchChildren(logDirEvents.path());
  }

  /** Pending ISR notifications (leaders older than 2.7 write them): the nodes, unreadable ones too, and the partitions they name. */
  async isrNotifications(): Promise<{ nodes: string[]; partitions: TopicPartition[] }> {
    const found = await this.#notifications(isrChangeNotifications.path());
    const partitions = found.flatMap(
      ({ path, data }) => this.#decode(() => isrChangeNotification.decode(data, path)) ?? [],
    );
    return { nodes: found.map(({ path }) => path), partitions };
  }

  async deleteIsrNotifications(nodes: readonly string[], fence: ControllerFence): Promise<void> {
    await fencedDelete(this.#context.session, fence, nodes);
  }

  /** Armed by `isrNotifications`. */
  watchIsrNotifications(handler: () => void): void {
    this.#context.session.watchChildren(isrChangeNotifications.path(), handler);
  }

  unwatchIsrNotifications(): void {
    this.#context.session.unwatchChildren(isrChangeNotifications.path());
  }

  /** In the order of their numbers. */
  async #notifications(parent: string): Promise<Notification[]> {
    const { session } = this.#context;
    const names = [...(await childrenIfExists(session, parent))].sort();
    const found = await pipelined(names, async (name) => {
      const path = `${parent}/${name}`;
      const node = await readIfExists(session, path);
      return node && { ...node, path };
    });
    return found.filter((each) => each !== undefined);
  }

  #decode<T>(decode: () => T): T | undefined {
    return decodeOrWarn(this.#context.log, decode);
  }
}

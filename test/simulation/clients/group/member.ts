/**
 * One process that is a member of a group, from its start to its end: joins, reads what it is given, commits what it
 * has read, and lets go of partitions as its protocol says: eager of all before each rebalance, cooperative only of
 * those that another one is to get.
 */
import { NetworkError } from '../../../../src/platform/ports';
import type { ErrorName } from '../../../../src/protocol/errors';
import type { Client } from '../client';
import { ClusterView } from '../cluster-view';
import { Fetcher, fetcherSettings } from '../consumer/fetcher';
import { nameOf } from '../consumer/position';
import type { TopicPartition } from '../../history';
import type { WorkloadOptions } from '../options';
import { COORDINATOR_ERRORS, Coordinator } from './coordinator';
import { Membership } from './membership';
import { Offsets } from './offsets';
import type { OffsetToCommit } from './offsets';
import type { GroupSettings, SentAssignments } from './settings';

const RETRY_BACKOFF_MS = 100;
const LOST: readonly ErrorName[] = [
  'FENCED_INSTANCE_ID',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
];

export interface MemberContext {
  readonly settings: GroupSettings;
  readonly options: WorkloadOptions;
  readonly sent: SentAssignments;
  readonly instanceId: string | null;
}

export class Member {
  readonly #settings: GroupSettings;
  readonly #view: ClusterView;
  readonly #fetcher: Fetcher;
  readonly #coordinator: Coordinator;
  readonly #membership: Membership;
  readonly #offsets: Offsets;
  readonly #owned = new Map<string, TopicPartition>();
  /** Owned, and not read yet where to begin. */
  readonly #unread = new Map<string, TopicPartition>();
  readonly #committed = new Map<string, number>();
  /** In which the owned partitions were given. */
  #generation = -1;
  #needsRejoin = false;
  /** How many partitions there were when this member, as leader, last divided them. */
  #divided: number | undefined;
  #nextCommitMs: number;
  #isStopping = false;
  #isDone = false;

  constructor(
    private readonly client: Client,
    { settings, options, sent, instanceId }: MemberContext,
  ) {
    this.#settings = settings;
    this.#view = new ClusterView(client, () => settings.topics, options);
    const fetching = fetcherSettings(options, client, this.#view);
    this.#fetcher = new Fetcher(client, this.#view, fetching, () => this.#onMetadata());
    this.#coordinator = new Coordinator(client, this.#view, settings.group);
    const { group } = settings;
    this.#membership = new Membership(
      { client, coordinator: this.#coordinator, settings, sent },
      instanceId,
    );
    this.#offsets = new Offsets(client, this.#coordinator, this.#membership, group);
    this.#nextCommitMs = client.nowMs + settings.commitMs;
    client.start(() => this.#run());
  }

  get isIdle(): boolean {
    return this.#isDone && this.#fetcher.isIdle;
  }

  /** Leaves in good order; a static member only goes, and is expected back. */
  stop(): void {
    this.#isStopping = true;
  }

  /** Its process has ended without a word: it has nothing any more. */
  died(): void {
    this.#tellRevoked([...this.#owned.values()]);
  }

  async #run(): Promise<void> {
    this.#fetcher.start();
    while (!this.#isStopping) {
      const isMember = await this.#patiently(() => this.#rebalance());
      if (isMember) await this.#work();
    }
    await this.#end();
    this.#isDone = true;
  }

  /** False if there was no answer, so that it must be tried again. */
  async #patiently(act: () => Promise<boolean>): Promise<boolean> {
    try {
      if (await act()) return true;
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      this.#coordinator.forget();
    }
    await this.client.sleep(this.client.around(RETRY_BACKOFF_MS));
    return false;
  }

  /** Joins and syncs once; false if that came to nothing. */
  async #rebalance(): Promise<boolean> {
    await this.#beforeJoin();
    this.#needsRejoin = true;
    const joined = await this.#membership.join([...this.#owned.values()], this.#generation);
    if (typeof joined === 'string') return this.#refused(joined);
    if (joined.leader === joined.memberId && !(await this.#view.refresh())) return false;
    const partitions = this.#partitions();
    const isLeader = joined.leader === joined.memberId;
    this.#divided = isLeader ? partitions.length : undefined;
    const assigned = await this.#membership.sync(joined, partitions);
    if (typeof assigned === 'string') return this.#refused(assigned);
    this.#needsRejoin = false;
    await this.#take(assigned);
    return true;
  }

  /** An eager member comes with empty hands; so does one that is not known any more. */
  async #beforeJoin(): Promise<void> {
    const isLost = this.#membership.generation < 0;
    if (this.#settings.protocol === 'cooperative' && !isLost) return;
    if (!isLost && this.#owned.size > 0) await this.#commit();
    this.#release([...this.#owned.values()]);
  }

  #refused(error: ErrorName): boolean {
    if (COORDINATOR_ERRORS.includes(error)) this.#coordinator.forget();
    if (!LOST.includes(error)) return false;
    this.#membership.forget(error);
    // Another process goes by the name of this one: it has nothing to do here any more.
    if (error === 'FENCED_INSTANCE_ID') this.#isStopping = true;
    return false;
  }

  async #take(assigned: readonly TopicPartition[]): Promise<void> {
    const { protocol, group } = this.#settings;
    const kept = new Set(assigned.map(nameOf));
    const revoked = [...this.#owned.values()].filter((each) => !kept.has(nameOf(each)));
    const added = assigned.filter((each) => !this.#owned.has(nameOf(each)));
    if (revoked.length > 0) {
      await this.#commit();
      this.#release(revoked);
      this.#needsRejoin = true;
    }
    const { memberId, generation } = this.#membership;
    // While it committed, it may have been thrown out.
    if (generation < 0) return;
    this.#generation = generation;
    for (const each of added) {
      this.#owned.set(nameOf(each), each);
      this.#unread.set(nameOf(each), each);
    }
    const partitions = [...this.#owned.values()];
    this.client.tell({ kind: 'assigned', group, memberId, generation, partitions, protocol });
  }

  /** Until it must join again. */
  async #work(): Promise<void> {
    while (!this.#isStopping && !this.#needsRejoin) {
      await this.#patiently(() => this.#beat());
      if (this.#needsRejoin || this.#isStopping) return;
      await this.client.sleep(this.client.around(this.#settings.heartbeatMs));
    }
  }

  async #beat(): Promise<boolean> {
    if (this.#unread.size > 0 && !(await this.#readOffsets())) return false;
    if (this.client.nowMs >= this.#nextCommitMs) {
      this.#nextCommitMs = this.client.nowMs + this.client.around(this.#settings.commitMs);
      await this.#commit();
    }
    if (this.#needsRejoin) return true;
    const error = await this.#membership.heartbeat();
    if (error === 'REBALANCE_IN_PROGRESS') this.#needsRejoin = true;
    else if (error !== 'NONE') this.#dropped(error);
    return true;
  }

  /** What a question in a generation was refused with. */
  #dropped(error: ErrorName): void {
    this.#refused(error);
    if (LOST.includes(error)) this.#needsRejoin = true;
  }

  async #readOffsets(): Promise<boolean> {
    const wanted = [...this.#unread.values()];
    const offsets = await this.#offsets.read(wanted);
    if (typeof offsets === 'string') {
      this.#refused(offsets);
      return false;
    }
    for (const { topic, partition, offset, leaderEpoch } of offsets) {
      const name = nameOf({ topic, partition });
      this.#unread.delete(name);
      this.#committed.set(name, offset);
      this.#fetcher.add({ topic, partition }, offset < 0 ? undefined : { offset, leaderEpoch });
    }
    return true;
  }

  /** Commits where reading has come to; what is refused is tried again with the next commit. */
  async #commit(): Promise<void> {
    const offsets: OffsetToCommit[] = [];
    for (const [name, { topic, partition }] of this.#owned) {
      const position = this.#fetcher.positionOf({ topic, partition });
      if (!position || position.offset === this.#committed.get(name)) continue;
      const { offset, offsetEpoch: leaderEpoch } = position;
      offsets.push({ topic, partition, offset, leaderEpoch });
    }
    if (offsets.length === 0) return;
    const errors = await this.#offsets.commit(offsets);
    for (const each of offsets) {
      const error = errors.get(nameOf(each)) ?? 'NONE';
      if (error === 'NONE') this.#committed.set(nameOf(each), each.offset);
      else if (error === 'REBALANCE_IN_PROGRESS') this.#needsRejoin = true;
      else this.#dropped(error);
    }
  }

  #release(partitions: readonly TopicPartition[]): void {
    for (const each of partitions) {
      this.#fetcher.remove(each);
      this.#owned.delete(nameOf(each));
      this.#unread.delete(nameOf(each));
    }
    this.#tellRevoked(partitions);
  }

  #tellRevoked(partitions: readonly TopicPartition[]): void {
    if (partitions.length === 0) return;
    const { group } = this.#settings;
    const generation = this.#generation;
    const { memberId } = this.#membership;
    this.client.tell({ kind: 'revoked', group, memberId, generation, partitions });
  }

  async #end(): Promise<void> {
    const isMember = this.#membership.generation >= 0;
    if (isMember) await this.#patiently(() => this.#commit().then(() => true));
    this.#release([...this.#owned.values()]);
    if (this.#membership.memberId !== '' && this.#membership.instanceId === null)
      await this.#patiently(() => this.#membership.leave().then(() => true));
    this.#fetcher.stop();
    this.#coordinator.forget();
    this.#view.close();
  }

  #partitions(): TopicPartition[] {
    return this.#settings.topics.flatMap((topic) =>
      this.#view.partitionsOf(topic).map((partition) => ({ topic, partition })),
    );
  }

  /** A leader sees to it that partitions which were added are given to somebody. */
  #onMetadata(): void {
    if (this.#divided !== undefined && this.#partitions().length !== this.#divided)
      this.#needsRejoin = true;
  }
}

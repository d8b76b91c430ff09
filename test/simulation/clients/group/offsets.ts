/** A member's committed offsets. */
import { errorName } from '../../../../src/protocol/errors';
import type { ErrorName } from '../../../../src/protocol/errors';
import {
  OffsetCommitRequest,
  OffsetCommitResponse,
} from '../../../../src/protocol/messages/08-offset-commit';
import {
  OffsetFetchRequest,
  OffsetFetchResponse,
} from '../../../../src/protocol/messages/09-offset-fetch';
import { NetworkError } from '../../../../src/platform/ports';
import { nameOf } from '../consumer/position';
import type { TopicPartition } from '../../history';
import type { Client } from '../client';
import { COORDINATOR_ERRORS } from './coordinator';
import type { Coordinator } from './coordinator';
import type { Membership } from './membership';

/** Version 0 keeps offsets in ZooKeeper. */
const COMMIT = { dynamic: [1, 9], static: [7, 9] } as const;
const FETCH_VERSIONS = [1, 9] as const;
const EPOCHS_SINCE = 6;
const GROUPS_SINCE = 8;
const TOP_ERROR_SINCE = 2;

/** After these nothing was committed for certain. */
const SURELY_NOT_COMMITTED: readonly ErrorName[] = [
  'COORDINATOR_LOAD_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
  'UNKNOWN_MEMBER_ID',
  'UNKNOWN_TOPIC_OR_PARTITION',
];
const COMMIT_ERRORS: readonly ErrorName[] = [
  ...COORDINATOR_ERRORS,
  ...SURELY_NOT_COMMITTED,
  'REQUEST_TIMED_OUT',
];

export interface OffsetToCommit extends TopicPartition {
  readonly offset: number;
  readonly leaderEpoch: number;
}

export interface CommittedOffset extends TopicPartition {
  /** −1: nothing is committed. */
  readonly offset: number;
  readonly leaderEpoch: number;
}

function byTopic<T extends TopicPartition>(all: readonly T[]): [string, T[]][] {
  const topics = [...new Set(all.map(({ topic }) => topic))];
  return topics.map((name) => [name, all.filter(({ topic }) => topic === name)]);
}

export class Offsets {
  constructor(
    private readonly client: Client,
    private readonly coordinator: Coordinator,
    private readonly membership: Membership,
    private readonly group: string,
  ) {}

  /** Commits, and gives the error of each. Rejects with a `NetworkError`; what became of it is told to the history. */
  async commit(offsets: readonly OffsetToCommit[]): Promise<ReadonlyMap<string, ErrorName>> {
    const { group } = this;
    const { memberId, generation, instanceId } = this.membership;
    const told = { group, memberId, generation };
    // When the last attempt is made, not when the coordinator is looked for.
    let askedMs = this.client.nowMs;
    const noteAsked = (): object => {
      askedMs = this.client.nowMs;
      return {};
    };
    try {
      const { answer, broker } = await this.coordinator.ask({
        request: OffsetCommitRequest,
        response: OffsetCommitResponse,
        versions: instanceId === null ? COMMIT.dynamic : COMMIT.static,
        message: (version) => ({
          ...noteAsked(),
          groupId: group,
          ...{ generationIdOrMemberEpoch: generation, memberId },
          ...(instanceId === null ? {} : { groupInstanceId: instanceId }),
          topics: byTopic(offsets).map(([name, ofTopic]) => ({
            name,
            partitions: ofTopic.map(({ partition, offset, leaderEpoch }) => ({
              ...{ partitionIndex: partition, committedOffset: offset, committedMetadata: '' },
              ...(version >= EPOCHS_SINCE ? { committedLeaderEpoch: leaderEpoch } : {}),
            })),
          })),
        }),
      });
      const errors = new Map<string, ErrorName>();
      for (const { name: topic, partitions } of answer.topics)
        for (const { partitionIndex: partition, errorCode } of partitions)
          errors.set(nameOf({ topic, partition }), errorName(errorCode));
      for (const { topic, partition, offset } of offsets) {
        const error = errors.get(nameOf({ topic, partition }));
        if (error === undefined)
          this.client.accuse(
            broker,
            `OffsetCommit: ${nameOf({ topic, partition })} is not answered`,
          );
        else this.coordinator.judge('OffsetCommit', error, COMMIT_ERRORS, broker);
        const place = { topic, partition, offset };
        if (error === 'NONE') this.client.tell({ kind: 'committed', askedMs, ...told, ...place });
        else if (error !== undefined && !SURELY_NOT_COMMITTED.includes(error))
          this.client.tell({ kind: 'commitUnknown', ...told, ...place });
      }
      return errors;
    } catch (error) {
      if (error instanceof NetworkError)
        for (const { topic, partition, offset } of offsets)
          this.client.tell({ kind: 'commitUnknown', ...told, topic, partition, offset });
      throw error;
    }
  }

  /** What is committed, or the error. Rejects with a `NetworkError`. */
  async read(partitions: readonly TopicPartition[]): Promise<CommittedOffset[] | ErrorName> {
    const { group } = this;
    let askedMs = this.client.nowMs;
    const { answer, broker, version } = await this.coordinator.ask({
      request: OffsetFetchRequest,
      response: OffsetFetchResponse,
      versions: FETCH_VERSIONS,
      message: (asked) => {
        askedMs = this.client.nowMs;
        const topics = byTopic(partitions).map(([name, ofTopic]) => ({
          name,
          partitionIndexes: ofTopic.map(({ partition }) => partition),
        }));
        return asked >= GROUPS_SINCE
          ? { groups: [{ groupId: group, topics }] }
          : { groupId: group, topics };
      },
    });
    const found = version >= GROUPS_SINCE ? answer.groups[0] : answer;
    const rows = (found?.topics ?? []).flatMap(({ name: topic, partitions: ofTopic }) =>
      ofTopic.map((row) => ({ ...row, topic, partition: row.partitionIndex })),
    );
    const codes = [
      version >= TOP_ERROR_SINCE ? (found?.errorCode ?? -1) : 0,
      ...rows.map(({ errorCode }) => errorCode),
    ];
    const error = errorName(codes.find((code) => code !== 0) ?? 0);
    this.coordinator.judge('OffsetFetch', error, COORDINATOR_ERRORS, broker);
    if (error !== 'NONE') return error;
    const offsets = rows.map(({ topic, partition, committedOffset, committedLeaderEpoch }) => ({
      ...{ topic, partition, offset: committedOffset, leaderEpoch: committedLeaderEpoch },
    }));
    if (new Set(offsets.map(nameOf)).size !== partitions.length)
      this.client.accuse(broker, 'OffsetFetch: not every partition is answered once');
    for (const { topic, partition, offset } of offsets)
      this.client.tell({ kind: 'offsetRead', askedMs, broker, group, topic, partition, offset });
    return offsets;
  }
}

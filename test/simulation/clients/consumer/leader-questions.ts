/** What a consumer asks the leader of a partition besides records: where it begins, and where an epoch ended. */
import { errorName } from '../../../../src/protocol/errors';
import type { ErrorName } from '../../../../src/protocol/errors';
import {
  ListOffsetsRequest,
  ListOffsetsResponse,
} from '../../../../src/protocol/messages/02-list-offsets';
import {
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
} from '../../../../src/protocol/messages/23-offset-for-leader-epoch';
import type { Client } from '../client';
import type { Connection } from '../connection';
import { nameOf } from './position';
import type { Position } from './position';

const PLACES = { earliest: -2, latest: -1 } as const;
export type Place = keyof typeof PLACES;

const CONSUMER = -1;
const LEADER_EPOCHS_SINCE = 4;
/** The error that it gives before is none of its own. */
const OFFSET_NOT_AVAILABLE_SINCE = 5;
/** The first that says which epoch it answers for, and is meant for consumers. */
const EPOCH_END_VERSIONS = [3, 4] as const;

const LEADER_ERRORS: readonly ErrorName[] = [
  'NONE',
  'FENCED_LEADER_EPOCH',
  'KAFKA_STORAGE_ERROR',
  'NOT_LEADER_OR_FOLLOWER',
  'UNKNOWN_LEADER_EPOCH',
  'UNKNOWN_TOPIC_OR_PARTITION',
];

export interface Found {
  readonly position: Position;
  readonly error: ErrorName;
  readonly offset: number;
  readonly leaderEpoch: number;
}

interface Question {
  readonly connection: Connection;
  readonly positions: readonly Position[];
  readonly timeoutMs: number;
}

function byTopic(positions: readonly Position[]): (readonly [string, readonly Position[]])[] {
  const topics = [...new Set(positions.map(({ topic }) => topic))];
  return topics.map((name) => [name, positions.filter(({ topic }) => topic === name)]);
}

/** Where partitions begin, or end for a consumer. Rejects with a `NetworkError`. */
export async function listOffsets(
  client: Client,
  { connection, positions, timeoutMs }: Question,
  { place, isCommittedOnly }: { readonly place: Place; readonly isCommittedOnly: boolean },
): Promise<readonly Found[]> {
  const version = connection.served(ListOffsetsRequest, client.random.between(2, 9));
  const topics = byTopic(positions).map(([name, ofTopic]) => ({
    name,
    partitions: ofTopic.map(({ partition, leader }) => ({
      partitionIndex: partition,
      currentLeaderEpoch: version >= LEADER_EPOCHS_SINCE ? (leader?.epoch ?? -1) : -1,
      timestamp: PLACES[place],
    })),
  }));
  const answer = await connection.ask(
    ListOffsetsRequest,
    ListOffsetsResponse,
    { replicaId: CONSUMER, isolationLevel: isCommittedOnly ? 1 : 0, topics },
    { timeoutMs, version },
  );
  const notAvailable: ErrorName =
    version >= OFFSET_NOT_AVAILABLE_SINCE ? 'OFFSET_NOT_AVAILABLE' : 'LEADER_NOT_AVAILABLE';
  const rows = answer.topics.flatMap(({ name, partitions }) =>
    partitions.map((row) => ({ ...row, topic: name, partition: row.partitionIndex })),
  );
  const accuse = (what: string): void => client.accuse(connection.broker, `ListOffsets: ${what}`);
  return matched(positions, rows, [...LEADER_ERRORS, notAvailable], accuse);
}

/** Where the epochs ended in which the positions were read. Rejects with a `NetworkError`. */
export async function epochEnds(
  client: Client,
  { connection, positions, timeoutMs }: Question,
): Promise<readonly Found[]> {
  const wanted = client.random.between(...EPOCH_END_VERSIONS);
  const version = connection.served(OffsetForLeaderEpochRequest, wanted);
  const topics = byTopic(positions).map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ partition, leader, offsetEpoch }) => ({
      partition,
      currentLeaderEpoch: leader?.epoch ?? -1,
      leaderEpoch: offsetEpoch,
    })),
  }));
  const answer = await connection.ask(
    OffsetForLeaderEpochRequest,
    OffsetForLeaderEpochResponse,
    { replicaId: CONSUMER, topics },
    { timeoutMs, version },
  );
  const rows = answer.topics.flatMap(({ topic, partitions }) =>
    partitions.map((row) => ({ ...row, topic, offset: row.endOffset })),
  );
  return matched(positions, rows, LEADER_ERRORS, (what) =>
    client.accuse(connection.broker, `OffsetForLeaderEpoch: ${what}`),
  );
}

interface Row {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly offset: number;
  readonly leaderEpoch: number;
}

function matched(
  positions: readonly Position[],
  rows: readonly Row[],
  allowed: readonly ErrorName[],
  accuse: (what: string) => void,
): readonly Found[] {
  if (rows.length !== positions.length) accuse('not every partition is answered once');
  const found: Found[] = [];
  for (const position of positions) {
    const row = rows.find(
      ({ topic, partition }) => topic === position.topic && partition === position.partition,
    );
    if (!row) {
      accuse(`${nameOf(position)} is not answered`);
      continue;
    }
    const error = errorName(row.errorCode);
    if (!allowed.includes(error)) accuse(`${error} for ${nameOf(position)}`);
    found.push({ position, error, offset: row.offset, leaderEpoch: row.leaderEpoch });
  }
  return found;
}

/** ListOffsets (2): the ends of the log, lookups by time, and what stands in place of a time in which version. */
import { errorName } from '../../../src/protocol/errors';
import {
  ListOffsetsRequest,
  ListOffsetsResponse,
} from '../../../src/protocol/messages/02-list-offsets';
import { aRecord, Brokers, versionsOf } from '../../builders/broker-client';

let brokers: Brokers;

/** Of the records 0 to 4 of `full`, each in a batch of its own: the third one is the newest. */
const TIMES = [1000, 2000, 5000, 3000, 4000];
const LATEST = -1;
const EARLIEST = -2;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  await brokers.createTopic('full', { assignment: [[1], [2]] });
  await brokers.createTopic('empty');
  for (const time of TIMES) await brokers.produce('full', { records: [aRecord('v', time)] });
}, 60_000);
afterAll(() => brokers.stop());

interface Ask {
  readonly topic?: string;
  readonly partition?: number;
  readonly version?: number;
  readonly epoch?: number;
  readonly isolationLevel?: number;
  readonly replicaId?: number;
  readonly maxNumOffsets?: number;
  readonly broker?: number;
}

const partitionOf = (timestamp: number, { partition = 0, version = 9, ...ask }: Ask) => ({
  partitionIndex: partition,
  timestamp,
  ...(version >= 4 ? { currentLeaderEpoch: ask.epoch ?? -1 } : {}),
  ...(version === 0 ? { maxNumOffsets: ask.maxNumOffsets ?? 1 } : {}),
});

async function lookUp(timestamp: number, ask: Ask = {}) {
  const { version = 9, topic = 'full', broker = 1 } = ask;
  const answer = await brokers.ask(
    ListOffsetsRequest,
    ListOffsetsResponse,
    version,
    {
      replicaId: ask.replicaId ?? -1,
      ...(version >= 2 ? { isolationLevel: ask.isolationLevel ?? 0 } : {}),
      topics: [{ name: topic, partitions: [partitionOf(timestamp, ask)] }],
    },
    { broker },
  );
  const partition = answer.topics[0]?.partitions[0];
  if (!partition) throw new Error('no answer for the partition');
  const { offset, timestamp: time, leaderEpoch, oldStyleOffsets } = partition;
  return { error: errorName(partition.errorCode), offset, time, leaderEpoch, oldStyleOffsets };
}

const VERSIONS = versionsOf(ListOffsetsRequest).filter((version) => version >= 1);

test.each(VERSIONS)('v%i finds both ends of the log', async (version) => {
  const leaderEpoch = version >= 4 ? 0 : -1;
  expect(await lookUp(LATEST, { version })).toMatchObject({
    error: 'NONE',
    offset: TIMES.length,
    time: -1,
    leaderEpoch,
  });
  expect(await lookUp(EARLIEST, { version })).toMatchObject({
    error: 'NONE',
    offset: 0,
    time: -1,
    leaderEpoch,
  });
});

test.each`
  timestamp | version | offset | time    | because
  ${0}      | ${9}    | ${0}   | ${1000} | ${'everything is newer'}
  ${1000}   | ${9}    | ${0}   | ${1000} | ${'the time itself counts'}
  ${1001}   | ${9}    | ${1}   | ${2000} | ${'the first not older is meant'}
  ${2500}   | ${9}    | ${2}   | ${5000} | ${'the first by offset is meant, not by time'}
  ${3000}   | ${1}    | ${2}   | ${5000} | ${'the first by offset is meant, not by time'}
  ${5000}   | ${1}    | ${2}   | ${5000} | ${'the newest is not the last'}
  ${5001}   | ${9}    | ${-1}  | ${-1}   | ${'everything is older'}
  ${5001}   | ${1}    | ${-1}  | ${-1}   | ${'everything is older'}
  ${-3}     | ${7}    | ${2}   | ${5000} | ${'-3 means the newest record'}
  ${-4}     | ${8}    | ${0}   | ${-1}   | ${'all of the log is local'}
  ${-5}     | ${9}    | ${-1}  | ${-1}   | ${'nothing is in a remote tier'}
`('v$version, time $timestamp: offset $offset because $because', async (row) => {
  const found = await lookUp(row.timestamp as number, { version: row.version as number });
  expect(found).toMatchObject({ error: 'NONE', offset: row.offset, time: row.time });
});

test.each`
  timestamp | version | because
  ${-3}     | ${6}    | ${'-3 came with v7'}
  ${-4}     | ${7}    | ${'-4 came with v8'}
  ${-5}     | ${8}    | ${'-5 came with v9'}
  ${-6}     | ${9}    | ${'-6 means nothing'}
  ${-9}     | ${1}    | ${'-9 means nothing'}
`('v$version, time $timestamp: UNSUPPORTED_VERSION because $because', async (row) => {
  const found = await lookUp(row.timestamp as number, { version: row.version as number });
  expect(found).toMatchObject({ error: 'UNSUPPORTED_VERSION', offset: -1 });
});

test.each`
  timestamp | offset | because
  ${-1}     | ${0}   | ${'the log ends where it begins'}
  ${-2}     | ${0}   | ${'the log begins at 0'}
  ${-3}     | ${-1}  | ${'there is no record'}
  ${0}      | ${-1}  | ${'there is no record'}
`('an empty log, time $timestamp: $offset because $because', async ({ timestamp, offset }) => {
  const found = await lookUp(timestamp as number, { topic: 'empty' });
  expect(found).toMatchObject({ error: 'NONE', offset });
});

test.each`
  ask                                  | error                           | because
  ${{ topic: 'absent' }}               | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such topic'}
  ${{ partition: 9 }}                  | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such partition'}
  ${{ partition: 1 }}                  | ${'NOT_LEADER_OR_FOLLOWER'}     | ${'broker 2 leads it'}
  ${{ partition: 1, broker: 2 }}       | ${'NONE'}                       | ${'broker 2 leads it'}
  ${{ epoch: 0 }}                      | ${'NONE'}                       | ${'it is the leader epoch'}
  ${{ epoch: 1 }}                      | ${'UNKNOWN_LEADER_EPOCH'}       | ${'the client knows more than the broker'}
  ${{ version: 4, epoch: 1 }}          | ${'UNKNOWN_LEADER_EPOCH'}       | ${'epochs came with v4'}
  ${{ isolationLevel: 1 }}             | ${'NONE'}                       | ${'no transaction is open'}
  ${{ version: 2, isolationLevel: 1 }} | ${'NONE'}                       | ${'no transaction is open'}
  ${{ replicaId: 2 }}                  | ${'NONE'}                       | ${'a follower asks for the log end'}
  ${{ replicaId: -2 }}                 | ${'NONE'}                       | ${'a tool may ask any replica'}
  ${{ version: 0, topic: 'absent' }}   | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such topic'}
  ${{ version: 0, partition: 1 }}      | ${'NOT_LEADER_OR_FOLLOWER'}     | ${'broker 2 leads it'}
`('$ask: $error because $because', async ({ ask, error }) => {
  expect((await lookUp(LATEST, ask as Ask)).error).toBe(error);
});

test.each`
  timestamp | maxNumOffsets | offsets   | because
  ${-1}     | ${1}          | ${[5]}    | ${'the end comes first'}
  ${-1}     | ${2}          | ${[5, 0]} | ${'then the start of the only segment'}
  ${-1}     | ${9}          | ${[5, 0]} | ${'there are no more'}
  ${-2}     | ${1}          | ${[0]}    | ${'the start alone was asked for'}
  ${-2}     | ${9}          | ${[0]}    | ${'the start alone was asked for'}
  ${0}      | ${9}          | ${[]}     | ${'no segment is that old'}
  ${9e12}   | ${9}          | ${[5, 0]} | ${'every segment is older'}
`('v0, time $timestamp, at most $maxNumOffsets: $offsets because $because', async (row) => {
  const found = await lookUp(row.timestamp as number, {
    version: 0,
    maxNumOffsets: row.maxNumOffsets as number,
  });
  expect(found).toMatchObject({ error: 'NONE', oldStyleOffsets: row.offsets });
});

test('a partition asked for twice is INVALID_REQUEST, the others are answered', async () => {
  const twice = partitionOf(LATEST, {});
  const { topics } = await brokers.ask(ListOffsetsRequest, ListOffsetsResponse, 9, {
    replicaId: -1,
    topics: [
      { name: 'full', partitions: [twice, twice] },
      { name: 'empty', partitions: [twice] },
    ],
  });
  const errors = topics.flatMap(({ name, partitions }) =>
    partitions.map(({ errorCode }) => `${name} ${errorName(errorCode)}`),
  );
  expect([...new Set(errors)].sort()).toEqual(['empty NONE', 'full INVALID_REQUEST']);
});

test('no topics, no answer for any', async () => {
  const request = { replicaId: -1, topics: [] };
  const answer = await brokers.ask(ListOffsetsRequest, ListOffsetsResponse, 9, request);
  expect(answer.topics).toEqual([]);
});

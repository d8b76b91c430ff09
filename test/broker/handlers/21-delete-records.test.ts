/** DeleteRecords (21): the log start rises at once here, and the answer waits for the live replicas. */
import { errorName } from '../../../src/protocol/errors';
import { FetchRequest, FetchResponse } from '../../../src/protocol/messages/01-fetch';
import {
  ListOffsetsRequest,
  ListOffsetsResponse,
} from '../../../src/protocol/messages/02-list-offsets';
import {
  FindCoordinatorRequest,
  FindCoordinatorResponse,
} from '../../../src/protocol/messages/10-find-coordinator';
import {
  DeleteRecordsRequest,
  DeleteRecordsResponse,
} from '../../../src/protocol/messages/21-delete-records';
import { eventually } from '../../builders/process';
import { Brokers, versionsOf } from '../../builders/broker-client';

const EARLIEST = -2;
const TIMEOUT_MS = 10_000;

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  await brokers.createTopic('plain', { assignment: [[1], [2]] });
  await brokers.createTopic('copied', { assignment: [[1, 2]] });
  await brokers.createTopic('compacted', { configs: { 'cleanup.policy': 'compact' } });
  await brokers.createTopic('both', { configs: { 'cleanup.policy': 'compact,delete' } });
  await brokers.createTopic('empty');
  await brokers.createTopic('versions');
  for (let i = 0; i < 5; i++) {
    for (const topic of ['plain', 'copied', 'versions']) await brokers.produce(topic);
  }
}, 60_000);
afterAll(() => brokers.stop());

interface Ask {
  readonly version?: number;
  readonly topic?: string;
  readonly partition?: number;
  readonly offset: number;
  readonly timeoutMs?: number;
}

/** The error and the low watermark. */
async function deleteBefore({ version = 2, topic = 'plain', ...ask }: Ask): Promise<string> {
  const answer = await brokers.ask(DeleteRecordsRequest, DeleteRecordsResponse, version, {
    topics: [
      {
        name: topic,
        partitions: [{ partitionIndex: ask.partition ?? 0, offset: ask.offset }],
      },
    ],
    timeoutMs: ask.timeoutMs ?? TIMEOUT_MS,
  });
  const found = answer.topics[0]?.partitions[0];
  if (!found) throw new Error('no answer for the partition');
  return `${errorName(found.errorCode)} ${String(found.lowWatermark)}`;
}

async function earliestOf(topic: string): Promise<number> {
  const answer = await brokers.ask(ListOffsetsRequest, ListOffsetsResponse, 5, {
    replicaId: -1,
    isolationLevel: 0,
    topics: [
      {
        name: topic,
        partitions: [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp: EARLIEST }],
      },
    ],
  });
  return answer.topics[0]?.partitions[0]?.offset ?? -1;
}

async function fetchErrorAt(topic: string, fetchOffset: number): Promise<string> {
  const answer = await brokers.ask(FetchRequest, FetchResponse, 11, {
    replicaId: -1,
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: 1_000_000,
    isolationLevel: 0,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [{ topic, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 1_000_000 }] }],
    forgottenTopicsData: [],
    rackId: '',
  });
  return errorName(answer.responses[0]?.partitions[0]?.errorCode ?? -1);
}

test.each(versionsOf(DeleteRecordsRequest))(
  'v%i: records below the offset are gone',
  async (version) => {
    const offset = version + 1;
    expect(await deleteBefore({ version, topic: 'versions', offset })).toBe(
      `NONE ${String(offset)}`,
    );
    expect(await earliestOf('versions')).toBe(offset);
    expect(await fetchErrorAt('versions', offset - 1)).toBe('OFFSET_OUT_OF_RANGE');
    expect(await fetchErrorAt('versions', offset)).toBe('NONE');
  },
);

test.each`
  ask                                  | expected                           | because
  ${{ offset: 2 }}                     | ${'NONE 2'}                        | ${'the log starts there now'}
  ${{ offset: 1 }}                     | ${'NONE 2'}                        | ${'the start never falls'}
  ${{ offset: 6 }}                     | ${'OFFSET_OUT_OF_RANGE -1'}        | ${'it is above the high watermark'}
  ${{ offset: -2 }}                    | ${'OFFSET_OUT_OF_RANGE -1'}        | ${'only -1 is special'}
  ${{ offset: -1 }}                    | ${'NONE 5'}                        | ${'-1 is the high watermark'}
  ${{ offset: -1, topic: 'empty' }}    | ${'NONE 0'}                        | ${'there is nothing to delete'}
  ${{ offset: 0, topic: 'compacted' }} | ${'POLICY_VIOLATION -1'}           | ${'only topics that delete may lose records so'}
  ${{ offset: 0, topic: 'both' }}      | ${'NONE 0'}                        | ${'it deletes, too'}
  ${{ offset: 0, partition: 1 }}       | ${'NOT_LEADER_OR_FOLLOWER -1'}     | ${'broker 2 leads it'}
  ${{ offset: 0, partition: 9 }}       | ${'UNKNOWN_TOPIC_OR_PARTITION -1'} | ${'there is no such partition'}
  ${{ offset: 0, topic: 'absent' }}    | ${'UNKNOWN_TOPIC_OR_PARTITION -1'} | ${'there is no such topic'}
`('$ask: $expected because $because', async ({ ask, expected }) => {
  expect(await deleteBefore(ask as Ask)).toBe(expected);
});

test('internal topics keep their records', async () => {
  const request = { key: 'group' };
  await eventually('the topic of groups is there', async () => {
    await brokers.ask(FindCoordinatorRequest, FindCoordinatorResponse, 0, request);
    const answer = await deleteBefore({ topic: '__consumer_offsets', offset: 0 });
    return !answer.startsWith('UNKNOWN') || undefined;
  });
  const answer = await deleteBefore({ topic: '__consumer_offsets', offset: 0 });
  expect(answer).toBe('INVALID_TOPIC_EXCEPTION -1');
});

test('the answer waits for the followers, and says so when they take too long', async () => {
  expect(await deleteBefore({ topic: 'copied', offset: 3, timeoutMs: 0 })).toBe(
    'REQUEST_TIMED_OUT 0',
  );
  expect(await earliestOf('copied')).toBe(3);
  expect(await deleteBefore({ topic: 'copied', offset: 4 })).toBe('NONE 4');
});

test('no topics, no answer for any', async () => {
  const answer = await brokers.ask(DeleteRecordsRequest, DeleteRecordsResponse, 2, {
    topics: [],
    timeoutMs: TIMEOUT_MS,
  });
  expect(answer.topics).toEqual([]);
});

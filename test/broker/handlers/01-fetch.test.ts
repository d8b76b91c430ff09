/** Fetch (1): limits, waiting, offsets, epochs, topic ids and sessions. */
import { errorName } from '../../../src/protocol/errors';
import { FetchRequest, FetchResponse } from '../../../src/protocol/messages/01-fetch';
import { baseOffsetOf } from '../../../src/protocol/records/batch';
import { batches } from '../../../src/protocol/records/reader';
import type { InputOf } from '../../../src/protocol/schema';
import { Partition } from '../../../src/replication/partition';
import { aRecord, Brokers, versionsOf } from '../../builders/broker-client';

type Request = InputOf<typeof FetchRequest>;

let brokers: Brokers;
const ids = new Map<string, string>();
/** Bytes of one batch of `full`. */
let batchBytes: number;

const RECORDS = 5;
const STRANGER = 'x'.repeat(21) + 'g';

async function createTopic(
  name: string,
  options: Parameters<Brokers['createTopic']>[1] = {},
): Promise<void> {
  ids.set(name, await brokers.createTopic(name, options));
}

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  await createTopic('full', { assignment: [[1], [2]] });
  await createTopic('empty');
  await createTopic('two', { partitions: 2 });
  for (let i = 0; i < RECORDS; i++) {
    await brokers.produce('full', { records: [aRecord('x'.repeat(100))] });
    await brokers.produce('two', { records: [aRecord('x'.repeat(100))] }, { partition: 0 });
    await brokers.produce('two', { records: [aRecord('x'.repeat(100))] }, { partition: 1 });
  }
  batchBytes = (await fetch('full', {})).bytes / RECORDS;
}, 60_000);
afterAll(() => brokers.stop());

interface Ask {
  readonly version?: number;
  readonly partition?: number;
  readonly offset?: number;
  readonly epoch?: number;
  readonly lastEpoch?: number;
  readonly partitionMaxBytes?: number;
  readonly maxBytes?: number;
  readonly minBytes?: number;
  readonly maxWaitMs?: number;
  readonly isolationLevel?: number;
  readonly topicId?: string;
  readonly replicaId?: number;
  readonly replicaState?: { readonly replicaId: number; readonly replicaEpoch: number };
}

function requestOf(topic: string, ask: Ask): Request {
  const { version = 12 } = ask;
  const since = <T>(first: number, fields: T): T | object => (version >= first ? fields : {});
  return {
    maxWaitMs: ask.maxWaitMs ?? 0,
    minBytes: ask.minBytes ?? 1,
    ...since(3, { maxBytes: ask.maxBytes ?? 1_000_000 }),
    ...since(4, { isolationLevel: ask.isolationLevel ?? 0 }),
    ...(ask.replicaId === undefined ? {} : { replicaId: ask.replicaId }),
    ...(ask.replicaState ? { replicaState: ask.replicaState } : {}),
    topics: [
      {
        ...(version >= 13 ? { topicId: ask.topicId ?? ids.get(topic) ?? STRANGER } : { topic }),
        partitions: [
          {
            partition: ask.partition ?? 0,
            fetchOffset: ask.offset ?? 0,
            partitionMaxBytes: ask.partitionMaxBytes ?? 1_000_000,
            ...since(9, { currentLeaderEpoch: ask.epoch ?? -1 }),
            ...since(12, { lastFetchedEpoch: ask.lastEpoch ?? -1 }),
          },
        ],
      },
    ],
    ...since(7, { forgottenTopicsData: [] }),
  };
}

async function fetch(topic: string, ask: Ask) {
  const { version = 12 } = ask;
  const answer = await brokers.ask(FetchRequest, FetchResponse, version, requestOf(topic, ask));
  const partition = answer.responses[0]?.partitions[0];
  if (!partition) throw new Error('no answer for the partition');
  const records = partition.records ?? Buffer.alloc(0);
  return {
    ...partition,
    error: errorName(partition.errorCode),
    topError: errorName(answer.errorCode),
    nodeEndpoints: answer.nodeEndpoints,
    bytes: records.length,
    offsets: [...batches(records)].map(({ position }) => baseOffsetOf(records, position)),
  };
}

const VERSIONS = versionsOf(FetchRequest).filter((version) => version >= 4);

test.each(VERSIONS)('v%i reads from an offset on', async (version) => {
  expect(await fetch('full', { version, offset: 2 })).toMatchObject({
    topError: 'NONE',
    error: 'NONE',
    offsets: [2, 3, 4],
    highWatermark: RECORDS,
    lastStableOffset: RECORDS,
    logStartOffset: version >= 5 ? 0 : -1,
    abortedTransactions: null,
    preferredReadReplica: -1,
  });
});

test.each`
  version | who                                                    | brokerEpoch
  ${14}   | ${{ replicaId: 2 }}                                    | ${-1}
  ${15}   | ${{ replicaState: { replicaId: 2, replicaEpoch: 7 } }} | ${7}
`('v$version: a follower counts under broker epoch $brokerEpoch', async (row) => {
  const { version, who, brokerEpoch } = row as { version: number; who: Ask; brokerEpoch: number };
  const name = `followed-${String(version)}`;
  await createTopic(name, { assignment: [[1, 2]] });
  const record = jest.spyOn(Partition.prototype, 'recordFollowerFetch');
  expect(await fetch(name, { version, ...who })).toMatchObject({ error: 'NONE' });
  expect(record).toHaveBeenCalledWith(2, expect.objectContaining({ brokerEpoch }));
  record.mockRestore();
});

test.each([0, 1, 2, 3])('v%i is refused where nothing is converted for it', async (version) => {
  const name = `modern-${String(version)}`;
  await createTopic(name, { configs: { 'message.downconversion.enable': 'false' } });
  await brokers.produce(name);
  expect(await fetch(name, { version })).toMatchObject({ error: 'UNSUPPORTED_VERSION', bytes: 0 });
});

test.each`
  isolationLevel | aborted | because
  ${0}           | ${null} | ${'who reads everything needs no list'}
  ${1}           | ${[]}   | ${'nothing was aborted'}
`('isolation level $isolationLevel: aborted $aborted because $because', async (row) => {
  const answer = await fetch('full', { isolationLevel: row.isolationLevel as number });
  expect(answer).toMatchObject({ abortedTransactions: row.aborted, offsets: [0, 1, 2, 3, 4] });
});

test.each`
  offset | error                    | offsets | because
  ${4}   | ${'NONE'}                | ${[4]}  | ${'it is the last record'}
  ${5}   | ${'NONE'}                | ${[]}   | ${'it is the end of the log'}
  ${6}   | ${'OFFSET_OUT_OF_RANGE'} | ${[]}   | ${'it lies beyond the end'}
  ${-1}  | ${'OFFSET_OUT_OF_RANGE'} | ${[]}   | ${'there are no negative offsets'}
`('offset $offset: $error because $because', async ({ offset, error, offsets }) => {
  const answer = await fetch('full', { offset: offset as number });
  expect(answer).toMatchObject({ error, offsets });
  expect(answer.highWatermark).toBe(error === 'NONE' ? RECORDS : -1);
});

test.each`
  topic       | ask                              | error                           | because
  ${'absent'} | ${{}}                            | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such topic'}
  ${'full'}   | ${{ partition: 9 }}              | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such partition'}
  ${'full'}   | ${{ partition: 1 }}              | ${'NOT_LEADER_OR_FOLLOWER'}     | ${'broker 2 has it'}
  ${'absent'} | ${{ version: 13 }}               | ${'UNKNOWN_TOPIC_ID'}           | ${'nobody has that id'}
  ${'full'}   | ${{ version: 13, partition: 9 }} | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'the topic is known, the partition is not'}
  ${'full'}   | ${{ replicaId: 2 }}              | ${'NOT_LEADER_OR_FOLLOWER'}     | ${'broker 2 is no replica of it'}
  ${'full'}   | ${{ offset: 5, lastEpoch: 3 }}   | ${'OFFSET_OUT_OF_RANGE'}        | ${'no epoch 3 is known here'}
  ${'full'}   | ${{ epoch: 0 }}                  | ${'NONE'}                       | ${'it is the epoch of the leader'}
  ${'full'}   | ${{ epoch: 1 }}                  | ${'UNKNOWN_LEADER_EPOCH'}       | ${'the client knows more than the broker'}
  ${'full'}   | ${{ version: 9, epoch: 1 }}      | ${'UNKNOWN_LEADER_EPOCH'}       | ${'epochs came with v9'}
  ${'full'}   | ${{ offset: 5, lastEpoch: 0 }}   | ${'NONE'}                       | ${'the log of epoch 0 ends there'}
`('$topic $ask: $error because $because', async ({ topic, ask, error }) => {
  expect((await fetch(topic as string, ask as Ask)).error).toBe(error);
});

test('the answer names the leader from v16 on, with its address', async () => {
  const known = await fetch('full', { version: 16, partition: 1 });
  expect(known.currentLeader).toEqual({ leaderId: 2, leaderEpoch: 0 });
  expect(known.nodeEndpoints).toEqual([
    { nodeId: 2, host: '127.0.0.1', port: brokers.portOf(2), rack: null },
  ]);
  const unsaid = await fetch('full', { version: 15, partition: 1 });
  expect(unsaid.currentLeader).toEqual({ leaderId: -1, leaderEpoch: -1 });
});

describe('limits', () => {
  test.each`
    limits                                   | offset | offsets      | because
    ${{ partitionMaxBytes: 0.01 }}           | ${0}   | ${[0]}       | ${'one batch is always sent'}
    ${{ maxBytes: 0.01 }}                    | ${0}   | ${[0]}       | ${'one batch is always sent'}
    ${{ maxBytes: 0 }}                       | ${0}   | ${[0]}       | ${'one batch is always sent'}
    ${{ partitionMaxBytes: 2 }}              | ${0}   | ${[0, 1]}    | ${'two fit exactly'}
    ${{ maxBytes: 3 }}                       | ${1}   | ${[1, 2, 3]} | ${'three fit exactly'}
    ${{ partitionMaxBytes: 3 }}              | ${3}   | ${[3, 4]}    | ${'there are no more'}
    ${{ maxBytes: 4, partitionMaxBytes: 1 }} | ${0}   | ${[0]}       | ${'the smaller limit counts'}
  `('$limits (in batches) from $offset: $offsets because $because', async (row) => {
    const limits = Object.entries(row.limits as Record<string, number>);
    const answer = await fetch('full', {
      offset: row.offset as number,
      ...Object.fromEntries(limits.map(([name, count]) => [name, Math.ceil(count * batchBytes)])),
    });
    expect(answer.offsets).toEqual(row.offsets);
  });

  test.each`
    maxBatches | expected  | because
    ${2}       | ${[2, 0]} | ${'the first partition uses the limit up'}
    ${7}       | ${[5, 2]} | ${'the second gets what is left'}
    ${100}     | ${[5, 5]} | ${'there is room for all'}
  `('maxBytes of $maxBatches batches over two partitions: $expected', async (row) => {
    const request = requestOf('two', { maxBytes: (row.maxBatches as number) * batchBytes });
    const [topic] = request.topics;
    const [first] = topic?.partitions ?? [];
    if (!topic || !first) throw new Error('a request without partitions');
    const answer = await brokers.ask(FetchRequest, FetchResponse, 12, {
      ...request,
      topics: [{ ...topic, partitions: [first, { ...first, partition: 1 }] }],
    });
    const sizes = answer.responses.flatMap(({ partitions }) =>
      partitions.map(({ records }) => (records?.length ?? 0) / batchBytes),
    );
    expect(sizes).toEqual(row.expected);
  });
});

describe('waiting for minBytes', () => {
  test('ends with nothing once maxWaitMs is over', async () => {
    const start = performance.now();
    const answer = await fetch('empty', { maxWaitMs: 150 });
    expect(answer).toMatchObject({ error: 'NONE', bytes: 0, highWatermark: 0 });
    expect(performance.now() - start).toBeGreaterThan(140);
  });

  test('ends once enough was produced', async () => {
    await createTopic('awaited');
    const client = await brokers.connect();
    const waiting = client.request(
      FetchRequest,
      FetchResponse,
      12,
      requestOf('awaited', { maxWaitMs: 15_000, minBytes: Math.ceil(batchBytes * 1.5) }),
      20_000,
    );
    const sizes = waiting.then(({ responses }) => responses[0]?.partitions[0]?.records?.length);
    await brokers.produce('awaited', { records: [aRecord('x'.repeat(100))] });
    await brokers.produce('awaited', { records: [aRecord('x'.repeat(100))] });
    expect(await sizes).toBe(2 * batchBytes);
    client.close();
  });

  test.each`
    topic       | ask                            | because
    ${'full'}   | ${{ minBytes: 1 }}             | ${'there are bytes'}
    ${'full'}   | ${{ offset: 99 }}              | ${'an error is told at once'}
    ${'absent'} | ${{}}                          | ${'an error is told at once'}
    ${'empty'}  | ${{ minBytes: 0 }}             | ${'nothing is enough'}
    ${'full'}   | ${{ offset: 5, lastEpoch: 3 }} | ${'a parting of the logs is told at once'}
  `('does not begin for $topic $ask because $because', async ({ topic, ask }) => {
    const start = performance.now();
    await fetch(topic as string, { maxWaitMs: 10_000, ...(ask as Ask) });
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('sessions', () => {
  interface SessionAsk {
    readonly id?: number;
    readonly epoch: number;
    readonly topics?: readonly string[];
    readonly offset?: number;
    readonly forgotten?: readonly string[];
    readonly version?: number;
  }

  async function ask({
    id = 0,
    epoch,
    topics = [],
    offset = 0,
    forgotten = [],
    version = 12,
  }: SessionAsk) {
    const named = (topic: string) =>
      version >= 13 ? { topicId: ids.get(topic) ?? STRANGER } : { topic };
    const answer = await brokers.ask(FetchRequest, FetchResponse, version, {
      maxWaitMs: 0,
      minBytes: 0,
      sessionId: id,
      sessionEpoch: epoch,
      topics: topics.map((topic) => ({
        ...named(topic),
        partitions: [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 1_000_000 }],
      })),
      forgottenTopicsData: forgotten.map((topic) => ({ ...named(topic), partitions: [0] })),
    });
    return {
      error: errorName(answer.errorCode),
      id: answer.sessionId,
      topics: answer.responses
        .filter(({ partitions }) => partitions.length > 0)
        .map(({ topic, topicId }) => (version >= 13 ? topicId : topic)),
    };
  }

  test('are made by epoch 0, told by id, and answered with news only', async () => {
    await createTopic('news');
    const first = await ask({ epoch: 0, topics: ['full', 'news'], offset: 0 });
    expect(first).toMatchObject({ error: 'NONE', topics: ['full', 'news'] });
    expect(first.id).toBeGreaterThan(0);
    const { id } = first;
    const noMore = { id, topics: ['full'], offset: RECORDS };
    expect(await ask({ ...noMore, epoch: 1 })).toEqual({ error: 'NONE', id, topics: [] });
    await brokers.produce('news');
    expect(await ask({ id, epoch: 2 })).toEqual({ error: 'NONE', id, topics: ['news'] });
    const forgotten = await ask({ id, epoch: 3, forgotten: ['news'] });
    expect(forgotten).toEqual({ error: 'NONE', id, topics: [] });
    const ended = await ask({ id, epoch: 4, forgotten: ['full'] });
    expect(ended).toEqual({ error: 'NONE', id: 0, topics: [] });
    expect((await ask({ id, epoch: 5 })).error).toBe('FETCH_SESSION_ID_NOT_FOUND');
  });

  test.each`
    version | request                            | error                             | because
    ${12}   | ${{ epoch: 5 }}                    | ${'INVALID_FETCH_SESSION_EPOCH'}  | ${'1 comes next'}
    ${12}   | ${{ epoch: 2 }}                    | ${'INVALID_FETCH_SESSION_EPOCH'}  | ${'1 comes next'}
    ${12}   | ${{ epoch: 1, id: 7 }}             | ${'FETCH_SESSION_ID_NOT_FOUND'}   | ${'nobody has that id'}
    ${13}   | ${{ epoch: 1 }}                    | ${'FETCH_SESSION_TOPIC_ID_ERROR'} | ${'the session goes by names'}
    ${12}   | ${{ epoch: 1, topics: [] }}        | ${'NONE'}                         | ${'1 comes next'}
    ${12}   | ${{ epoch: -1, topics: ['full'] }} | ${'NONE'}                         | ${'-1 ends the session'}
  `('v$version $request: $error because $because', async ({ version, request, error }) => {
    const { id } = await ask({ epoch: 0, topics: ['full'] });
    const answer = await ask({ id, version: version as number, ...(request as SessionAsk) });
    expect(answer.error).toBe(error);
  });

  test('of topic ids keep an id that is not known yet', async () => {
    const first = await ask({ version: 13, epoch: 0, topics: ['full', 'unheard-of'] });
    expect(first.topics).toEqual([ids.get('full'), STRANGER]);
    const { id } = first;
    const byName = await ask({ version: 12, id, epoch: 1 });
    expect(byName.error).toBe('FETCH_SESSION_TOPIC_ID_ERROR');
  });

  test('are not made for epoch -1', async () => {
    const answer = await ask({ epoch: -1, topics: ['full'] });
    expect(answer).toMatchObject({ error: 'NONE', id: 0, topics: ['full'] });
  });

  test('end for good with epoch -1', async () => {
    const { id } = await ask({ epoch: 0, topics: ['full'] });
    expect((await ask({ id, epoch: -1, topics: ['full'] })).id).toBe(0);
    expect((await ask({ id, epoch: 1 })).error).toBe('FETCH_SESSION_ID_NOT_FOUND');
  });
});

test('no topics, no answer for any', async () => {
  const request = { maxWaitMs: 10_000, minBytes: 1, topics: [], forgottenTopicsData: [] };
  const answer = await brokers.ask(FetchRequest, FetchResponse, 12, request);
  expect(answer).toMatchObject({ errorCode: 0, responses: [] });
});

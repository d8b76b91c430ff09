/** Produce (0): what is appended, how it is answered in each version, and everything that is refused. */
import { errorName } from '../../../src/protocol/errors';
import { ProduceRequest, ProduceResponse } from '../../../src/protocol/messages/00-produce';
import { FetchRequest, FetchResponse } from '../../../src/protocol/messages/01-fetch';
import { maxTimestampOf } from '../../../src/protocol/records/batch';
import { readRecords } from '../../../src/protocol/records/reader';
import type { BatchToBuild } from '../../../src/protocol/records/builder';
import { aBatch, aRecord, Brokers, versionsOf } from '../../builders/broker-client';
import { eventually } from '../../builders/process';

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  await brokers.createTopic('plain', { assignment: [[1], [2]] });
}, 60_000);
afterAll(() => brokers.stop());

interface Ask {
  readonly version?: number;
  readonly acks?: number;
  readonly topic?: string;
  readonly partition?: number;
  readonly clientId?: string;
  readonly timeoutMs?: number;
}

const request = (records: Buffer | null, options: Ask) => ({
  acks: options.acks ?? -1,
  timeoutMs: options.timeoutMs ?? 10_000,
  topicData: [
    {
      name: options.topic ?? 'plain',
      partitionData: [{ index: options.partition ?? 0, records }],
    },
  ],
});

const ask = (records: Buffer | null, options: Ask = {}) =>
  brokers.ask(ProduceRequest, ProduceResponse, options.version ?? 9, request(records, options), {
    clientId: options.clientId ?? 'tests',
  });

async function produce(records: Buffer | null, options: Ask = {}) {
  const answer = await ask(records, options);
  const result = answer.responses[0]?.partitionResponses[0];
  if (!result) throw new Error('no answer for the partition');
  return { ...result, error: errorName(result.errorCode) };
}

function recordOf(batch: Buffer) {
  const [record] = readRecords(batch);
  if (!record) throw new Error('a batch without records');
  return record;
}

test.each(versionsOf(ProduceRequest))('v%i appends and tells the offset', async (version) => {
  const first = await produce(aBatch(), { version });
  const second = await produce(aBatch({ records: [aRecord(), aRecord()] }), { version, acks: 1 });
  const third = await produce(aBatch(), { version });
  expect([first.error, second.error, third.error]).toEqual(['NONE', 'NONE', 'NONE']);
  expect([second.baseOffset, third.baseOffset]).toEqual([
    first.baseOffset + 1,
    first.baseOffset + 3,
  ]);
  expect(first).toMatchObject({
    logAppendTimeMs: -1,
    logStartOffset: version >= 5 ? 0 : -1,
    recordErrors: [],
    errorMessage: null,
  });
});

test.each`
  codec       | version | error                             | because
  ${'gzip'}   | ${3}    | ${'NONE'}                         | ${'every version knows it'}
  ${'snappy'} | ${3}    | ${'NONE'}                         | ${'every version knows it'}
  ${'lz4'}    | ${3}    | ${'NONE'}                         | ${'every version knows it'}
  ${'zstd'}   | ${6}    | ${'UNSUPPORTED_COMPRESSION_TYPE'} | ${'consumers of that age cannot read it'}
  ${'zstd'}   | ${7}    | ${'NONE'}                         | ${'it came with KIP-110'}
`('$codec in v$version: $error because $because', async ({ codec, version, error }) => {
  const records = aBatch({
    codec: codec as NonNullable<BatchToBuild['codec']>,
    records: [aRecord('x'.repeat(100)), aRecord('y'.repeat(100))],
  });
  expect((await produce(records, { version: version as number })).error).toBe(error);
});

test.each`
  options                            | error                           | because
  ${{ acks: 2 }}                     | ${'INVALID_REQUIRED_ACKS'}      | ${'only -1, 0 and 1 mean something'}
  ${{ acks: -2 }}                    | ${'INVALID_REQUIRED_ACKS'}      | ${'only -1, 0 and 1 mean something'}
  ${{ topic: 'absent' }}             | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'producing creates no topic'}
  ${{ partition: 7 }}                | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'the topic has two partitions'}
  ${{ partition: -1 }}               | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'no partition is negative'}
  ${{ partition: 1 }}                | ${'NOT_LEADER_OR_FOLLOWER'}     | ${'broker 2 leads it'}
  ${{ topic: '__consumer_offsets' }} | ${'INVALID_TOPIC_EXCEPTION'}    | ${'only the coordinator writes there'}
  ${{ topic: 'absent', acks: 1 }}    | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'the checks do not depend on acks'}
`('$options: $error because $because', async ({ options, error }) => {
  if (options.topic === '__consumer_offsets') {
    await brokers.createTopic('__consumer_offsets', { assignment: [[1]] });
  }
  expect(await produce(aBatch(), options as Ask)).toMatchObject({ error, baseOffset: -1 });
});

test('an admin client may write to internal topics', async () => {
  const options = { topic: '__consumer_offsets', clientId: '__admin_client' };
  expect((await produce(aBatch(), options)).error).toBe('NONE');
});

test.each`
  version | leader                               | nodes | because
  ${9}    | ${{ leaderId: -1, leaderEpoch: -1 }} | ${0}  | ${'there is no room for it'}
  ${10}   | ${{ leaderId: 2, leaderEpoch: 0 }}   | ${1}  | ${'KIP-951 saves the client a metadata request'}
`('v$version sends a client to the leader: $leader because $because', async (row) => {
  const answer = await ask(aBatch(), { version: row.version as number, partition: 1 });
  expect(answer.responses[0]?.partitionResponses[0]?.currentLeader).toEqual(row.leader);
  expect(answer.nodeEndpoints).toEqual(
    row.nodes === 0 ? [] : [{ nodeId: 2, host: '127.0.0.1', port: brokers.portOf(2), rack: null }],
  );
});

describe('batches that are refused', () => {
  beforeAll(() =>
    brokers.createTopic('picky', {
      configs: { 'cleanup.policy': 'compact', 'max.message.bytes': '1000' },
    }),
  );

  const keyless = { key: null, value: Buffer.from('v'), timestamp: Date.now() };
  const changed = (at: number, byte: number): Buffer => {
    const bytes = aBatch();
    bytes.writeUInt8(byte, at);
    return bytes;
  };

  test.each`
    records                                                                           | error                  | because
    ${Buffer.alloc(0)}                                                                | ${'INVALID_RECORD'}    | ${'there is no batch'}
    ${Buffer.concat([aBatch(), aBatch()])}                                            | ${'INVALID_RECORD'}    | ${'there are two batches'}
    ${aBatch().subarray(0, 65)}                                                       | ${'INVALID_RECORD'}    | ${'the batch is cut short'}
    ${changed(66, 255)}                                                               | ${'CORRUPT_MESSAGE'}   | ${'the checksum does not fit'}
    ${changed(16, 1)}                                                                 | ${'INVALID_RECORD'}    | ${'the batch is of an old format'}
    ${aBatch({ isControl: true, producerId: 1, producerEpoch: 0, baseSequence: -1 })} | ${'INVALID_RECORD'}    | ${'clients write no control batches'}
    ${aBatch({ records: [aRecord('x'.repeat(1000))] })}                               | ${'MESSAGE_TOO_LARGE'} | ${'max.message.bytes is 1000'}
    ${aBatch({ records: [keyless] })}                                                 | ${'INVALID_RECORD'}    | ${'compaction needs keys'}
    ${aBatch({ records: [aRecord(), keyless, keyless], codec: 'gzip' })}              | ${'INVALID_RECORD'}    | ${'compressed records need keys too'}
  `('with $error when $because', async ({ records, error }) => {
    expect((await produce(records as Buffer | null, { topic: 'picky' })).error).toBe(error);
  });

  test.each`
    version | errors    | because
    ${7}    | ${[]}     | ${'KIP-467 came with v8'}
    ${8}    | ${[1, 2]} | ${'the client learns which records are at fault'}
  `('v$version names the records $errors because $because', async ({ version, errors }) => {
    const records = aBatch({ records: [aRecord(), keyless, keyless] });
    const answer = await produce(records, { topic: 'picky', version: version as number });
    expect(answer.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual(errors);
    expect(answer.errorMessage === null).toBe(version < 8);
  });

  test.each`
    topic      | records                                             | error                  | logStartOffset
    ${'picky'} | ${aBatch({ records: [keyless] })}                   | ${'INVALID_RECORD'}    | ${0}
    ${'picky'} | ${aBatch({ isControl: true })}                      | ${'INVALID_RECORD'}    | ${0}
    ${'picky'} | ${aBatch({ records: [aRecord('x'.repeat(1000))] })} | ${'MESSAGE_TOO_LARGE'} | ${-1}
    ${'picky'} | ${changed(66, 255)}                                 | ${'CORRUPT_MESSAGE'}   | ${-1}
    ${'picky'} | ${Buffer.alloc(0)}                                  | ${'INVALID_RECORD'}    | ${-1}
  `('$error tells logStartOffset $logStartOffset', async ({ records, ...expected }) => {
    expect(await produce(records as Buffer, { topic: 'picky' })).toMatchObject({
      error: expected.error,
      logStartOffset: expected.logStartOffset,
      baseOffset: -1,
      logAppendTimeMs: -1,
    });
  });

  test('each record at fault has its own words', async () => {
    const records = aBatch({ records: [aRecord(), keyless, keyless, keyless, keyless] });
    const answer = await produce(records, { topic: 'picky' });
    const words = 'Compacted topic cannot accept message without key in topic partition picky-0';
    expect(answer.recordErrors.map((each) => each.batchIndexErrorMessage)).toEqual(
      Array.from({ length: 4 }, () => words),
    );
    const shown = [1, 2, 3].map(
      (index) => `RecordError(batchIndex=${String(index)}, message='${words}')`,
    );
    expect(answer.errorMessage).toBe(
      'One or more records have been rejected due to 4 record errors in total, ' +
        `and only showing the first three errors at most: [${shown.join(', ')}]`,
    );
  });

  test('nothing of a refused batch is kept', async () => {
    expect(await produce(aBatch(), { topic: 'picky' })).toMatchObject({
      error: 'NONE',
      baseOffset: 0,
    });
  });
});

test('each partition has its own outcome', async () => {
  const answer = await brokers.ask(ProduceRequest, ProduceResponse, 9, {
    acks: 1,
    timeoutMs: 1000,
    topicData: [
      { name: 'absent', partitionData: [{ index: 0, records: aBatch() }] },
      {
        name: 'plain',
        partitionData: [
          { index: 1, records: aBatch() },
          { index: 0, records: aBatch() },
        ],
      },
    ],
  });
  const outcomes = answer.responses.flatMap(({ name, partitionResponses }) =>
    partitionResponses.map(
      ({ index, errorCode }) => `${name}-${String(index)} ${errorName(errorCode)}`,
    ),
  );
  expect(outcomes.sort()).toEqual([
    'absent-0 UNKNOWN_TOPIC_OR_PARTITION',
    'plain-0 NONE',
    'plain-1 NOT_LEADER_OR_FOLLOWER',
  ]);
});

test('a request without topics is answered without topics', async () => {
  const empty = { acks: -1, timeoutMs: 1000, topicData: [] };
  const answer = await brokers.ask(ProduceRequest, ProduceResponse, 9, empty);
  expect(answer.responses).toEqual([]);
});

describe('acks=0', () => {
  test('has no answer: the next request of the connection is answered first', async () => {
    await brokers.createTopic('silent');
    const client = await brokers.connect();
    const options = { acks: 0, topic: 'silent' };
    client
      .request(ProduceRequest, ProduceResponse, 9, request(aBatch(), options), 500)
      .catch(() => undefined);
    const offset = await eventually('the record is there', async () => {
      const result = await produce(aBatch(), { topic: 'silent' });
      return result.baseOffset > 0 ? result.baseOffset : undefined;
    });
    expect(offset).toBeGreaterThan(0);
    client.close();
  });

  test('closes the connection where the append fails', async () => {
    await expect(produce(aBatch(), { acks: 0, topic: 'absent' })).rejects.toThrow(/closed/);
  });
});

describe('an idempotent producer', () => {
  let producerId: number;

  beforeAll(async () => {
    await brokers.createTopic('idempotent');
    producerId = await brokers.producerId();
  });

  test.each`
    step                       | epoch | sequence | count | error                             | offset | because
    ${'begins in the middle'}  | ${0}  | ${5}     | ${1}  | ${'NONE'}                         | ${0}   | ${'nothing is known of it yet'}
    ${'goes on'}               | ${0}  | ${6}     | ${3}  | ${'NONE'}                         | ${1}   | ${'6 follows 5'}
    ${'sends that again'}      | ${0}  | ${6}     | ${3}  | ${'NONE'}                         | ${1}   | ${'a duplicate has the first offset'}
    ${'sends the first again'} | ${0}  | ${5}     | ${1}  | ${'NONE'}                         | ${0}   | ${'the last five batches are remembered'}
    ${'leaves one out'}        | ${0}  | ${10}    | ${1}  | ${'OUT_OF_ORDER_SEQUENCE_NUMBER'} | ${-1}  | ${'9 is missing'}
    ${'sends a part of one'}   | ${0}  | ${7}     | ${1}  | ${'OUT_OF_ORDER_SEQUENCE_NUMBER'} | ${-1}  | ${'no batch was like that'}
    ${'begins a new epoch'}    | ${1}  | ${0}     | ${1}  | ${'NONE'}                         | ${4}   | ${'an epoch starts at 0'}
    ${'is of the old epoch'}   | ${0}  | ${9}     | ${1}  | ${'INVALID_PRODUCER_EPOCH'}       | ${-1}  | ${'a newer one wrote'}
    ${'begins an epoch at 3'}  | ${2}  | ${3}     | ${1}  | ${'OUT_OF_ORDER_SEQUENCE_NUMBER'} | ${-1}  | ${'an epoch starts at 0'}
    ${'has no sequence'}       | ${1}  | ${-1}    | ${1}  | ${'INVALID_RECORD'}               | ${-1}  | ${'an id needs a sequence'}
  `('$step: $error because $because', async (row) => {
    const records = aBatch({
      producerId,
      producerEpoch: row.epoch as number,
      baseSequence: row.sequence as number,
      records: Array.from({ length: row.count as number }, () => aRecord()),
    });
    expect(await produce(records, { topic: 'idempotent' })).toMatchObject({
      error: row.error,
      baseOffset: row.offset,
    });
  });
});

describe('time stamps', () => {
  async function storedMaxTimestamp(topic: string): Promise<number> {
    const answer = await brokers.ask(FetchRequest, FetchResponse, 4, {
      maxWaitMs: 0,
      minBytes: 0,
      topics: [
        { topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 10_000 }] },
      ],
    });
    const records = answer.responses[0]?.partitions[0]?.records;
    if (!records) throw new Error('no records');
    return maxTimestampOf(records, 0);
  }

  test('LogAppendTime: the broker stamps the batch and tells the time', async () => {
    await brokers.createTopic('stamped', {
      configs: { 'message.timestamp.type': 'LogAppendTime' },
    });
    const before = Date.now();
    const records = aBatch({ records: [aRecord('old', 1000)] });
    const { logAppendTimeMs } = await produce(records, { topic: 'stamped' });
    expect(logAppendTimeMs).toBeGreaterThanOrEqual(before);
    expect(await storedMaxTimestamp('stamped')).toBe(logAppendTimeMs);
  });

  test.each`
    setting                              | offsetMs   | because
    ${'message.timestamp.before.max.ms'} | ${-60_000} | ${'the record is too old'}
    ${'message.timestamp.after.max.ms'}  | ${60_000}  | ${'the record is from too far ahead'}
  `('$setting: INVALID_TIMESTAMP when $because', async ({ setting, offsetMs }) => {
    await brokers.createTopic(setting as string, { configs: { [setting as string]: '10000' } });
    const records = aBatch({ records: [aRecord('v', Date.now() + (offsetMs as number))] });
    const refused = await produce(records, { topic: setting as string });
    expect(refused).toMatchObject({
      error: 'INVALID_TIMESTAMP',
      errorMessage: 'One or more records have been rejected due to invalid timestamp',
      recordErrors: [{ batchIndex: 0 }],
    });
    const { timestamp } = recordOf(records);
    expect(refused.recordErrors[0]?.batchIndexErrorMessage).toContain(
      `Timestamp ${String(timestamp)} of message with offset 0 is out of range.`,
    );
    expect((await produce(aBatch(), { topic: setting as string })).error).toBe('NONE');
  });
});

test.each`
  type               | error                  | because
  ${'LogAppendTime'} | ${'INVALID_TIMESTAMP'} | ${'only the broker gives append times'}
  ${'CreateTime'}    | ${'NONE'}              | ${'it takes the time for its own'}
`('a batch of append times on $type: $error because $because', async ({ type, error }) => {
  const topic = `append-times-${String(type)}`;
  await brokers.createTopic(topic, { configs: { 'message.timestamp.type': type as string } });
  const records = [aRecord('a'), aRecord('b')];
  for (const codec of ['none', 'gzip'] as const) {
    const answer = await produce(aBatch({ records, codec, isLogAppendTime: true }), { topic });
    expect(answer.error).toBe(error);
    const indexes = answer.recordErrors.map(({ batchIndex }) => batchIndex);
    expect(indexes).toEqual(error === 'NONE' ? [] : [0, 1]);
  }
});

describe('min.insync.replicas', () => {
  beforeAll(async () => {
    const configs = { 'min.insync.replicas': '2' };
    await brokers.createTopic('cautious', { assignment: [[1, 9]], configs });
    await brokers.createTopic('single', { assignment: [[1]], configs });
  });

  test.each`
    topic         | acks  | error                    | because
    ${'cautious'} | ${-1} | ${'NOT_ENOUGH_REPLICAS'} | ${'there is no broker 9'}
    ${'cautious'} | ${1}  | ${'NONE'}                | ${'the leader alone is asked'}
    ${'single'}   | ${-1} | ${'NONE'}                | ${'no more can be in sync than there are replicas'}
  `('$topic, acks=$acks: $error because $because', async ({ topic, acks, error }) => {
    const answer = await produce(aBatch(), { topic: topic as string, acks: acks as number });
    expect(answer.error).toBe(error);
  });
});

test('acks=-1 waits for the followers', async () => {
  await brokers.createTopic('shared', { assignment: [[1, 2]] });
  expect(await produce(aBatch(), { topic: 'shared' })).toMatchObject({
    error: 'NONE',
    baseOffset: 0,
  });
});

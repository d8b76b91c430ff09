import { errorCode } from '../../../../src/protocol/errors';
import type { ErrorName } from '../../../../src/protocol/errors';
import { FetchRequest, FetchResponse } from '../../../../src/protocol/messages/01-fetch';
import {
  ListOffsetsRequest,
  ListOffsetsResponse,
} from '../../../../src/protocol/messages/02-list-offsets';
import {
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
} from '../../../../src/protocol/messages/23-offset-for-leader-epoch';
import { buildBatch } from '../../../../src/protocol/records/builder';
import type { InputOf } from '../../../../src/protocol/schema';
import { startWorkload } from '../index';
import { ScriptedBroker } from '../scripted-broker';

type Partition = InputOf<typeof FetchResponse>['responses'][number]['partitions'][number];

function batch(baseOffset: number, values: readonly string[], leaderEpoch = 0): Buffer {
  const records = values.map((value) => ({ key: null, value: Buffer.from(value), timestamp: 0 }));
  return buildBatch({ records, baseOffset, leaderEpoch });
}

/** Metadata that tells topic ids and leader epochs. */
const NEWEST = { metadataVersion: 12 };

interface Asking {
  readonly offset: number;
  readonly epoch: number;
}

/**
 * A broker with one partition: its log begins at offset 10. `answers` are those to the first fetches; then nothing is
 * news. Each is for the offset that it says.
 */
async function aBroker(answers: (Partial<Partition> & { readonly error?: ErrorName })[]) {
  const broker = await ScriptedBroker.start();
  const asked: Asking[] = [];
  const epochsAsked: number[] = [];
  let end = 10;
  let topicId = broker.topicId;
  broker.on(ListOffsetsRequest, ListOffsetsResponse, () => ({
    topics: [
      {
        name: 't',
        partitions: [{ partitionIndex: 0, errorCode: 0, oldStyleOffsets: [], offset: 10 }],
      },
    ],
  }));
  broker.on(OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse, ({ topics }) => {
    epochsAsked.push(topics[0]?.partitions[0]?.leaderEpoch ?? -1);
    return {
      topics: [
        { topic: 't', partitions: [{ errorCode: 0, partition: 0, leaderEpoch: 0, endOffset: 11 }] },
      ],
    };
  });
  broker.on(FetchRequest, FetchResponse, ({ topics }, version) => {
    const named = topics[0]?.partitions[0];
    if (named) asked.push({ offset: named.fetchOffset, epoch: named.currentLeaderEpoch });
    const { error = 'NONE', ...given } = answers.shift() ?? {};
    end = Math.max(end, given.highWatermark ?? 0);
    const partition: Partition = {
      ...{ partitionIndex: 0, errorCode: errorCode(error), highWatermark: end },
      ...{ lastStableOffset: end, logStartOffset: 10, abortedTransactions: null, records: null },
      ...given,
    };
    // A request that names no partition is about the ones before.
    topicId = topics[0]?.topicId ?? topicId;
    const topic = { topic: 't', topicId };
    return {
      errorCode: 0,
      sessionId: version >= 7 ? 5 : 0,
      responses: [{ ...topic, partitions: [partition] }],
    };
  });
  return { broker, asked, epochsAsked };
}

async function consume(
  answers: Parameters<typeof aBroker>[0],
  options: Record<string, number | boolean> = {},
) {
  const all = await aBroker(answers);
  const { world, history } = all.broker;
  const plan = {
    id: 0,
    kind: 'consumer',
    options: { ...NEWEST, fetchVersion: 12, ...options },
  } as const;
  const workload = startWorkload(plan, all.broker.context);
  await world.runUntil(4_000);
  workload.stop();
  await world.runUntil(20_000, () => workload.isIdle);
  expect(workload.isIdle).toBe(true);
  const consumed = history.events.flatMap((event) =>
    event.kind === 'consumed'
      ? [`${event.record}@${String(event.offset)}/${String(event.leaderEpoch)}`]
      : [],
  );
  const fetched = history.events.filter(({ kind }) => kind === 'fetched');
  return { ...all, consumed, fetched };
}

test.each([4, 7, 9, 12, 13, 17])('reads records in order (version %i)', async (fetchVersion) => {
  const { consumed, asked, fetched } = await consume(
    [
      { highWatermark: 13, lastStableOffset: 13, records: batch(10, ['a', 'b', 'c']) },
      { highWatermark: 14, lastStableOffset: 14, records: batch(13, ['d']) },
    ],
    { fetchVersion },
  );
  expect(consumed).toEqual(['a@10/0', 'b@11/0', 'c@12/0', 'd@13/0']);
  expect(asked.slice(0, 3).map(({ offset }) => offset)).toEqual([10, 13, 14]);
  expect(fetched[0]).toMatchObject({ broker: 1, highWatermark: 13 });
});

test('records before the offset that was asked for are not consumed', async () => {
  const { consumed } = await consume([
    { highWatermark: 12, lastStableOffset: 12, records: batch(9, ['x', 'a', 'b']) },
  ]);
  expect(consumed).toEqual(['a@10/0', 'b@11/0']);
});

test.each`
  what                              | answer
  ${'beyond 12'}                    | ${{ highWatermark: 12, lastStableOffset: 12, records: batch(10, ['a', 'b', 'c']) }}
  ${'a gap from 10'}                | ${{ highWatermark: 15, lastStableOffset: 15, records: batch(12, ['a']) }}
  ${'before 10'}                    | ${{ highWatermark: 15, lastStableOffset: 15, records: batch(5, ['a']) }}
  ${'of epoch 4 in epoch 0'}        | ${{ highWatermark: 15, lastStableOffset: 15, records: batch(10, ['a'], 4) }}
  ${'a wrong checksum'}             | ${{ highWatermark: 15, lastStableOffset: 15, records: batch(10, ['a']).fill(1, 66, 67) }}
  ${'stable 16, high watermark 15'} | ${{ highWatermark: 15, lastStableOffset: 16 }}
  ${'UNKNOWN_SERVER_ERROR'}         | ${{ error: 'UNKNOWN_SERVER_ERROR' }}
  ${'was not asked for'}            | ${{ partitionIndex: 3 }}
`('$what is nothing that a broker may answer', async ({ answer, what }) => {
  await expect(consume([answer])).rejects.toThrow(
    new RegExp(`^protocol: broker1 to c0: .*${what}`),
  );
});

test('a committed reader is given nothing at or behind the last stable offset', async () => {
  const answer = { highWatermark: 12, lastStableOffset: 11, records: batch(10, ['a', 'b']) };
  await expect(consume([answer], { isCommittedOnly: true })).rejects.toThrow(/beyond 11/);
  const { consumed } = await consume([answer], { isCommittedOnly: false });
  expect(consumed).toEqual(['a@10/0', 'b@11/0']);
});

test('an offset that is out of range is looked up anew', async () => {
  const { asked } = await consume([
    { highWatermark: 12, lastStableOffset: 12, records: batch(10, ['a', 'b']) },
    { error: 'OFFSET_OUT_OF_RANGE', highWatermark: -1, lastStableOffset: -1, logStartOffset: -1 },
  ]);
  expect(asked.map(({ offset }) => offset).slice(0, 3)).toEqual([10, 12, 10]);
});

test('after a change of leader the consumer goes back to where the logs differ', async () => {
  const { broker, asked, epochsAsked } = await aBroker([
    { highWatermark: 13, lastStableOffset: 13, records: batch(10, ['a', 'b', 'c']) },
  ]);
  const plan = { id: 0, kind: 'consumer', options: { ...NEWEST, fetchVersion: 12 } } as const;
  const { world } = broker;
  startWorkload(plan, broker.context);
  await world.runUntil(2_000);
  broker.leaderEpoch = 1;
  await world.runUntil(10_000, () => epochsAsked.length > 0);
  await world.runUntil(world.nowMs + 2_000);
  expect(epochsAsked).toEqual([0]);
  expect(asked.at(-1)).toEqual({ offset: 11, epoch: 1 });
});

test('a topic made anew under the same name is read from its beginning', async () => {
  const { broker, asked } = await aBroker([
    { highWatermark: 13, lastStableOffset: 13, records: batch(10, ['a', 'b', 'c']) },
  ]);
  startWorkload(
    { id: 0, kind: 'consumer', options: { ...NEWEST, fetchVersion: 13 } },
    broker.context,
  );
  await broker.world.runUntil(2_000);
  broker.topicId = 'AAAAAAAAAAAAAAAAAAAAAg';
  await broker.world.runUntil(10_000);
  expect(asked.map(({ offset }) => offset)).toEqual([10, 13, 10]);
});

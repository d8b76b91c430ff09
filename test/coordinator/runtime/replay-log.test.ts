/** What a coordinator reads when it takes over a partition: batches of every format, in log order. */
import { replayLog } from '../../../src/coordinator/runtime/replay-log';
import type { LogVisitor } from '../../../src/coordinator/runtime/replay-log';
import { silentLog } from '../../../src/platform/silent-log';
import { buildBatch } from '../../../src/protocol/records/builder';
import { buildMarkerBatch } from '../../../src/protocol/records/markers';
import { buildMessageSet } from '../../../src/protocol/records/message-set';

async function replay(bytes: Buffer): Promise<{ seen: string[]; nextOffset: number }> {
  const seen: string[] = [];
  const visitor: LogVisitor = {
    record: ({ offset, key, value, producerId }) =>
      seen.push(`${String(offset)} ${String(key)}=${String(value)} ${String(producerId)}`),
    marker: (producerId, isCommitted) =>
      seen.push(`${isCommitted ? 'commit' : 'abort'} ${String(producerId)}`),
  };
  const reader = {
    // oxlint-disable-next-line require-await -- an iterable of what is there at once.
    async *read() {
      yield bytes;
    },
  };
  const options = { reader, partition: 0, visitor, log: silentLog, isCurrent: () => true };
  return { seen, nextOffset: await replayLog(options) };
}

const recordOf = (value: string) => ({
  key: Buffer.from('k'),
  value: Buffer.from(value),
  timestamp: 1,
});

const oldSet = (magic: 0 | 1, codec: 'none' | 'gzip', offset: number): Buffer =>
  buildMessageSet(
    ['a', 'b'].map((value, index) => ({ ...recordOf(value), offset: offset + index })),
    { magic, codec },
  );

const transactional = buildBatch({
  records: [recordOf('a')],
  baseOffset: 4,
  producerId: 7,
  producerEpoch: 0,
  baseSequence: 0,
  isTransactional: true,
});
const marker = buildMarkerBatch({
  type: 'commit',
  coordinatorEpoch: 0,
  producerId: 7,
  producerEpoch: 0,
  timestamp: 1,
});

test.each`
  bytes                                       | seen                                      | nextOffset | because
  ${buildBatch({ records: [recordOf('a')] })} | ${['0 k=a undefined']}                    | ${1}       | ${'a batch of today'}
  ${Buffer.concat([transactional, marker])}   | ${['4 k=a 7', 'commit 7']}                | ${1}       | ${'a transaction and its marker'}
  ${oldSet(0, 'none', 3)}                     | ${['3 k=a undefined', '4 k=b undefined']} | ${5}       | ${'messages of magic 0'}
  ${oldSet(1, 'gzip', 3)}                     | ${['3 k=a undefined', '4 k=b undefined']} | ${5}       | ${'a wrapper of magic 1'}
`('$because', async ({ bytes, seen, nextOffset }) => {
  expect(await replay(bytes as Buffer)).toEqual({ seen, nextOffset });
});

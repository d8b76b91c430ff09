import type { FetchQuery } from '../../src/replication/fetch-query';
import { ProtocolError } from '../../src/protocol/errors';
import type { LogRead } from '../../src/storage/types';
import { lastOffsetOf, batchSizeAt } from '../../src/protocol/records/batch';
import { anUpdateMetadata } from '../builders/cluster-metadata';
import { aLeaderAndIsr } from '../builders/control-requests';
import { ManualClock } from '../builders/manual-clock';
import { aBatch, ReplicaHost } from '../builders/replica-host';

let clock: ManualClock;
let host: ReplicaHost;

beforeEach(async () => {
  clock = new ManualClock();
  host = await ReplicaHost.start({ clock });
  host.metadata.update(anUpdateMetadata({ brokers: [1, 2, 3] }));
});

afterEach(() => host.stop());

/** Led here at epoch 5 with ISR [1, 2]; epochs 2 (0–3) and 5 (3–6) in the log, high watermark 4, 6 records. */
function aLeader() {
  const state = { isr: [1, 2], replicas: [1, 2] };
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ ...state, leaderEpoch: 2 }));
  const partition = host.partition();
  append(3);
  host.replicas.becomeLeaderOrFollower(aLeaderAndIsr({ ...state, leaderEpoch: 5 }));
  append(3);
  partition.recordFollowerFetch(2, {
    brokerEpoch: -1,
    fetchOffset: 4,
    logStartOffset: 0,
    leaderEndOffset: 6,
  });
  expect(partition.log?.highWatermark).toBe(4);
  return partition;
}

function append(count: number): void {
  const request = { requiredAcks: 1, origin: 'client' as const };
  for (let i = 0; i < count; i++) host.partition().appendRecordsAsLeader(aBatch('x'), request);
  clock.endTick();
}

const CONSUMER = { kind: 'consumer', isolation: 'read_uncommitted' } as const;
const FOLLOWER = { kind: 'follower', brokerId: 2, brokerEpoch: -1 } as const;

const aQuery = (over: Partial<FetchQuery> = {}): FetchQuery => ({
  reader: FOLLOWER,
  fetchOffset: 0,
  currentLeaderEpoch: 5,
  lastFetchedEpoch: -1,
  ...over,
});

/** What the action gives, or the name of the error. */
function outcomeOf(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    if (error instanceof ProtocolError) return error.errorName;
    throw error;
  }
}

function errorOf(action: () => unknown): unknown {
  const outcome = outcomeOf(action);
  return typeof outcome === 'string' ? outcome : 'NONE';
}

/** The last offset of what was read. */
async function lastOffsetIn(
  data: LogRead | Promise<LogRead> | undefined,
): Promise<number | undefined> {
  const read = await data;
  if (!read) return undefined;
  const bytes = Buffer.concat(read.buffers);
  read.release();
  let last: number | undefined;
  for (let position = 0; position < bytes.length; position += batchSizeAt(bytes, position)) {
    last = lastOffsetOf(bytes, position);
  }
  return last;
}

test.each`
  query                                                                    | error                       | because
  ${{}}                                                                    | ${'NONE'}                   | ${'everything is right'}
  ${{ currentLeaderEpoch: -1 }}                                            | ${'NONE'}                   | ${'an old client does not know the epoch'}
  ${{ currentLeaderEpoch: 4 }}                                             | ${'FENCED_LEADER_EPOCH'}    | ${'the follower has not heard of this leader'}
  ${{ currentLeaderEpoch: 6 }}                                             | ${'UNKNOWN_LEADER_EPOCH'}   | ${'this leader has not heard of the next one'}
  ${{ reader: { kind: 'follower', brokerId: 3 } }}                         | ${'UNKNOWN_LEADER_EPOCH'}   | ${'it may have been assigned only now'}
  ${{ reader: { kind: 'follower', brokerId: 3 }, currentLeaderEpoch: -1 }} | ${'NOT_LEADER_OR_FOLLOWER'} | ${'one of both is out of date, and nobody can say who'}
  ${{ fetchOffset: 6 }}                                                    | ${'NONE'}                   | ${'the end is a place to wait at'}
  ${{ fetchOffset: 7 }}                                                    | ${'OFFSET_OUT_OF_RANGE'}    | ${'it is beyond the end'}
  ${{ fetchOffset: -1 }}                                                   | ${'OFFSET_OUT_OF_RANGE'}    | ${'it is before the start'}
  ${{ lastFetchedEpoch: 9 }}                                               | ${'OFFSET_OUT_OF_RANGE'}    | ${'no such epoch can be compared with'}
`('a fetch with $query gives $error: $because', ({ query, error }) => {
  const partition = aLeader();
  expect(errorOf(() => partition.locate(aQuery(query as Partial<FetchQuery>)))).toBe(error);
});

test.each`
  lastFetchedEpoch | fetchOffset | diverging                     | because
  ${5}             | ${6}        | ${undefined}                  | ${'both ended in the same epoch'}
  ${2}             | ${3}        | ${undefined}                  | ${'the follower is at the end of an older epoch'}
  ${2}             | ${5}        | ${{ epoch: 2, endOffset: 3 }} | ${'the follower has more of that epoch than was kept'}
  ${4}             | ${4}        | ${{ epoch: 2, endOffset: 3 }} | ${'the follower has records of an epoch that left nothing here'}
  ${5}             | ${8}        | ${{ epoch: 5, endOffset: 6 }} | ${'the follower has more than the leader'}
`(
  'a follower at $fetchOffset in epoch $lastFetchedEpoch: $because',
  ({ lastFetchedEpoch, fetchOffset, diverging }) => {
    const query = aQuery({
      lastFetchedEpoch: Number(lastFetchedEpoch),
      fetchOffset: Number(fetchOffset),
    });
    const read = aLeader().read(query, { maxBytes: 1000, minOneBatch: true });
    expect(read.divergingEpoch).toEqual(diverging);
    expect(read.data === undefined).toBe(diverging !== undefined || Number(fetchOffset) === 6);
  },
);

test.each`
  reader      | from | last         | because
  ${FOLLOWER} | ${0} | ${5}         | ${'a follower gets all that is in the file'}
  ${CONSUMER} | ${0} | ${3}         | ${'a consumer gets what is committed'}
  ${CONSUMER} | ${4} | ${undefined} | ${'there is nothing committed'}
  ${CONSUMER} | ${6} | ${undefined} | ${'there is nothing committed, though the log has come so far'}
`('from $from: $because', async ({ reader, from, last }) => {
  const partition = aLeader();
  const query = aQuery({ reader: reader as FetchQuery['reader'], fetchOffset: Number(from) });
  const read = partition.read(query, { maxBytes: 10_000, minOneBatch: true });
  expect(read).toMatchObject({
    highWatermark: 4,
    lastStableOffset: 4,
    logStartOffset: 0,
    endOffset: 6,
  });
  await expect(lastOffsetIn(read.data)).resolves.toBe(last);
});

test('nobody gets what is not in the file yet', async () => {
  const partition = aLeader();
  partition.appendRecordsAsLeader(aBatch('y'), { requiredAcks: 1, origin: 'client' });
  const early = partition.read(aQuery({ fetchOffset: 6 }), { maxBytes: 1000, minOneBatch: true });
  expect(early).toMatchObject({ endOffset: 6, data: undefined });
  clock.endTick();
  const later = partition.read(aQuery({ fetchOffset: 6 }), { maxBytes: 1000, minOneBatch: true });
  await expect(lastOffsetIn(later.data)).resolves.toBe(6);
});

test('a follower serves nobody but the debug consumer', () => {
  const partition = aLeader();
  host.replicas.becomeLeaderOrFollower(
    aLeaderAndIsr({ leader: 2, leaderEpoch: 6, replicas: [1, 2] }),
  );
  const query = aQuery({ reader: CONSUMER, currentLeaderEpoch: 6 });
  expect(errorOf(() => partition.locate(query))).toBe('NOT_LEADER_OR_FOLLOWER');
  expect(errorOf(() => partition.locate({ ...query, reader: { kind: 'debug' } }))).toBe('NONE');
});

test.each`
  leaderEpoch | currentLeaderEpoch | answer                          | because
  ${2}        | ${5}               | ${{ epoch: 2, endOffset: 3 }}   | ${'the epoch ended where the next one began'}
  ${4}        | ${5}               | ${{ epoch: 2, endOffset: 3 }}   | ${'the largest epoch below counts'}
  ${5}        | ${5}               | ${{ epoch: 5, endOffset: 6 }}   | ${'the present epoch ends with the log'}
  ${9}        | ${5}               | ${{ epoch: -1, endOffset: -1 }} | ${'it is not known here'}
  ${2}        | ${4}               | ${'FENCED_LEADER_EPOCH'}        | ${'the client asks the wrong leader'}
`('the end of epoch $leaderEpoch: $because', ({ leaderEpoch, currentLeaderEpoch, answer }) => {
  const partition = aLeader();
  const client = { currentLeaderEpoch: Number(currentLeaderEpoch), leaderOnly: true };
  expect(outcomeOf(() => partition.endOffsetForEpoch(Number(leaderEpoch), client))).toEqual(answer);
});

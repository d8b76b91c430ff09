import type { StagedRun as Run } from './staged-run';
import { batch, StagedRun, TOPIC } from './staged-run';

interface Row {
  readonly name: string;
  readonly story: (run: Run) => void;
  /** Left out: all is well. */
  readonly violation?: string;
}

const A = batch({ ids: ['a1', 'a2'] });
const UUID = '00000000-0000-4000-8000-00000000000';
const m1 = `m1-${UUID}1`;
const m2 = `m2-${UUID}2`;

function consume(run: Run, record: string, offset: number, client = 'c2'): void {
  run.tell({ kind: 'consumed', client, record, offset, leaderEpoch: 0 });
}

function fetched(
  run: Run,
  highWatermark: number,
  { leaderEpoch = 0, logStartOffset = 0 } = {},
): void {
  run.tell({ kind: 'fetched', broker: 1, highWatermark, logStartOffset, leaderEpoch });
}

function assigned(run: Run, memberId: string, generation: number): void {
  const partitions = [{ topic: TOPIC, partition: 0 }];
  const client = memberId.slice(0, 2);
  run.tell({
    ...{ kind: 'assigned', group: 'g', memberId, client, generation },
    ...{ partitions, protocol: 'eager' },
  });
}

function revoked(run: Run, memberId: string, generation: number): void {
  const partitions = [{ topic: TOPIC, partition: 0 }];
  const client = memberId.slice(0, 2);
  run.tell({ kind: 'revoked', group: 'g', memberId, client, generation, partitions });
}

function committed(
  run: Run,
  offset: number,
  kind: 'committed' | 'commitUnknown' = 'committed',
): void {
  const commit = { group: 'g', memberId: m1, generation: 1, offset };
  if (kind === 'commitUnknown') run.tell({ kind, ...commit });
  else run.tell({ kind, askedMs: run.world.nowMs, ...commit });
}

function read(run: Run, offset: number): void {
  const asked = { client: 'm2', askedMs: run.world.nowMs, broker: 'broker1' };
  run.tell({ kind: 'offsetRead', ...asked, group: 'g', offset });
}

const ROWS: readonly Row[] = [
  {
    name: 'two consumers read what is committed',
    story: (run) => {
      run.produce({ a1: 0, a2: 1 });
      run.replicate(A);
      consume(run, 'a1', 0);
      run.pass();
      consume(run, 'a2', 1);
      consume(run, 'a1', 0, 'c3');
      run.pass();
      run.checkers.atEnd();
    },
  },
  {
    name: 'two consumers read two records at one offset',
    story: (run) => {
      run.produce({ a1: undefined, a2: undefined });
      consume(run, 'a1', 0);
      consume(run, 'a2', 0, 'c3');
    },
    violation: 'c3 has read record a2 at offset 0, leader epoch 0, 0 ms, where c2 has read a1',
  },
  {
    name: 'a consumer reads what is not what is committed',
    story: (run) => {
      run.produce({ a1: 0, a2: 1, b1: undefined });
      consume(run, 'b1', 1);
      run.replicate(A);
      run.pass();
    },
    violation: 'c2 has read record b1 at offset 1, leader epoch 0, 0 ms, where a2 is committed',
  },
  {
    name: 'a consumer reads what nobody sent',
    story: (run) => consume(run, 'x', 0),
    violation: 'which was never sent',
  },
  {
    name: 'a consumer reads what was refused',
    story: (run) => {
      run.produce({ a1: undefined });
      run.tell({ kind: 'failed', record: 'a1', error: 'MESSAGE_TOO_LARGE', isSure: true });
      consume(run, 'a1', 0);
    },
    violation: 'which was refused, as its producer was told',
  },
  {
    name: 'a consumer has read what is in no log in the end',
    story: (run) => {
      run.produce({ a1: undefined });
      consume(run, 'a1', 0);
      run.pass();
      run.checkers.atEnd();
    },
    violation: 'which is in no log',
  },
  {
    name: 'a consumer was told a high watermark that no other leader reaches',
    story: (run) => {
      run.produce({ a1: undefined, a2: undefined }, { acks: 1 });
      fetched(run, 2);
      for (const broker of run.brokers.slice(1))
        broker.has({ highWatermark: 1 }, [batch({ ids: ['a1'] })]);
      run.brokers[0].isAlive = false;
      run.state({ leader: 2, leaderEpoch: 1, isr: [2, 3] });
      run.pass();
    },
    violation: 'is in the ISR and ends before 2, which c1, by broker 1, has told to be committed',
  },
  {
    name: 'a high watermark that rises, and begins lower with a new leader',
    story: (run) => {
      run.produce({ a1: undefined, a2: undefined });
      run.replicate(A);
      fetched(run, 1);
      fetched(run, 2);
      run.state({ leader: 1, leaderEpoch: 1 });
      fetched(run, 1, { leaderEpoch: 1 });
      run.pass();
    },
  },
  {
    name: 'a high watermark that falls for a consumer within an epoch',
    story: (run) => {
      fetched(run, 2);
      fetched(run, 1);
    },
    violation: 'broker 1, leader in epoch 0, told c1 high watermark 1 after 2',
  },
  {
    name: 'a log start that falls for a consumer within an epoch',
    story: (run) => {
      fetched(run, 2, { logStartOffset: 1 });
      fetched(run, 2, { logStartOffset: 0 });
    },
    violation: 'told c1 log start 0 after 1',
  },
  {
    name: 'a version of Fetch that does not tell the log start',
    story: (run) => {
      fetched(run, 2, { logStartOffset: 1 });
      fetched(run, 2, { logStartOffset: -1 });
    },
  },
  {
    name: 'a broker that starts again begins with its last checkpoint',
    story: (run) => {
      run.produce({ a1: undefined, a2: undefined });
      run.replicate(A);
      fetched(run, 2);
      run.pass();
      run.brokers[0].life++;
      run.brokers[0].has({ logId: 77, highWatermark: 1 });
      fetched(run, 1);
      run.pass();
    },
  },
  {
    name: 'a high watermark that falls while its broker runs',
    story: (run) => {
      run.produce({ a1: undefined, a2: undefined });
      run.replicate(A);
      run.pass();
      run.brokers[1].has({ highWatermark: 1 });
      run.pass();
    },
    violation: 'broker 2 has high watermark 1 after 2',
  },
  {
    name: 'a log start that falls while its broker runs',
    story: (run) => {
      run.brokers[1].has({ logStartOffset: 5 });
      run.pass();
      run.brokers[1].has({ logStartOffset: 4 });
      run.pass();
    },
    violation: 'broker 2 has log start 4 after 5',
  },
  {
    name: 'a partition goes from one member to the other in the next generation',
    story: (run) => {
      assigned(run, m1, 1);
      assigned(run, m2, 2);
      revoked(run, m1, 1);
    },
  },
  {
    name: 'a commit that was on its way as the next generation began',
    story: (run) => {
      assigned(run, m1, 1);
      assigned(run, m2, 2);
      committed(run, 5);
    },
  },
  {
    name: 'a commit of a generation that is over',
    story: (run) => {
      assigned(run, m1, 1);
      assigned(run, m2, 2);
      run.pass();
      committed(run, 5);
    },
    violation: 'in generation 1 was taken, though m2 was in generation 2',
  },
  {
    name: 'a partition with two owners in one generation',
    story: (run) => {
      assigned(run, m1, 1);
      assigned(run, m2, 1);
    },
    violation: `group g, generation 1: ${m2} has orders-0, and so has ${m1}`,
  },
  {
    name: 'a static member that comes back in the same generation',
    story: (run) => {
      assigned(run, m1, 1);
      assigned(run, `m1-${UUID}7`, 1);
    },
  },
  {
    name: 'a member whose generation falls',
    story: (run) => {
      assigned(run, m1, 3);
      revoked(run, m1, 3);
      assigned(run, m1, 2);
    },
    violation: `group g, generation 2: ${m1} after it was in generation 3`,
  },
  {
    name: 'the last confirmed offset is read',
    story: (run) => {
      committed(run, 5);
      committed(run, 8);
      run.pass(20_000);
      read(run, 8);
      run.pass(20_000);
    },
  },
  {
    name: 'an older offset than was confirmed is read',
    story: (run) => {
      committed(run, 5);
      run.pass(20_000);
      committed(run, 8);
      run.pass(20_000);
      read(run, 5);
      run.pass(20_000);
    },
    violation:
      'm2 was told at 40000 ms that 5 is committed for orders-0, after 8 was confirmed at 20000',
  },
  {
    name: 'nothing is read where an offset was confirmed, told at the end',
    story: (run) => {
      committed(run, 5);
      run.pass(20_000);
      read(run, -1);
      run.checkers.atEnd();
    },
    violation: 'm2 was told at 20000 ms that -1 is committed',
  },
  {
    name: 'an offset of which nobody knows whether it was committed is read',
    story: (run) => {
      committed(run, 5, 'commitUnknown');
      committed(run, 8);
      run.pass(20_000);
      read(run, 5);
      run.pass(20_000);
    },
  },
  {
    name: 'an offset that is confirmed while another is read',
    story: (run) => {
      committed(run, 5);
      run.pass(20_000);
      committed(run, 8);
      read(run, 5);
      run.pass(20_000);
    },
  },
  {
    name: 'an owner that begins anew commits an earlier offset',
    story: (run) => {
      committed(run, 8);
      run.pass(20_000);
      committed(run, 2);
      run.pass(20_000);
      read(run, 2);
      run.pass(20_000);
    },
  },
];

test.each(ROWS)('$name', ({ story, violation }) => {
  const run = new StagedRun();
  story(run);
  expect(run.violations[0] ?? 'none').toContain(violation ?? 'none');
});

const WELL: readonly { name: string; story: (run: Run) => void; answer: string | undefined }[] = [
  { name: 'all is well', story: () => undefined, answer: undefined },
  {
    name: 'a broker that is gone for good is not missed',
    story: (run) => {
      run.brokers[2].isAlive = false;
      run.state({ isr: [1, 2] });
    },
    answer: undefined,
  },
  {
    name: 'no controller',
    story: (run) => run.commit({ path: '/controller', change: 'deleted', data: null }),
    answer: 'there is no controller',
  },
  {
    name: 'an ISR that is not whole',
    story: (run) => run.state({ isr: [1, 2] }),
    answer: 'orders-0 lacks 3 in the ISR: leader 1',
  },
  {
    name: 'no leader',
    story: (run) => run.state({ leader: -1, leaderEpoch: 1 }),
    answer: 'orders-0 is not led: leader -1',
  },
  {
    name: 'a leader that does not know',
    story: (run) => run.brokers[0].has({ isLeader: false }),
    answer: 'orders-0 is not led by its leader',
  },
  {
    name: 'a broker that was told of an older ISR last',
    story: (run) => {
      run.state({ isr: [1, 2] });
      const { believed } = run.brokers[1];
      run.state({ isr: [1, 2, 3] });
      run.brokers[1].believed = believed;
    },
    answer: 'broker 2 is late about orders-0: leader 1',
  },
  {
    name: 'a broker that does not know of another',
    story: (run) => {
      run.brokers[2].known = [2, 3];
    },
    answer: 'broker 3 does not know of broker 1',
  },
  {
    name: 'a group that goes on rebalancing',
    story: (run) => run.brokers[1].coordinated.push({ id: 'g', state: 'PreparingRebalance' }),
    answer: 'group g is in state PreparingRebalance',
  },
  {
    name: 'a producer that cannot write',
    story: (run) => run.produce({ a1: 0 }),
    answer: 'producer c1 gets no acknowledgement',
  },
  {
    name: 'a producer that can write again',
    story: (run) => {
      run.produce({ a1: 0 });
      run.checkers.whatIsNotWell();
      run.produce({ a2: 1 });
    },
    answer: undefined,
  },
  {
    name: 'a consumer that has stopped reading',
    story: (run) => {
      run.produce({ a1: 0, a2: 1 }, { acks: 0 });
      run.replicate(A);
      consume(run, 'a1', 0);
    },
    answer: 'c2 has read all before 1 of orders-0, which ended at 2',
  },
  {
    name: 'a consumer that has come to where the log ended',
    story: (run) => {
      run.produce({ a1: 0, a2: 1 }, { acks: 0 });
      run.replicate(A);
      consume(run, 'a1', 0);
      run.checkers.whatIsNotWell();
      run.produce({ b1: 2 }, { acks: 0 });
      run.replicate(A, batch({ at: 2, ids: ['b1'] }));
      consume(run, 'a2', 1);
    },
    answer: undefined,
  },
  {
    name: 'a member that fetches nothing of what it has',
    story: (run) => {
      run.replicate(A);
      assigned(run, m1, 1);
    },
    answer: 'm1 has read nothing of orders-0, which ended at 2',
  },
  {
    name: 'a member that has let go of what it had read in part',
    story: (run) => {
      run.produce({ a1: 0 }, { acks: 0 });
      run.replicate(A);
      assigned(run, m1, 1);
      consume(run, 'a1', 0, 'm1');
      revoked(run, m1, 1);
      assigned(run, m2, 2);
      run.checkers.whatIsNotWell();
      run.tell({ kind: 'fetched', client: 'm2', broker: 1, highWatermark: 2, logStartOffset: 0 });
    },
    answer: undefined,
  },
  {
    name: 'a partition that no member has any more',
    story: (run) => {
      assigned(run, m1, 1);
      revoked(run, m1, 1);
    },
    answer: 'no member of group g has orders-0',
  },
  {
    name: 'a member that does not notice the next generation',
    story: (run) => {
      assigned(run, m1, 1);
      assigned(run, m2, 2);
    },
    answer: 'm1 works in a generation of g that is over',
  },
  {
    name: 'a member that has a partition again, and begins at its end',
    story: (run) => {
      run.produce({ a1: 0 }, { acks: 0 });
      run.replicate(A);
      assigned(run, m1, 1);
      consume(run, 'a1', 0, 'm1');
      revoked(run, m1, 1);
      assigned(run, m1, 2);
      run.checkers.whatIsNotWell();
      run.tell({ kind: 'fetched', client: 'm1', broker: 1, highWatermark: 2, logStartOffset: 0 });
    },
    answer: undefined,
  },
];

test.each(WELL)('what is not well: $name', ({ story, answer }) => {
  const run = new StagedRun();
  story(run);
  expect(run.checkers.whatIsNotWell() ?? 'nothing').toContain(answer ?? 'nothing');
});

test.each`
  held                        | answer                                        | because
  ${{}}                       | ${'nothing'}                                  | ${'followers fetch'}
  ${{ delayedAppends: 1 }}    | ${'broker 2 holds 1 delayedAppends'}          | ${'its producer is gone'}
  ${{ delayedDeletions: 1 }}  | ${'broker 2 holds 1 delayedDeletions'}        | ${'who asked is gone'}
  ${{ delayedFetches: 7 }}    | ${'broker 2 holds 7 delayedFetches'}          | ${'there are six connections'}
  ${{ connections: 13 }}      | ${'broker 2 holds 13 connections'}            | ${'two peers do not need as many'}
  ${{ timers: 500 }}          | ${'broker 2 holds 500 timers'}                | ${'nobody waits for so much'}
  ${{ fetchSessions: 1_001 }} | ${'broker 2 holds 1001 fetchSessions'}        | ${'the cache has fewer slots'}
  ${{ requestBytes: 9 }}      | ${'broker 2 holds 9 requestBytes, at most 0'} | ${'no request is under way'}
  ${{ lentBytes: 9 }}         | ${'broker 2 holds 9 lentBytes, at most 0'}    | ${'no answer is under way'}
`(
  'what is not idle: $answer, as $because',
  ({ held, answer }: { held: object; answer: string }) => {
    const run = new StagedRun();
    Object.assign(run.brokers[1].held, held);
    expect(run.checkers.whatIsNotIdle() ?? 'nothing').toContain(answer);
  },
);

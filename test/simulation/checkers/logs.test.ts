import { batch, StagedRun } from './staged-run';

interface Row {
  readonly name: string;
  readonly story: (run: StagedRun) => void;
  /** Left out: all is well. */
  readonly violation?: string;
}

const A = batch({ ids: ['a1', 'a2'], producer: { id: 9, sequence: 0 } });
const B = batch({ at: 2, ids: ['b1'], producer: { id: 9, sequence: 2 } });

const ROWS: readonly Row[] = [
  {
    name: 'what is acknowledged is committed everywhere',
    story: (run) => {
      run.produce({ a1: 0, a2: 1, b1: 2 });
      run.replicate(A, B);
      run.pass();
    },
  },
  {
    name: 'a follower that is behind, and one outside of the ISR further still',
    story: (run) => {
      run.state({ isr: [1, 2] });
      run.produce({ a1: 0, a2: 1, b1: 2 });
      run.brokers[0].has({ highWatermark: 3 }, [A, B]);
      run.brokers[1].has({ highWatermark: 2 }, [A, B]);
      run.pass();
    },
  },
  {
    name: 'a member of the ISR that lacks what is acknowledged',
    story: (run) => {
      run.produce({ a1: 0, a2: 1 });
      run.brokers[0].has({ highWatermark: 2 }, [A]);
      run.brokers[1].has({ highWatermark: 2 }, [A]);
      run.pass();
    },
    violation: 'orders-0: broker 3 (follower in leader epoch 0',
  },
  {
    name: 'a follower that joins the ISR before it has caught up',
    story: (run) => {
      run.state({ isr: [1, 2] });
      run.produce({ a1: 0, a2: 1, b1: 2 });
      run.brokers[0].has({ highWatermark: 3 }, [A, B]);
      run.brokers[1].has({ highWatermark: 3 }, [A, B]);
      run.brokers[2].has({ highWatermark: 2 }, [A]);
      run.pass();
      run.state({ isr: [1, 2, 3] });
      run.pass();
    },
    violation: 'broker 3 (follower in leader epoch 0, log 0 to 2, high watermark 2) is in the ISR',
  },
  {
    name: 'a record that no log has at its offset',
    story: (run) => {
      run.produce({ a1: 0, a2: 1, b1: 2, c1: 2 });
      run.replicate(A, B);
      run.pass();
    },
    violation: 'record c1 of c1 was acknowledged with acks=all at offset 2 (0 ms) and so was b1',
  },
  {
    name: 'an acknowledged record that another leader does not have',
    story: (run) => {
      run.produce({ a1: 0, a2: 1, b1: 2 });
      run.replicate(A, B);
      run.pass();
      run.state({ leader: 2, leaderEpoch: 1, isr: [2, 3] });
      for (const broker of run.brokers.slice(1))
        broker.has({ truncations: 1, highWatermark: 2 }, [A]);
      run.pass();
    },
    violation: 'is in the ISR and ends before 3',
  },
  {
    name: 'an acknowledged record in the place of which another is committed',
    story: (run) => {
      run.produce({ a1: 0, a2: 1 }, { isIdempotent: false });
      run.produce({ x1: undefined }, { isIdempotent: false });
      run.replicate(batch({ ids: ['a1', 'x1'] }));
      run.pass();
    },
    violation:
      'record a2 of c1 was acknowledged with acks=all at offset 1 (0 ms) and is lost: x1 is there',
  },
  {
    name: 'a record that is acknowledged at another offset than it has',
    story: (run) => {
      run.produce({ a1: 0, a2: undefined }, { isIdempotent: false });
      run.tell({ kind: 'acked', record: 'a2', offset: 2 });
      run.produce({ b1: undefined }, { isIdempotent: false });
      run.replicate(batch({ ids: ['a1', 'a2'] }), batch({ at: 2, ids: ['b1'] }));
      run.pass();
    },
    violation:
      'record a2 of c1 was acknowledged with acks=all at offset 2 (0 ms) and is moved to offset 1',
  },
  {
    name: 'a record that is acknowledged without being in any log, told at the end',
    story: (run) => {
      run.produce({ a1: 0, a2: 1 });
      for (const broker of run.brokers) broker.isAlive = false;
      run.pass();
      run.checkers.atEnd();
    },
    violation: 'record a1 of c1 was acknowledged with acks=all at offset 0 (0 ms) and is lost',
  },
  {
    name: 'a duplicate whose offset is gone is somewhere',
    story: (run) => {
      run.produce({ a1: 0, a2: -1, b1: 2 });
      run.replicate(A, B);
      run.pass();
      run.checkers.atEnd();
    },
  },
  {
    name: 'records that DeleteRecords took before anybody looked',
    story: (run) => {
      run.produce({ a1: 0, a2: 1, b1: 2 });
      run.tell({ kind: 'admin', action: 'deleteRecords', step: 'asked' });
      for (const broker of run.brokers) broker.has({ highWatermark: 3, logStartOffset: 2 }, [B]);
      run.pass();
      run.checkers.atEnd();
    },
  },
  {
    name: 'records that went although nobody asked for it',
    story: (run) => {
      run.produce({ a1: 0, a2: 1, b1: 2 });
      for (const broker of run.brokers) broker.has({ highWatermark: 3, logStartOffset: 2 }, [B]);
      run.pass();
    },
    violation: 'record a1 of c1 was acknowledged with acks=all at offset 0 (0 ms) and is lost',
  },
  {
    name: 'what an unclean election loses',
    story: (run) => {
      run.configure({ 'unclean.leader.election.enable': 'true' });
      run.produce({ a1: 0, a2: 1, b1: 2 });
      run.replicate(A, B);
      run.pass();
      run.state({ isr: [1, 2] });
      run.state({ leader: 3, leaderEpoch: 1, isr: [3] });
      run.brokers[2].has({ highWatermark: 0, truncations: 1, isLeader: true, leaderEpoch: 1 }, []);
      run.pass();
      run.checkers.atEnd();
    },
  },
  {
    name: 'what went with its topic',
    story: (run) => {
      run.produce({ a1: 0, a2: 1 });
      run.askDeletion();
      run.deleteTopic();
      run.pass();
      run.checkers.atEnd();
    },
  },
  {
    name: 'an uncommitted end that a new leader does not have is cut',
    story: (run) => {
      run.produce({ a1: 0, a2: 1, b1: undefined, c1: undefined }, { acks: 1 });
      run.brokers[0].has({ highWatermark: 2 }, [A, B]);
      for (const broker of run.brokers.slice(1)) broker.has({ highWatermark: 2 }, [A]);
      run.pass();
      run.state({ leader: 2, leaderEpoch: 1, isr: [2, 3] });
      const C = batch({ at: 2, epoch: 1, ids: ['c1'], producer: { id: 9, sequence: 2 } });
      run.brokers[1].has({ highWatermark: 3, isLeader: true, leaderEpoch: 1 }, [A, C]);
      run.brokers[2].has({ highWatermark: 2 }, [A, C]);
      run.pass();
      run.brokers[0].has({ highWatermark: 2, isLeader: false, truncations: 1 }, [A, C]);
      run.pass();
      run.checkers.atEnd();
    },
  },
  {
    name: 'a follower that has other records below its high watermark',
    story: (run) => {
      run.state({ isr: [1, 2] });
      run.produce({ a1: 0, a2: 1, x1: undefined, x2: undefined });
      run.replicate(A);
      run.brokers[2].has({ highWatermark: 2 }, [batch({ ids: ['x1', 'x2'] })]);
      run.pass();
    },
    violation:
      'has the batch 0 to 1 of leader epoch 0 where the batch 0 to 1 of leader epoch 0 is committed ' +
      '(records x1,x2; at its first offset is a1)',
  },
  {
    name: 'a gap between two batches',
    story: (run) => {
      run.produce({ a1: 0, a2: 1, b1: undefined });
      run.replicate(A, batch({ at: 5, ids: ['b1'] }));
      run.pass();
    },
    violation: 'orders-0 on broker 1: the batch 5 to 5 of leader epoch 0 leaves a gap after 1',
  },
  {
    name: 'a gap where compaction made it',
    story: (run) => {
      run.configure({ 'cleanup.policy': 'compact' });
      run.produce({ a1: 0, a2: 1, b1: undefined });
      run.replicate(A, batch({ at: 5, ids: ['b1'] }));
      run.pass();
    },
  },
  {
    name: 'two batches that overlap',
    story: (run) => {
      run.brokers[1].has({}, [A, batch({ at: 1, ids: ['b1'] })]);
      run.pass();
    },
    violation: 'overlaps the one before, which ends before 2',
  },
  {
    name: 'a leader epoch that falls within a log',
    story: (run) => {
      run.brokers[1].has({}, [batch({ epoch: 3, ids: ['a1'] }), batch({ at: 1, ids: ['b1'] })]);
      run.pass();
    },
    violation: 'the batch 1 to 1 of leader epoch 0 comes after one of leader epoch 3',
  },
  {
    name: 'a batch that is not what was written',
    story: (run) => {
      run.brokers[1].has({}, [batch({ ids: ['a1'], isDamaged: true })]);
      run.pass();
    },
    violation: 'does not fit its checksum',
  },
  {
    name: 'a batch on a disk that was made to lie',
    story: (run) => {
      run.brokers[1].mayBeDamaged = true;
      run.brokers[1].has({}, [batch({ ids: ['a1'], isDamaged: true })]);
      run.pass();
    },
  },
  {
    name: 'a record that nobody sent',
    story: (run) => {
      run.replicate(A);
      run.pass();
    },
    violation: 'orders-0: record a1, committed at 0, was never sent',
  },
  {
    name: 'a record of another partition',
    story: (run) => {
      run.history.add({
        kind: 'sent',
        atMs: 0,
        client: 'c1',
        topic: 'events',
        partition: 4,
        record: 'e1',
        acks: 1,
        isIdempotent: false,
      });
      run.replicate(batch({ ids: ['e1'] }));
      run.pass();
    },
    violation: 'orders-0: record e1, committed at 0, was sent to events-4',
  },
  {
    name: 'a record that was refused for sure, told before it is found',
    story: (run) => {
      run.produce({ a1: 0, a2: undefined });
      run.tell({ kind: 'failed', record: 'a2', error: 'NOT_ENOUGH_REPLICAS', isSure: true });
      run.replicate(A);
      run.pass();
    },
    violation: 'record a2, committed at 1, was refused, as its producer was told for sure',
  },
  {
    name: 'a record that was refused for sure, told after it is found',
    story: (run) => {
      run.produce({ a1: 0, a2: undefined });
      run.replicate(A);
      run.pass();
      run.tell({ kind: 'failed', record: 'a2', error: 'NOT_ENOUGH_REPLICAS', isSure: true });
    },
    violation: 'record a2, committed at 1, was refused, as its producer was told for sure',
  },
  {
    name: 'a record that has failed, and may be there',
    story: (run) => {
      run.produce({ a1: 0, a2: undefined });
      run.tell({ kind: 'failed', record: 'a2', error: 'REQUEST_TIMED_OUT', isSure: false });
      run.replicate(A);
      run.pass();
    },
  },
  {
    name: 'a record of an idempotent producer that is there twice',
    story: (run) => {
      run.produce({ a1: 0, a2: 1 });
      run.replicate(A, batch({ at: 2, ids: ['a2'], producer: { id: 9, sequence: 2 } }));
      run.pass();
    },
    violation: 'record a2, committed at 2, of an idempotent producer is at offset 1 too',
  },
  {
    name: 'a record of a plain producer that is there twice',
    story: (run) => {
      run.produce({ a1: 0 }, { isIdempotent: false });
      run.replicate(batch({ ids: ['a1'] }), batch({ at: 1, ids: ['a1'] }));
      run.pass();
    },
  },
  {
    name: 'a record of acks=1 at another offset than its idempotent producer was told',
    story: (run) => {
      run.produce({ a1: 1, a2: undefined }, { acks: 1 });
      run.replicate(A);
      run.pass();
    },
    violation: 'record a1, committed at 0, of an idempotent producer was acknowledged at offset 1',
  },
  {
    name: 'a batch that is there twice by its sequence',
    story: (run) => {
      run.produce({ a1: 0, a2: 1, b1: undefined });
      run.replicate(A, batch({ at: 2, ids: ['b1'], producer: { id: 9, sequence: 0 } }));
      run.pass();
    },
    violation: '(producer 9, epoch 0, batch from sequence 0) should begin at 2',
  },
  {
    name: 'a producer in another epoch begins anew, and none of the old one comes after',
    story: (run) => {
      run.produce({ a1: 0, a2: 1, b1: 2 });
      run.replicate(A, batch({ at: 2, ids: ['b1'], producer: { id: 9, epoch: 1, sequence: 0 } }));
      run.pass();
    },
  },
  {
    name: 'a batch of an old epoch of its producer',
    story: (run) => {
      run.produce({ a1: 0, a2: undefined, b1: undefined });
      run.replicate(
        batch({ ids: ['a1'], producer: { id: 9, epoch: 1, sequence: 0 } }),
        batch({ at: 1, ids: ['b1'], producer: { id: 9, sequence: 0 } }),
      );
      run.pass();
    },
    violation: 'comes after epoch 1 of its producer',
  },
  {
    name: 'records in another order than they were sent in',
    story: (run) => {
      run.produce({ a2: undefined, a1: undefined });
      run.replicate(A);
      run.pass();
    },
    violation: 'record a2 at offset 1 (producer 9, epoch 0, batch from sequence 0) was sent before',
  },
];

test.each(ROWS)('$name', ({ story, violation }) => {
  const run = new StagedRun();
  story(run);
  expect(run.violations[0] ?? 'none').toContain(violation ?? 'none');
});

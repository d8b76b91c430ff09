import { batch, StagedRun, TOPIC } from './staged-run';

interface Row {
  readonly name: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly story: (run: StagedRun) => void;
  /** Left out: all is well. */
  readonly violation?: string;
}

const ROWS: readonly Row[] = [
  {
    name: 'a leader shrinks its ISR and lets a follower in again',
    story: (run) => {
      run.state({ isr: [1, 2] });
      run.state({ isr: [1, 2, 3] });
    },
  },
  {
    name: 'a follower takes over in the next epoch',
    story: (run) => run.state({ leader: 2, leaderEpoch: 1, isr: [2, 3] }),
  },
  {
    name: 'the last member of the ISR goes and stays in it',
    story: (run) => {
      run.state({ isr: [1] });
      run.state({ leader: -1, leaderEpoch: 1, isr: [1] });
      run.state({ leader: 1, leaderEpoch: 2, isr: [1] });
    },
  },
  {
    name: 'a reassignment adds a replica, lets it in, and takes one away',
    story: (run) => {
      run.assign([1, 2, 3, 4]);
      run.state({ isr: [1, 2, 3, 4] });
      run.state({ leaderEpoch: 1, isr: [1, 2, 4] });
      run.assign([1, 2, 4]);
    },
  },
  {
    name: 'a topic is deleted and made anew',
    story: (run) => {
      run.state({ leader: 2, leaderEpoch: 5, isr: [2, 3] });
      run.askDeletion();
      run.deleteTopic();
      run.assign([1, 2, 3]);
      run.state({ leader: 1, leaderEpoch: 0, isr: [1] });
    },
  },
  {
    name: 'a new controller writes',
    story: (run) => {
      run.controller(2);
      run.state({ controllerEpoch: 2, leader: 2, leaderEpoch: 1 });
    },
  },
  {
    name: 'two leaders in one epoch',
    story: (run) => run.state({ leader: 2 }),
    violation: 'one leader epoch has two leaders',
  },
  {
    name: 'a leader epoch that falls',
    story: (run) => {
      run.state({ leader: 2, leaderEpoch: 4 });
      run.state({ leader: 2, leaderEpoch: 3 });
    },
    violation: 'the leader epoch has fallen',
  },
  {
    name: 'an empty ISR',
    story: (run) => run.state({ leader: -1, leaderEpoch: 1, isr: [] }),
    violation: 'the ISR is empty',
  },
  {
    name: 'a broker twice in the ISR',
    story: (run) => run.state({ isr: [1, 2, 2] }),
    violation: 'a broker is twice in the ISR',
  },
  {
    name: 'a leader outside of the ISR',
    story: (run) => run.state({ isr: [2, 3] }),
    violation: 'the leader is not in the ISR',
  },
  {
    name: 'an ISR beyond the assigned replicas',
    story: (run) => run.state({ isr: [1, 2, 3, 7] }),
    violation: '7 of the ISR is not assigned ([1,2,3])',
  },
  {
    name: 'an election outside of the ISR',
    story: (run) => {
      run.state({ isr: [1, 2] });
      run.state({ leader: 3, leaderEpoch: 1, isr: [3] });
    },
    violation: 'the new leader was not in the ISR',
  },
  {
    name: 'an election outside of the ISR where the topic allows it',
    story: (run) => {
      run.configure({ 'unclean.leader.election.enable': 'true' });
      run.state({ isr: [1, 2] });
      run.state({ leader: 3, leaderEpoch: 1, isr: [3] });
    },
  },
  {
    name: 'an election outside of the ISR where brokers allow it',
    settings: { 'unclean.leader.election.enable': 'true' },
    story: (run) => {
      run.state({ isr: [1] });
      run.state({ leader: 2, leaderEpoch: 1, isr: [2] });
    },
  },
  {
    name: 'an unclean leader that keeps others in the ISR',
    settings: { 'unclean.leader.election.enable': 'true' },
    story: (run) => {
      run.state({ isr: [1, 2] });
      run.state({ leader: 3, leaderEpoch: 1, isr: [2, 3] });
    },
    violation: 'an unclean leader is not alone in the ISR',
  },
  {
    name: 'an election that adds to the ISR',
    story: (run) => {
      run.state({ isr: [1, 2] });
      run.state({ leader: 2, leaderEpoch: 1, isr: [2, 3] });
    },
    violation: 'an election added 3 to the ISR',
  },
  {
    name: 'a controller epoch that is used twice',
    story: (run) => run.controller(1),
    violation: '/controller_epoch was 1 and became 1',
  },
  {
    name: 'a write of a deposed controller',
    story: (run) => {
      run.controller(2);
      run.state({ isr: [1, 2] });
    },
    violation: 'was written by another controller than that of epoch 2',
  },
  {
    name: 'a broker that is told of an older state later',
    story: (run) => {
      run.state({ isr: [1, 2] });
      const { believed } = run.brokers[1];
      run.state({ isr: [1, 2, 3] });
      run.pass();
      run.brokers[1].believed = believed;
      run.pass();
    },
    violation: 'broker 2 believes in partition epoch 2 of orders-0, after it was told of 3',
  },
  {
    name: 'a process that has to be told anew',
    story: (run) => {
      const { believed } = run.brokers[1];
      run.state({ isr: [1, 2] });
      run.pass();
      run.brokers[1].life = 2;
      run.brokers[1].believed = believed;
      run.pass();
    },
  },
  {
    name: 'a state that is none',
    story: (run) => run.set(`/brokers/topics/${TOPIC}/partitions/0/state`, Buffer.from('{')),
    violation: 'znode-format',
  },
  {
    name: 'a broker that has not heard of its successor leads in its own epoch',
    story: (run) => {
      run.state({ leader: 2, leaderEpoch: 1, isr: [2, 3] });
      run.brokers[1].has({ isLeader: true, leaderEpoch: 1 });
      run.pass();
    },
  },
  {
    name: 'a broker that leads in an epoch of another',
    story: (run) => {
      run.state({ leader: 2, leaderEpoch: 1, isr: [2, 3] });
      run.brokers[0].has({ isLeader: true, leaderEpoch: 1 });
      run.pass();
    },
    violation: 'broker 1 leads in epoch 1, which belongs to 2',
  },
  {
    name: 'a broker that leads in an epoch that nobody gave',
    story: (run) => {
      run.brokers[2].has({ isLeader: true, leaderEpoch: 9 });
      run.pass();
    },
    violation: 'broker 3 leads in epoch 9, which is in no state znode',
  },
  {
    name: 'a broker that is cut off and leads the old topic of a name',
    story: (run) => {
      run.askDeletion();
      run.deleteTopic();
      run.assign([1, 2, 3]);
      run.state({ leader: 2, leaderEpoch: 0, isr: [2] });
      run.brokers[0].has({ isLeader: true, leaderEpoch: 0 }, [batch({ ids: ['old'] })]);
      run.pass();
    },
  },
];

test.each(ROWS)('$name', ({ settings, story, violation }) => {
  const run = new StagedRun(settings);
  story(run);
  expect(run.violations[0] ?? 'none').toContain(violation ?? 'none');
});

import { silentLog } from '../../../src/platform/silent-log';
import type { ZooKeeperSession } from '../../../src/zookeeper/session';
import { KafkaZooKeeper } from '../../../src/zookeeper/store';
import { MachineClock } from '../machine/clock';
import { SimulatedSessions } from './simulated-sessions';

const text = (value: string): Buffer => Buffer.from(value);

describe('a reply that is lost after the commit', () => {
  const losing = async () => {
    const sessions = new SimulatedSessions();
    const session = await sessions.open('b1');
    await sessions.until(session.create('/a', text('0')));
    sessions.ensemble.loseReplies('b1', 1);
    return { sessions, session };
  };

  test.each`
    write                                                     | code             | because
    ${(s: ZooKeeperSession) => s.create('/new', null)}        | ${'NODE_EXISTS'} | ${'the first attempt made it'}
    ${(s: ZooKeeperSession) => s.setData('/a', text('1'), 0)} | ${'BAD_VERSION'} | ${'the first attempt set it'}
    ${(s: ZooKeeperSession) => s.delete('/a', 0)}             | ${'NO_NODE'}     | ${'the first attempt deleted it'}
  `('shows as $code, maybe done: $because', async ({ write, code }) => {
    const { sessions, session } = await losing();
    await expect(sessions.until(write(session))).rejects.toMatchObject({ code, maybeDone: true });
    expect(session.state).toBe('connected');
  });

  test('does not make an election lost (KAFKA-13407)', async () => {
    const { sessions, session } = await losing();
    const clock = new MachineClock(sessions.machine('b1'));
    const store = new KafkaZooKeeper(session, { clock, log: silentLog });
    sessions.ensemble.loseReplies('b1', 0);
    await sessions.until(store.cluster.ensureRoots());
    await sessions.until(session.create('/controller_epoch', text('6')));
    sessions.ensemble.loseReplies('b1', 1);
    expect(await sessions.until(store.election.elect(1))).toEqual({
      won: true,
      epoch: 7,
      epochZkVersion: 1,
    });
  });
});

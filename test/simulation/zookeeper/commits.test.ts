import type { CommittedChange } from './commits';
import { SimulatedSessions } from './simulated-sessions';

const text = (value: string): Buffer => Buffer.from(value);

describe('the committed changes', () => {
  test('are told in order, with who made them', async () => {
    const sessions = new SimulatedSessions('8');
    const changes: CommittedChange[] = [];
    sessions.ensemble.onCommit((change) => changes.push(change));
    const session = await sessions.open('b1');
    const { sessionId } = session;
    await sessions.until(session.create('/e', text('1'), 'ephemeral'));
    await sessions.until(session.setData('/e', text('2'), 0));
    await sessions.until(session.close());
    const common = { path: '/e', czxid: changes[0]?.zxid, ephemeralOwner: sessionId, sessionId };
    expect(changes).toMatchObject([
      { ...common, change: 'created', data: text('1'), version: 0 },
      { ...common, change: 'changed', data: text('2'), version: 1 },
      { ...common, change: 'deleted', data: text('2'), version: 1 },
    ]);
    const zxids = changes.map(({ zxid }) => zxid);
    expect(zxids).toEqual([...zxids].sort((a, b) => a - b));
  });
});

describe('the same seed', () => {
  const run = async (seed: string): Promise<string> => {
    const sessions = new SimulatedSessions(seed);
    const { ensemble, world } = sessions;
    const names = ['b1', 'b2', 'b3'];
    const opened = [];
    for (const name of names) opened.push(await sessions.open(name));
    opened.forEach((session, index) => {
      session.watchChildren('/', () => world.note(names[index] ?? '', 'children'));
      void (async () => {
        for (let i = 0; i < 50; i++) {
          const path = `/${String(index)}-${String(i)}`;
          await session.create(path, null).catch(() => undefined);
          await session.getChildren('/').catch(() => undefined);
        }
      })();
    });
    ensemble.delayWatches(50);
    for (const index of [0, 1, 2]) {
      ensemble.cutOff(index);
      ensemble.loseReplies('b2', 2);
      await sessions.pass(3_000);
      ensemble.mend(index);
      ensemble.stopLeader(500);
      ensemble.expireSessionsOf('b1');
      await sessions.pass(3_000);
    }
    return world.trace.digest;
  };

  test('gives the same trace, and another seed another one', async () => {
    const [one, again, other] = [await run('a'), await run('a'), await run('b')];
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });
});

import type { ZooKeeperSession } from '../../../src/zookeeper/session';
import { SimulatedSessions } from './simulated-sessions';

const text = (value: string): Buffer => Buffer.from(value);
const numberOf = (data: Buffer | null): number => Number(data?.toString());

describe('servers that lag', () => {
  test('answer a write once they have it themselves, and tell of it before later reads', async () => {
    const sessions = new SimulatedSessions('2');
    const { ensemble } = sessions;
    ensemble.delayWatches(400);
    const readers = [];
    for (const host of ensemble.hosts) readers.push(await sessions.open(`r-${host}`, [host]));
    const writer = await sessions.open('w', ['zk1']);
    await sessions.until(writer.create('/n', text('0')));
    expect(numberOf((await sessions.until(writer.getData('/n'))).data)).toBe(0);

    const told: boolean[] = [];
    for (const reader of readers) {
      await sessions.passUntil(() => ensemble.tree.get('/n') !== undefined);
      let hasHeard = false;
      reader.watchData('/n', () => (hasHeard = true));
      await sessions.until(eventuallyThere(reader));
      const { stat } = await sessions.until(reader.getData('/n'));
      await sessions.until(writer.setData('/n', text('x'), -1));
      for (;;) {
        const read = await sessions.until(reader.getData('/n'));
        if (read.stat.version === stat.version) continue;
        told.push(hasHeard);
        break;
      }
    }
    expect(told).toEqual([true, true, true]);
  });

  test('show the past to those that do not write', async () => {
    const sessions = new SimulatedSessions('3');
    const { ensemble } = sessions;
    const readers = [];
    for (const host of ensemble.hosts) readers.push(await sessions.open(`r-${host}`, [host]));
    const writer = await sessions.open('w');
    await sessions.until(writer.create('/n', text('0')));
    await sessions.pass(1_000);
    ensemble.delayWatches(2_000);
    void writer.setData('/n', text('1'), 0);
    await sessions.passUntil(() => ensemble.tree.get('/n')?.version === 1);
    const reads = await sessions.until(Promise.all(readers.map((each) => each.getData('/n'))));
    expect(reads.map(({ data }) => numberOf(data))).toContain(0);
    await sessions.pass(3_000);
    const later = await sessions.until(Promise.all(readers.map((each) => each.getData('/n'))));
    expect(later.map(({ data }) => numberOf(data))).toEqual([1, 1, 1]);
  });

  test.each(['1', '2', '3', '4', '5'])(
    'never take a client back in time that moves between them (seed %s)',
    async (seed) => {
      const sessions = new SimulatedSessions(seed);
      const { ensemble, world } = sessions;
      const writer = await sessions.open('w');
      const reader = await sessions.open('r');
      await sessions.until(writer.create('/n', text('0')));
      ensemble.delayWatches(300);
      let isDone = false;
      const writing = (async () => {
        for (let i = 1; i <= 100; i++) await writer.setData('/n', text(String(i)), -1);
        isDone = true;
      })();
      const seen: number[] = [];
      const reading = (async () => {
        while (!isDone) {
          const data = await reader.getData('/n').catch(() => undefined);
          if (data) seen.push(numberOf(data.data));
          await world.sleep(5);
        }
      })();
      const moving = (async () => {
        while (!isDone) {
          ensemble.resetConnectionsOf('r');
          await world.sleep(world.random.below(300));
        }
      })();
      await sessions.until(Promise.all([writing, reading, moving]));
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect(new Set(seen).size).toBeGreaterThan(3);
    },
  );
});

async function eventuallyThere(session: ZooKeeperSession): Promise<void> {
  while (!(await session.exists('/n')));
}

import { StorageFixture, aBatch, append, readAll } from '../builders/storage';

describe('a log', () => {
  const fixture = new StorageFixture();
  afterAll(() => fixture.end());

  test('smoke', async () => {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    append(fixture, log, aBatch(['a', 'b']));
    append(fixture, log, aBatch(['c']));
    expect(log.logEndOffset).toBe(3);
    expect(await readAll(log)).toMatchObject([{ value: 'a' }, { value: 'b' }, { value: 'c' }]);
    await manager.stop();
    const again = await fixture.start();
    const same = fixture.log(again);
    expect(same.logEndOffset).toBe(3);
    expect(await readAll(same)).toMatchObject([{ value: 'a' }, { value: 'b' }, { value: 'c' }]);
    again.abandon();
    const third = await fixture.start();
    expect(await readAll(fixture.log(third))).toHaveLength(3);
  });
});

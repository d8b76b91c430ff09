import { MetricsRegistry } from '../../src/metrics/registry';
import { LoadingProgress } from '../../src/storage/loading-progress';
import { StorageFixture } from '../builders/storage';
import { ManualClock } from '../builders/manual-clock';
import { RecordingLog } from '../builders/recording-log';

test('every few seconds the log says how many logs are loaded, and how long the rest will take', () => {
  const clock = new ManualClock();
  const log = new RecordingLog();
  const progress = new LoadingProgress();
  progress.begin(100, 2);
  const report = progress.report({ clock, log }, '/data');
  clock.advance(5000);
  for (let i = 0; i < 25; i++) progress.noteLoaded();
  expect(progress.remainingLogs).toBe(75);
  expect(log.lines).toEqual([
    { level: 'info', message: 'loading logs', fields: { directory: '/data', loaded: 0, of: 100 } },
  ]);
  report.stop();
  clock.advance(60_000);
  expect(log.lines).toHaveLength(1);
});

test('the time left follows from the time that each log took', async () => {
  const clock = new ManualClock();
  const log = new RecordingLog();
  const progress = new LoadingProgress();
  progress.begin(100, 1);
  const report = progress.report({ clock, log }, '/data');
  for (let i = 0; i < 20; i++) progress.noteLoaded();
  clock.advance(5000);
  expect(log.lines[0]?.fields).toMatchObject({ loaded: 20, of: 100, secondsLeft: 20 });
  report.stop();
});

/** Every look at it is later than the one before. */
class RushingClock extends ManualClock {
  #ms = 0;

  override monotonicMs(): number {
    return (this.#ms += 20);
  }
}

test('a start counts logs down to zero, and the event loop turns in between', async () => {
  const clock = new RushingClock();
  const metrics = new MetricsRegistry();
  const remaining = (): number | undefined => {
    const name = 'kafka_log_logmanager_remaininglogstorecover';
    const metric = [...metrics.metrics].find((each) => each.name === name);
    return [...(metric?.read(0) ?? [])][0]?.value;
  };
  const fixture = new StorageFixture({ platform: { clock } });
  try {
    const first = await fixture.start();
    for (let partition = 0; partition < 5; partition++) fixture.log(first, 'topic', partition);
    await first.stop();
    let isLoaded = false;
    const starting = fixture.manager({}, metrics).start();
    void starting.then(() => (isLoaded = true));
    const seen: (number | undefined)[] = [];
    while (!isLoaded) {
      seen.push(remaining());
      clock.endTick();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(seen).toEqual([5, 4, 3, 2, 1, 0]);
  } finally {
    fixture.end();
  }
});

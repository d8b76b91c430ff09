import { nodePlatform } from '../../src/platform/node';

const { process: monitor } = nodePlatform();

/** Keeps the event loop from anything else. */
function blockFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** The watch looks every 10 ms; this lets it look once or more. */
async function untilLookedAt(): Promise<void> {
  for (const end = performance.now() + 25; performance.now() < end;) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('the use of the processor grows with work', () => {
  const before = monitor.usage();
  blockFor(30);
  const after = monitor.usage();
  const seconds = (usage: typeof before): number => usage.cpuUserSeconds + usage.cpuSystemSeconds;
  expect(seconds(after)).toBeGreaterThan(seconds(before));
  expect(after.residentBytes).toBeGreaterThan(after.heapUsedBytes);
});

test('a blocked event loop is seen once, and a read begins anew', async () => {
  const watch = monitor.watchLoopDelay();
  await untilLookedAt();
  watch.read();
  await untilLookedAt(); // The first look after a read only begins the measuring.
  blockFor(100);
  await untilLookedAt();
  const blocked = watch.read();
  expect(blocked.maxSeconds).toBeGreaterThan(0.08);
  expect(blocked.p99Seconds).toBeLessThanOrEqual(blocked.maxSeconds);
  expect(watch.read()).toEqual({
    p50Seconds: 0,
    p90Seconds: 0,
    p99Seconds: 0,
    maxSeconds: 0,
  });
  watch.stop();
});

test('a busy event loop has less idle time than an idle one', async () => {
  const before = monitor.loopTime();
  blockFor(60);
  await untilLookedAt();
  const after = monitor.loopTime();
  const activeMs = after.activeMs - before.activeMs;
  expect(activeMs).toBeGreaterThan(50);
  expect(after.idleMs - before.idleMs).toBeLessThan(activeMs);
});

test('what the system tells of the process', () => {
  const { startedMs, nodeVersion, heapTotalBytes, heapUsedBytes } = monitor.usage();
  expect(startedMs).toBeLessThan(Date.now());
  expect(nodeVersion).toBe(process.version);
  expect(heapTotalBytes).toBeGreaterThanOrEqual(heapUsedBytes);
  const isLinux = process.platform === 'linux';
  expect(monitor.openFileDescriptors() !== undefined).toBe(isLinux);
});

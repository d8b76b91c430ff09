import { LogHistory } from './log-history';

/** Each of these once found a fault. */
const REGRESSIONS: readonly number[] = [484, 1988, 2459];
const FIRST_SEED = Number(process.env['ODRADEK_FIRST_SEED'] ?? 1);
const HISTORIES = Number(process.env['ODRADEK_HISTORIES'] ?? 60);

test(
  `a log does what a list of batches would do, in ${String(HISTORIES)} histories`,
  async () => {
    const seeds = [...REGRESSIONS, ...Array.from({ length: HISTORIES }, (_, i) => FIRST_SEED + i)];
    const failed: string[] = [];
    for (const seed of seeds) {
      const history = new LogHistory(seed);
      try {
        await history.run();
      } catch (error) {
        failed.push(
          `seed ${String(seed)}: ${String(error)}\n${history.steps.slice(-12).join('\n')}`,
        );
        if (failed.length === 5) break;
      }
    }
    expect(failed).toEqual([]);
  },
  24 * 3_600_000,
);

import { LogHistory } from './log-history';

/** Each of these once found a fault: without power cuts and compactions, and with them. */
const CALM_REGRESSIONS: readonly number[] = [484, 1988, 2459];
const REGRESSIONS: readonly number[] = [
  13, 133, 151, 162, 434, 579, 606, 1083, 1589, 4400, 4610, 4844, 8274, 9591, 9635,
];
const FIRST_SEED = Number(process.env['ODRADEK_FIRST_SEED'] ?? 1);
const STEPS_SHOWN = Number(process.env['ODRADEK_STEPS_SHOWN'] ?? 12);
const HISTORIES = Number(process.env['ODRADEK_HISTORIES'] ?? 60);

test(
  `a log does what a list of batches would do, in ${String(HISTORIES)} histories`,
  async () => {
    const seeds = [...REGRESSIONS, ...Array.from({ length: HISTORIES }, (_, i) => FIRST_SEED + i)];
    const histories = [
      ...CALM_REGRESSIONS.map((seed) => ({ seed, hasFaults: false })),
      ...seeds.map((seed) => ({ seed, hasFaults: true })),
    ];
    const failed: string[] = [];
    for (const { seed, hasFaults } of histories) {
      const history = new LogHistory(seed, hasFaults);
      try {
        await history.run();
      } catch (error) {
        failed.push(
          `seed ${String(seed)}: ${String(error)}\n${history.steps.slice(-STEPS_SHOWN).join('\n')}`,
        );
        if (failed.length === 5) break;
      }
    }
    expect(failed).toEqual([]);
  },
  24 * 3_600_000,
);

import { medians } from '../measure.mjs';

const STARTS = 3;

export const start = {
  name: 'start',
  title: 'Start of an empty broker',
  goals: { startMs: { atMost: 0.3 }, residentMb: { atMost: 0.3 } },
  async measure({ startCluster }) {
    const measured = [];
    const cluster = await startCluster(1);
    await cluster.stop();
    for (let i = 0; i < STARTS; i++) {
      const startMs = await cluster.start();
      const { cpuSeconds, residentMb } = cluster.usage();
      measured.push({ startMs, cpuSeconds, residentMb });
      await cluster.stop();
    }
    return medians(measured);
  },
};

/** What a load cost the brokers. */

const MS_PER_SECOND = 1000;

/**
 * Runs a load that answers `{ seconds, mb, ...figures }` (`mb` only if it moved much) and adds to its figures the
 * brokers' CPU time, that for each MB, the share of a core that each left idle (below 0: more than one core was
 * busy), and their peak memory. `seconds`: the load's own time; its process takes longer to start and to end.
 */
export async function measureLoad(cluster, load) {
  const before = cluster.usage();
  const { seconds, mb, ...figures } = await load();
  const after = cluster.usage();
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  return {
    ...figures,
    cpuSeconds,
    ...(mb === undefined ? {} : { cpuMsPerMb: (cpuSeconds * MS_PER_SECOND) / mb }),
    idleShare: 1 - cpuSeconds / seconds / cluster.size,
    peakMb: after.peakMb,
  };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of each figure over several measurements. */
export function medians(measurements) {
  const names = Object.keys(measurements[0]);
  return Object.fromEntries(
    names.map((name) => [name, median(measurements.map((figures) => figures[name]))]),
  );
}

/** The page of a soak, and what is wrong with its figures. */
import { median } from './measure.mjs';
import { machine } from './usage.mjs';

/** Memory of the last third above that of the second one: more than this is a leak. */
const MOST_GROWTH = 1.05;
const MOST_P99_MS = 20;
const BYTES = 1024;
const MB = 1024 ** 2;

const COLUMNS = [
  ['minute', (each) => each.minute],
  ['resident MB', (each) => each.residentMb.toFixed(0)],
  ['heap MB', (each) => each.heapMb.toFixed(0)],
  ['buffers MB', (each) => each.externalMb.toFixed(0)],
  ['loop delay p99 ms', (each) => each.p99Ms.toFixed(1)],
  ['longest ms', (each) => each.maxMs.toFixed(0)],
  ['CPU s', (each) => each.cpuSeconds.toFixed(0)],
];

const row = (cells) => `| ${cells.join(' | ')} |`;
const medianMemory = (samples) => median(samples.map(({ residentMb }) => residentMb));
const inGb = (records) => ((records * BYTES) / MB / 1024).toFixed(1);

export function soakReport({ samples, compactions, diskMb }) {
  const third = Math.ceil(samples.length / 3);
  const middle = medianMemory(samples.slice(third, 2 * third));
  const last = medianMemory(samples.slice(-third));
  const worstP99Ms = Math.max(...samples.map(({ p99Ms }) => p99Ms));
  const { produced, keyed, consumed } = samples.at(-1);
  const { cpu, memory, kernel } = machine();
  const problems = [];
  if (last > middle * MOST_GROWTH) problems.push('memory grew');
  if (worstP99Ms >= MOST_P99_MS) problems.push(`a loop delay p99 of ${worstP99Ms.toFixed(1)} ms`);
  if (compactions === 0) problems.push('nothing was compacted');
  const text = [
    '# Half an hour at full speed',
    '',
    `One broker on ${cpu}, ${memory}, ${kernel}, Node ${process.version}, which shares its cores with Java clients, at a lower priority, that`,
    'produce and consume all the time (`npm run soak`): 1 KB records into a topic that keeps 256 MB, keyed ones',
    'into a compacted topic, and a consumer from the beginning, again and again.',
    '',
    `In ${samples.length} minutes: ${inGb(produced)} GB produced, ${inGb(keyed)} GB with keys, ${inGb(consumed)} GB consumed;`,
    `${compactions} compactions; ${diskMb.toFixed(0)} MB left in log files.`,
    '',
    `Resident memory, medians of the second and the last third: ${middle.toFixed(0)} and ${last.toFixed(0)} MB.`,
    `The highest p99 of event-loop delay in any minute: ${worstP99Ms.toFixed(1)} ms.`,
    '',
    row(COLUMNS.map(([title]) => title)),
    row(COLUMNS.map(() => '---')),
    ...samples.map((each) => row(COLUMNS.map(([, show]) => show(each)))),
    '',
  ].join('\n');
  return { text, problems };
}

/** The values of the records: made or read before the measurement, and then sent by turns. */
import type { Files, Random } from '../../platform/ports';
import { PerfError } from '../perf-error';

export type PayloadSource =
  | { readonly kind: 'random'; readonly sizeBytes: number }
  | { readonly kind: 'file'; readonly path: string; readonly delimiter: string };

/** Values differ for so many bytes: more than a batch holds, so that compression finds no repetition. */
const POOL_BYTES = 2 ** 21;
const FEWEST = 4;
const LETTERS = 26;
const LETTER_A = 65;

/** Throws a `PerfError` if the file is missing or has no value in it. */
export function payloads(
  source: PayloadSource,
  outside: { readonly files: Files; readonly random: Random },
): readonly Buffer[] {
  return source.kind === 'random'
    ? randomPayloads(source.sizeBytes, outside.random)
    : filePayloads(source, outside.files);
}

/** Capital letters, as Kafka's tool sends them. */
function randomPayloads(sizeBytes: number, random: Random): Buffer[] {
  const count = Math.max(FEWEST, Math.ceil(POOL_BYTES / sizeBytes));
  const pool = random.bytes(count * sizeBytes);
  for (let at = 0; at < pool.length; at++) pool[at] = ((pool[at] ?? 0) % LETTERS) + LETTER_A;
  return Array.from({ length: count }, (_, i) => pool.subarray(i * sizeBytes, (i + 1) * sizeBytes));
}

function filePayloads(
  { path, delimiter }: { readonly path: string; readonly delimiter: string },
  files: Files,
): Buffer[] {
  const content = files.readFileSync(path);
  if (!content) throw new PerfError(`there is no payload file ${path}`);
  const values: Buffer[] = [];
  for (let start = 0; start < content.length;) {
    const found = content.indexOf(delimiter, start);
    const end = found < 0 ? content.length : found;
    if (end > start) values.push(content.subarray(start, end));
    start = end + Buffer.byteLength(delimiter);
  }
  if (values.length === 0) throw new PerfError(`the payload file ${path} has no value in it`);
  return values;
}

/** Batches and message sets as Kafka's own classes read and write them: see test/external/conformance/java/WireCheck.java. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { batches, readRecords } from '../../src/protocol/records/reader';
import type { Record } from '../../src/protocol/records/reader';
import { javaArguments } from './kafka';
import { run } from './process';

const SOURCE = join(__dirname, '..', 'external', 'conformance', 'java', 'WireCheck.java');

/** Has Kafka's classes do what each line asks for; one answer a line. */
export async function askKafka(lines: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'odradek-wire-'));
  try {
    const questions = join(folder, 'questions');
    const answers = join(folder, 'answers');
    writeFileSync(questions, lines.join('\n'));
    await run('java', javaArguments(SOURCE, [questions, answers]), { timeoutMs: 120_000 });
    return readFileSync(answers, 'utf8').trimEnd().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A record as the Java side tells it. */
export function told({ offset, timestamp, key, value, headers }: Record): string {
  const hex = (bytes: Buffer | null): string => bytes?.toString('hex') ?? 'null';
  const parts = headers.map((header) => `${header.key}=${hex(header.value)}`);
  return [String(offset), String(timestamp), hex(key), hex(value), ...parts].join(',');
}

/** Every record of the batches, or message sets, in `bytes`. */
export function toldAll(bytes: Buffer): string {
  return Array.from(batches(bytes), ({ position, size }) => [
    ...readRecords(bytes.subarray(position, position + size)),
  ])
    .flat()
    .map(told)
    .join(' ');
}

/** The records that the Java side writes for the same count. */
export function someRecords(count: number): Omit<Record, 'offset'>[] {
  return Array.from({ length: count }, (_, index) => ({
    key: index % 3 === 0 ? null : Buffer.from(`key ${String(index)}`),
    value: index % 5 === 4 ? null : Buffer.from('value '.repeat(index % 40)),
    headers:
      index % 2 === 0
        ? []
        : [
            {
              key: `h${String(index)}`,
              value: index % 3 === 0 ? null : Buffer.from(`key ${String(index)}`),
            },
          ],
    timestamp: 1_700_000_000_000 + index * 7,
  }));
}

/** The page docs/reference/performance.md: what was measured, on what, how, and the tables. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { KAFKA_VERSION } from './kafka-jars.mjs';
import { run } from './processes.mjs';
import { machine } from './usage.mjs';

async function javaVersion(folder) {
  const output = await run('java', ['-version'], join(folder, 'java-version.log'));
  return output.split('\n')[1] ?? output;
}

export async function pageOf({ reports, rounds, heapMb, root, folder }) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { cpu, memory, kernel } = machine();
  return `# Performance beside Apache Kafka

Written by \`npm run bench -- --rounds ${rounds} --write\`; do not edit. Absolute figures are those of one machine: what
means something is the ratio, Odradek's figure divided by Kafka's, as the median of the rounds' ratios.

- ${cpu}, ${memory} of memory, ${kernel}, Node ${process.versions.node}, ${await javaVersion(folder)}
- ${new Date().toISOString().slice(0, 10)}, Odradek ${version} and Apache Kafka ${KAFKA_VERSION}, ${rounds} rounds (compaction: one)

## How it is measured

Both run in turn, in changing order, with the same settings, on the same embedded ZooKeeper server and the same
cores, which brokers, clients and ZooKeeper share. The load comes from Kafka's own Java tools (ProducerPerformance,
ConsumerPerformance, EndToEndLatency); compaction's keyed records come from bench/java. Kafka has a heap of ${heapMb} MiB
and the flags of its own start script. A shorter, unmeasured load of the same kind goes before each measured one, so that
compilers are warm. CPU time and memory are those of the broker processes together, from /proc; an idle share below 0
means more than one core was busy. Kafka's tools count latencies in whole milliseconds. Nothing is flushed by either side
before it answers, as in Kafka's default. Every produced record is checked to be there.

## Results

${reports.join('\n')}`;
}

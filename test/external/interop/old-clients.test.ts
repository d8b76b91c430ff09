/** Clients that are told to speak as to brokers of before Kafka 0.11: message sets both ways. */
import { join } from 'node:path';

import { run } from '../../builders/process';
import { PYTHON, useCluster } from './one-cluster';

const cluster = useCluster();

const MESSAGES = Array.from({ length: 2000 }, (_, i) => `message ${String(i)}`);

function kcat(version: string | undefined, args: readonly string[], input?: string) {
  const old = version === undefined ? [] : ['-X', 'api.version.request=false'];
  const fallback = version === undefined ? [] : ['-X', `broker.version.fallback=${version}`];
  return run(
    'kcat',
    ['-b', cluster().bootstrapServers, ...old, ...fallback, ...args],
    input === undefined ? {} : { input },
  );
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

const VERSIONS = ['0.8.2', '0.9.0', '0.10.0', '0.10.2'];

describe.each(VERSIONS)('librdkafka as towards %s', (version) => {
  test.each(['none', 'gzip', 'snappy', 'lz4'])(
    'produces with %s what every version consumes',
    async (codec) => {
      const topic = `kcat-${version}-${codec}`;
      const args = ['-P', '-t', topic, '-p', '0', '-z', codec, '-X', 'acks=all'];
      await kcat(version, args, MESSAGES.join('\n'));
      for (const reader of [version, undefined]) {
        const consumed = await kcat(reader, ['-C', '-t', topic, '-p', '0', '-e', '-q', '-o', '0']);
        expect(lines(consumed)).toEqual(MESSAGES);
      }
    },
    60_000,
  );

  test('consumes what a producer of today wrote, from within a batch', async () => {
    const topic = `kcat-new-${version}`;
    await kcat(undefined, ['-P', '-t', topic, '-p', '0', '-H', 'h=lost'], MESSAGES.join('\n'));
    const args = ['-C', '-t', topic, '-p', '0', '-e', '-q', '-o', '1234', '-f', '%o %s\\n'];
    expect(lines(await kcat(version, args))).toEqual(
      MESSAGES.slice(1234).map((message, index) => `${String(1234 + index)} ${message}`),
    );
  }, 60_000);
});

test('kafka-python as towards 0.8 to 0.10', async () => {
  const script = join(__dirname, 'old_kafka_python.py');
  const output = await run(PYTHON, [script, cluster().bootstrapServers], { timeoutMs: 150_000 });
  expect(output).toContain('all old clients work');
}, 180_000);

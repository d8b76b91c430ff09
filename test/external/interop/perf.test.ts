/** `odradek perf` measures Apache Kafka as it does Odradek; Kafka's tools read what it wrote. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { kafkaTool, startKafkaBroker } from '../../builders/kafka';
import { odradek } from '../../builders/odradek-process';
import type { Outcome } from '../../builders/odradek-process';
import { freePorts, temporaryFolder } from '../../builders/process';
import type { RunningProcess } from '../../builders/process';
import { startRealZooKeeper } from '../../builders/zookeeper';

const LIMIT_MS = 180_000;
const folder = temporaryFolder('perf-kafka');
let zookeeper: Awaited<ReturnType<typeof startRealZooKeeper>>;
let broker: RunningProcess;
let bootstrap: string;

beforeAll(async () => {
  zookeeper = await startRealZooKeeper();
  const [port = 0] = await freePorts(1);
  bootstrap = `127.0.0.1:${String(port)}`;
  const place = { id: 1, port, zookeeper: zookeeper.connectString, folder: folder.path };
  broker = await startKafkaBroker(place);
}, LIMIT_MS);

afterAll(async () => {
  broker.signal('SIGKILL');
  await broker.exited;
  await zookeeper.stop();
  folder.remove();
}, LIMIT_MS);

const perf = (command: string, ...args: string[]): Promise<Outcome> =>
  odradek('perf', command, '-b', bootstrap, ...args);

test.each`
  settings                                 | because
  ${['acks=all']}                          | ${'an idempotent producer, as by default'}
  ${['acks=1', 'compression.type=gzip']}   | ${'gzip'}
  ${['acks=1', 'compression.type=snappy']} | ${'snappy'}
  ${['acks=all', 'compression.type=lz4']}  | ${'lz4'}
  ${['acks=all', 'compression.type=zstd']} | ${'zstd'}
  ${['acks=0', 'linger.ms=5']}             | ${'nothing is answered'}
`(
  'Kafka takes $settings, and its own consumer reads every record ($because)',
  async ({ settings }: { settings: string[] }) => {
    const topic = ['--topic', settings.join('-').replaceAll('=', '.')];
    const set = settings.flatMap((setting) => ['--set', setting]);
    const shape = ['--partitions', '3', '--num-records', '20000', '--json'];
    const produced = await perf('produce', ...topic, ...shape, ...set);
    expect(produced.stderr).toBe('');
    expect(JSON.parse(produced.stdout)).toMatchObject({ records: 20_000 });
    const consumed = await perf('consume', ...topic, '--num-records', '20000', '--json');
    expect(JSON.parse(consumed.stdout)).toMatchObject({ records: 20_000, mb: 19.53125 });
    const theirs = await kafkaTool('kafka-consumer-perf-test', [
      ...['--bootstrap-server', bootstrap, ...topic, '--messages', '20000', '--timeout', '20000'],
    ]);
    expect(theirs).toMatch(/, 19\.5313, [\d.]+, 20000, /);
  },
  LIMIT_MS,
);

test(
  'what the Kafka tool wrote is read, and both tell the summary in the same words',
  async () => {
    const topic = ['--topic', 'words'];
    const theirs = await kafkaTool('kafka-producer-perf-test', [
      ...[...topic, '--num-records', '5000', '--record-size', '100', '--throughput', '-1'],
      ...['--producer-props', `bootstrap.servers=${bootstrap}`, 'compression.type=lz4'],
    ]);
    const ours = await perf('produce', ...topic, '--num-records', '5000', '--record-size', '100');
    const inWords = (text: string): string | undefined =>
      text
        .trim()
        .split('\n')
        .at(-1)
        ?.replaceAll(/\d+\.(\d+)/g, (_, decimals: string) => `#.${'d'.repeat(decimals.length)}`)
        .replaceAll(/\b\d+ ms/g, '# ms');
    expect(inWords(ours.stdout)).toBe(inWords(theirs));
    const consumed = await perf('consume', ...topic, '--num-records', '10000', '--json');
    expect(JSON.parse(consumed.stdout)).toMatchObject({ records: 10_000 });
  },
  LIMIT_MS,
);

test(
  'measures latency and a matrix',
  async () => {
    const latency = await perf('latency', '--topic', 'latency', '--num-records', '500', '--json');
    expect(latency.stderr).toBe('');
    expect(JSON.parse(latency.stdout)).toMatchObject({ records: 500 });
    const [csv, html] = [join(folder.path, 'matrix.csv'), join(folder.path, 'matrix.html')];
    const few = ['--threads', '1,2', '--acks', '1,all,0', '--linger', '0,5', '--partitions', '1,3'];
    const files = ['--csv', csv, '--html', html];
    const matrix = await perf('matrix', '--num-records', '3000', ...few, ...files);
    expect(matrix).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(csv, 'utf8').trim().split('\n')).toHaveLength(1 + 10);
    const topics = await kafkaTool('kafka-topics', ['--bootstrap-server', bootstrap, '--list']);
    expect(topics).not.toContain('odradek-perf-');
  },
  LIMIT_MS,
);

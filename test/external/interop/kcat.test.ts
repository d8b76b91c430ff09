/** kcat, and with it librdkafka: produce with every codec, consume, groups, offsets, metadata. */
import { run } from '../../builders/process';
import { useCluster } from './one-cluster';

const cluster = useCluster({ 'num.partitions': '3', 'default.replication.factor': '3' });

function kcat(args: readonly string[], input?: string): Promise<string> {
  return run(
    'kcat',
    ['-b', cluster().bootstrapServers, ...args],
    input === undefined ? {} : { input },
  );
}

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `message ${String(i)}`);

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
  'what is produced with %s compression is consumed again',
  async (codec) => {
    const topic = `kcat-${codec}`;
    const messages = numbered(2000);
    await kcat(['-P', '-t', topic, '-z', codec, '-X', 'acks=all'], messages.join('\n'));
    const consumed = await kcat(['-C', '-t', topic, '-e', '-q', '-o', 'beginning']);
    expect(lines(consumed).sort()).toEqual([...messages].sort());
  },
  60_000,
);

test('keys, headers and partitions are kept', async () => {
  await kcat(
    ['-P', '-t', 'kcat-keyed', '-p', '1', '-K', ':', '-H', 'origin=here'],
    'k1:v1\nk2:v2\n',
  );
  const format = '%p %o %k %s %h\\n';
  const consumed = await kcat(['-C', '-t', 'kcat-keyed', '-p', '1', '-e', '-q', '-f', format]);
  expect(lines(consumed)).toEqual(['1 0 k1 v1 origin=here', '1 1 k2 v2 origin=here']);
}, 60_000);

test('an idempotent producer', async () => {
  const messages = numbered(5000);
  await kcat(['-P', '-t', 'kcat-idempotent', '-X', 'enable.idempotence=true'], messages.join('\n'));
  const consumed = await kcat(['-C', '-t', 'kcat-idempotent', '-e', '-q']);
  expect(lines(consumed).sort()).toEqual([...messages].sort());
}, 60_000);

test('a group goes on where it committed', async () => {
  const topic = 'kcat-group';
  await kcat(['-P', '-t', topic, '-p', '0'], 'one\ntwo\nthree\n');
  const group = [
    '-X',
    'auto.offset.reset=earliest',
    '-X',
    'session.timeout.ms=6000',
    '-G',
    'readers',
  ];
  const first = await kcat([...group, '-e', '-q', topic]);
  expect(lines(first)).toEqual(['one', 'two', 'three']);
  await kcat(['-P', '-t', topic, '-p', '0'], 'four\n');
  const second = await kcat([...group, '-e', '-q', topic]);
  expect(lines(second)).toEqual(['four']);
}, 90_000);

test('offsets are found by time', async () => {
  await kcat(['-P', '-t', 'kcat-times', '-p', '0'], 'early\n');
  const after = Date.now() + 1;
  while (Date.now() <= after) await new Promise((resolve) => setTimeout(resolve, 2));
  await kcat(['-P', '-t', 'kcat-times', '-p', '0'], 'late\n');
  const found = await kcat(['-Q', '-t', `kcat-times:0:${String(after)}`]);
  expect(found).toContain('kcat-times [0] offset 1');
}, 60_000);

test('the metadata names every broker, the controller, and each partition with its ISR', async () => {
  await kcat(['-P', '-t', 'kcat-metadata'], 'x\n');
  const metadata = JSON.parse(await kcat(['-L', '-J', '-t', 'kcat-metadata'])) as {
    brokers: { id: number }[];
    topics: { partitions: { replicas: object[]; isrs: object[] }[] }[];
  };
  expect(metadata.brokers.map(({ id }) => id).sort((a, b) => a - b)).toEqual([1, 2, 3]);
  const [topic] = metadata.topics;
  expect(topic?.partitions.length).toBe(3);
  for (const partition of topic?.partitions ?? []) {
    expect(partition.replicas.length).toBe(3);
    expect(partition.isrs.length).toBe(3);
  }
}, 60_000);

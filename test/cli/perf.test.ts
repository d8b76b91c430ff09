import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { startCluster } from '../../src/cluster';
import type { Cluster } from '../../src/cluster';
import { OdradekProcess, odradek } from '../builders/odradek-process';
import { temporaryFolder } from '../builders/process';

const LIMIT_MS = 120_000;

/** The last line of kafka-producer-perf-test, as scripts take it apart. */
const PRODUCE_TOTAL =
  /^(\d+)( steady state)? records sent, ([\d.]+) records\/sec \(([\d.]+) MB\/sec\), ([\d.]+) ms avg latency, ([\d.]+) ms max latency, (\d+) ms 50th, (\d+) ms 95th, (\d+) ms 99th, (\d+) ms 99\.9th\.$/;

let cluster: Cluster;
const folder = temporaryFolder('perf');

beforeAll(async () => {
  cluster = await startCluster({ brokers: 3 });
}, 60_000);
afterAll(async () => {
  await cluster.stop();
  folder.remove();
}, 60_000);
afterEach(() => OdradekProcess.killAll());

const perf = (command: string, ...args: string[]) =>
  odradek('perf', command, '-b', cluster.bootstrapServers, ...args);

/** How many records a topic gives to a consumer that reads all of it. */
async function countOf(topic: string, atLeast: number): Promise<number> {
  const args = ['--topic', topic, '--num-records', String(atLeast + 1), '--timeout', '1000'];
  const { stdout } = await perf('consume', '--json', ...args);
  return (JSON.parse(stdout) as { records: number }).records;
}

test(
  'produces to a topic that it makes, and says so in the words of the Kafka tool',
  async () => {
    const shape = ['--partitions', '6', '--replication-factor', '3'];
    const { code, stdout, stderr } = await perf(
      'produce',
      ...['--topic', 'words', ...shape, '--num-records', '5000', '--warmup-records', '1000'],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [total = '', steady = '', ...rest] = stdout.split('\n').filter((line) => line !== '');
    expect(rest).toEqual([]);
    expect(PRODUCE_TOTAL.exec(total)).toMatchObject({ 1: '5000', 2: undefined });
    expect(PRODUCE_TOTAL.exec(steady)).toMatchObject({ 1: '4000', 2: ' steady state' });
    const described = await odradek('topic', 'describe', 'words', '-b', cluster.bootstrapServers);
    expect(described.stdout.match(/^words /gm)).toHaveLength(6);
    expect(await countOf('words', 5_000)).toBe(5_000);
  },
  LIMIT_MS,
);

test.each`
  settings                                                | threads | because
  ${['acks=0']}                                           | ${1}    | ${'nothing is answered'}
  ${['acks=1', 'linger.ms=20']}                           | ${1}    | ${'batches wait to be fuller'}
  ${['acks=all', 'compression.type=gzip']}                | ${2}    | ${'each client has a process of its own'}
  ${['acks=all', 'compression.type=snappy']}              | ${1}    | ${'compressed batches are counted by their records'}
  ${['acks=1', 'compression.type=lz4', 'batch.size=700']} | ${1}    | ${'records larger than a batch go alone'}
  ${['acks=all', 'compression.type=zstd']}                | ${3}    | ${'more clients than cores'}
`(
  'what was produced with $settings by $threads is consumed: $because',
  async ({ settings, threads }: { settings: string[]; threads: number }) => {
    const topic = `round-${settings.join('-').replaceAll('=', '.')}-${String(threads)}`;
    const set = settings.flatMap((setting) => ['--set', setting]);
    const clients = ['--threads', String(threads), '--json'];
    const produced = await perf(
      'produce',
      ...['--topic', topic, '--partitions', '4', '--num-records', '3000', ...set, ...clients],
    );
    expect(produced.stderr).toBe('');
    expect(JSON.parse(produced.stdout)).toMatchObject({ records: 3_000, threads });
    const consumed = await perf('consume', '--topic', topic, '--num-records', '3000', ...clients);
    expect(consumed.stderr).toBe('');
    const figures = JSON.parse(consumed.stdout) as { records: number; mb: number };
    expect(figures.records).toBe(3_000);
    expect(figures.mb).toBeCloseTo((3_000 * 1_024) / 2 ** 20, 3);
  },
  LIMIT_MS,
);

test(
  'consumes with the columns of the Kafka tool, and warns when records are missing',
  async () => {
    const topic = ['--topic', 'columns'];
    await perf('produce', ...topic, '--num-records', '500', '--record-size', '100');
    const { code, stdout, stderr } = await perf(
      'consume',
      ...[...topic, '--num-records', '501', '--timeout', '700'],
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/^WARNING: Exiting before consuming .* timeout \(700 ms\) exceeded/);
    const [header = '', line = '', ...rest] = stdout.trim().split('\n');
    expect(rest).toEqual([]);
    expect(header.split(', ')).toHaveLength(10);
    const columns = line.split(', ');
    expect(columns).toHaveLength(10);
    expect(columns[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{3}$/);
    expect(Number(columns[2])).toBeCloseTo((500 * 100) / 2 ** 20, 3);
    expect(columns[4]).toBe('500');
  },
  LIMIT_MS,
);

test(
  'sends the values of a file by turns',
  async () => {
    const file = join(folder.path, 'values');
    writeFileSync(file, 'alpha;beta;gamma');
    const { code } = await perf(
      'produce',
      ...['--topic', 'file', '--partitions', '1', '--num-records', '4'],
      ...['--payload-file', file, '--payload-delimiter', ';'],
    );
    expect(code).toBe(0);
    const read = ['consume', 'file', '--from-beginning', '--exit-at-end'];
    const { stdout } = await odradek(...read, '-b', cluster.bootstrapServers);
    expect(stdout).toBe('alpha\nbeta\ngamma\nalpha\n');
  },
  LIMIT_MS,
);

test(
  'keeps to a rate',
  async () => {
    const limit = ['--num-records', '1000', '--throughput', '1000', '--json'];
    const { stdout } = await perf('produce', '--topic', 'rate', ...limit);
    const { recordsPerSecond } = JSON.parse(stdout) as { recordsPerSecond: number };
    expect(recordsPerSecond).toBeLessThan(1_010);
    expect(recordsPerSecond).toBeGreaterThan(300);
  },
  LIMIT_MS,
);

test.each(['1', '2'])(
  'Ctrl-C ends %s client(s) with what was measured until then, and 130',
  async (threads) => {
    const topic = `interrupted-${threads}`;
    const command = new OdradekProcess(
      [
        ...['perf', 'produce', '-b', cluster.bootstrapServers, '--topic', topic],
        ...['--num-records', '1000000000', '--throughput', '2000', '--threads', threads],
      ],
      { isGroup: true },
    );
    await command.untilPrinted(/records sent/);
    command.signalGroup('SIGINT');
    const { code, stdout, stderr } = await command.outcome();
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    const [, records = ''] = PRODUCE_TOTAL.exec(stdout.trim().split('\n').at(-1) ?? '') ?? [];
    expect(Number(records)).toBeGreaterThan(0);
    expect(await countOf(topic, Number(records))).toBe(Number(records));
  },
  LIMIT_MS,
);

test(
  'records outlive the loss of a leader: each is there once',
  async () => {
    const topic = ['--topic', 'moved'];
    const shape = ['--partitions', '6', '--replication-factor', '3'];
    const command = new OdradekProcess([
      ...['perf', 'produce', '-b', cluster.bootstrapServers, ...topic, ...shape],
      ...['--num-records', '28000', '--throughput', '4000'],
    ]);
    await command.untilPrinted(/records sent/);
    await cluster.killBroker(1);
    const { code, stdout, stderr } = await command.outcome();
    await cluster.restartBroker(1);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^28000 records sent/m);
    expect(await countOf('moved', 28_000)).toBe(28_000);
  },
  LIMIT_MS,
);

test(
  'measures latency with the last lines of the Kafka tool',
  async () => {
    const args = ['--num-records', '1200', '--warmup-records', '100', '--record-size', '200'];
    const { code, stdout, stderr } = await perf('latency', '--topic', 'latency', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trim().split('\n');
    expect(lines.map((line) => line.replaceAll(/[\d.]+/g, '#'))).toEqual([
      '#\t#',
      '#\t#',
      'Latency in ms: #th = #, #th = #, #th = #, #th = #, max = #',
      'Avg latency: # ms',
      'Percentiles: #th = #, #th = #, #th = #',
    ]);
    expect(lines[1]).toMatch(/^1000\t/);
    const json = await perf('latency', '--topic', 'latency', ...args, '--json');
    const figures = JSON.parse(json.stdout) as Record<string, number>;
    expect(figures).toMatchObject({ records: 1_100 });
    expect(figures['p50Ms']).toBeGreaterThan(0);
    expect(figures['p50Ms']).toBeLessThanOrEqual(figures['maxMs'] ?? 0);
    expect(await countOf('latency', 2_400)).toBe(2_400);
  },
  LIMIT_MS,
);

/** Seven rows of the seed's dimensions, small enough for a test. */
function matrixArguments(name: string): { csv: string; html: string; args: string[] } {
  const [csv, html] = [join(folder.path, `${name}.csv`), join(folder.path, `${name}.html`)];
  const sizes = ['--num-records', '2000', '--csv', csv, '--html', html];
  const few = ['--threads', '1,2', '--acks', '1,all', '--linger', '0', '--replicas', '1,3'];
  const some = ['--compression', 'none,lz4,zstd', '--partitions', '1,4'];
  return { csv, html, args: [...sizes, ...few, ...some] };
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

test(
  'a matrix writes a row for each measurement, and a page of plots, and leaves no topic behind',
  async () => {
    const { csv, html, args } = matrixArguments('whole');
    const { code, stdout, stderr } = await perf('matrix', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [header, ...rows] = linesOf(csv);
    expect(header).toMatch(
      /^threads,acks,linger\.ms,replicas,compression,partitions,record\.size,/,
    );
    expect(rows.map((row) => row.split(',').slice(0, 9).join(' '))).toEqual([
      '1 1 0 1 none 1 1024 10240 2000',
      '2 1 0 1 none 1 1024 10240 2000',
      '1 all 0 1 none 1 1024 10240 2000',
      '1 1 0 3 none 1 1024 10240 2000',
      '1 1 0 1 lz4 1 1024 10240 2000',
      '1 1 0 1 zstd 1 1024 10240 2000',
      '1 1 0 1 none 4 1024 10240 2000',
    ]);
    for (const row of rows)
      for (const cell of row.split(',').slice(9)) expect(Number(cell)).toBeGreaterThan(0);
    expect(stdout.match(/^\[\d\/7\] threads=/gm)).toHaveLength(7);
    expect(readFileSync(html, 'utf8')).toContain('uPlot');
    const topics = await odradek('topic', 'list', '-b', cluster.bootstrapServers);
    expect(topics.stdout).not.toContain('odradek-perf-');
    expect(await perf('matrix', ...args)).toMatchObject({
      code: 1,
      stderr: `odradek: ${csv} cannot be used: it exists; --resume goes on with it, --csv names another\n`,
    });
  },
  LIMIT_MS,
);

test(
  'a matrix that Ctrl-C ended keeps its rows, tells 130, and resumes with what is missing',
  async () => {
    const { csv, html, args } = matrixArguments('resumed');
    const command = new OdradekProcess(
      ['perf', 'matrix', '-b', cluster.bootstrapServers, ...args, '--throughput', '4000'],
      { isGroup: true },
    );
    await command.untilPrinted(/^\[2\/7\]/m);
    command.signalGroup('SIGINT');
    const { code, stderr } = await command.outcome();
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    const kept = linesOf(csv);
    expect(kept.length).toBeGreaterThanOrEqual(3);
    expect(kept.length).toBeLessThan(8);
    expect(readFileSync(html, 'utf8')).toContain('<h2>All rows</h2>');
    const topics = await odradek('topic', 'list', '-b', cluster.bootstrapServers);
    expect(topics.stdout).not.toContain('odradek-perf-');

    const resumed = await perf('matrix', ...args, '--resume');
    expect({ code: resumed.code, stderr: resumed.stderr }).toEqual({ code: 0, stderr: '' });
    expect(resumed.stdout).toContain(`/${String(8 - kept.length)}] threads=`);
    const all = linesOf(csv);
    expect(all).toHaveLength(8);
    expect(all.slice(0, kept.length)).toEqual(kept);
  },
  LIMIT_MS,
);

test.each`
  command      | args                                                                                   | code | complaint
  ${'produce'} | ${['-b', '127.0.0.1:1', '--topic', 'x', '--num-records', '1']}                         | ${1} | ${/^odradek: no broker answers at 127\.0\.0\.1:1: .*ECONNREFUSED.*\n$/}
  ${'consume'} | ${['-b', '127.0.0.1:1', '--topic', 'x', '--num-records', '1']}                         | ${1} | ${/^odradek: no broker answers at 127\.0\.0\.1:1: .*ECONNREFUSED.*\n$/}
  ${'produce'} | ${['-b', 'localhost', '--topic', 'x', '--num-records', '1']}                           | ${1} | ${/^odradek: "localhost" in the list of brokers is not host:port\n$/}
  ${'produce'} | ${['--topic', 'x', '--num-records', '0']}                                              | ${2} | ${/A whole number of 1 or more is needed/}
  ${'produce'} | ${['--topic', 'x', '--num-records', '1', '--throughput', '0']}                         | ${2} | ${/A number above 0 is needed, or -1 for no limit/}
  ${'produce'} | ${['--topic', 'x', '--num-records', '1', '--set', 'acks=3']}                           | ${1} | ${/^odradek: acks=3: one of all, -1, 0, 1 is needed\n$/}
  ${'produce'} | ${['--topic', 'x', '--num-records', '1', '--set', 'nonsense=3']}                       | ${1} | ${/^odradek: there is no setting nonsense here; there are acks, /}
  ${'produce'} | ${['--topic', 'x', '--num-records', '5', '--warmup-records', '5']}                     | ${1} | ${/^odradek: --warmup-records must be less than --num-records\n$/}
  ${'produce'} | ${['--topic', 'x', '--num-records', '1', '--record-size', '1', '--payload-file', 'f']} | ${2} | ${/'--record-size <bytes>' cannot be used with option '--payload-file <file>'/}
  ${'produce'} | ${['--topic', 'x', '--num-records', '1', '--payload-file', '/nowhere/f']}              | ${1} | ${/^odradek: there is no payload file \/nowhere\/f\n$/}
  ${'produce'} | ${['--topic', 'a/b', '--num-records', '1']}                                            | ${1} | ${/^odradek: topic a\/b: INVALID_TOPIC_EXCEPTION\n$/}
  ${'produce'} | ${['--topic', 'wide', '--num-records', '1', '--replication-factor', '9']}              | ${1} | ${/^odradek: there is no topic wide, and it cannot be created: INVALID_REPLICATION_FACTOR \(.*\)\n$/}
  ${'consume'} | ${['--topic', 'missing', '--num-records', '1']}                                        | ${1} | ${/^odradek: there is no topic missing\n$/}
  ${'produce'} | ${['--topic', 'large', '--num-records', '1', '--record-size', '2000000']}              | ${1} | ${/^odradek: partition \d of large refuses records: MESSAGE_TOO_LARGE /}
  ${'latency'} | ${['--topic', 'x', '--num-records', '1', '--set', 'acks=0']}                           | ${1} | ${/^odradek: acks=0: nothing is acknowledged; acks=1 or acks=all is needed\n$/}
  ${'matrix'}  | ${['--acks', '1,2']}                                                                   | ${2} | ${/One of 0, 1, all is needed/}
  ${'matrix'}  | ${['--acks', '1,1', '--csv', '/tmp/odradek-no-such-folder/x']}                         | ${1} | ${/^odradek: \/tmp\/odradek-no-such-folder\/x cannot be used: ENOENT: no such file or directory, open '.*'\n$/}
  ${'client'}  | ${[]}                                                                                  | ${1} | ${/^odradek: perf client is started by other commands of odradek perf\n$/}
`(
  '$command $args ends with $code and one clear line',
  async ({ command, args, code, complaint }) => {
    const given = args as string[];
    const isTold = command === 'client' || given.includes('-b');
    const outcome = isTold
      ? await odradek('perf', command as string, ...given)
      : await perf(command as string, ...given);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(complaint as RegExp);
  },
);

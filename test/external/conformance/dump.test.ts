/**
 * `odradek log dump` beside Kafka's own inspection (kafka.tools.DumpLogSegments) of the same files, Kafka's and ours, and
 * `odradek log verify` on what a real broker leaves.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { CompressionCodec } from '../../../src/protocol/records/batch';
import { buildMarkerBatch } from '../../../src/protocol/records/markers';
import { buildMessageSet } from '../../../src/protocol/records/message-set';
import { dumpFiles } from '../../builders/dump-log';
import { kafkaTool, startKafkaBroker } from '../../builders/kafka';
import { odradek } from '../../builders/odradek-process';
import { eventually, freePorts, temporaryFolder } from '../../builders/process';
import type { RunningProcess } from '../../builders/process';
import { SOME_TIME, StorageFixture, aBatch, append } from '../../builders/storage';
import { startEmbeddedZooKeeper } from '../../builders/zookeeper';
import type { RunningZooKeeper } from '../../builders/zookeeper';

const RECORDS = 2000;
const CONTENT = /^(baseOffset|offset|timestamp|version|producerId|\|)/;

/** What both say of batches, records and entries, without what only one of them prints. */
function lines(output: string): string[] {
  return output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => CONTENT.test(line))
    .map((line) => line.replace(/ isValid: true crc: \d+\}/, '').replace(/ headers: .*$/, ''));
}

/** The files of a log that Kafka's inspection knows. */
function filesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^\d{20}\.(log|index|timeindex|txnindex|snapshot)$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function ours(files: readonly string[], ...options: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await odradek('log', 'dump', ...options, ...files);
  expect([code, stderr]).toEqual([0, '']);
  return lines(stdout);
}

describe('of a real broker', () => {
  const folder = temporaryFolder('dump');
  const directory = join(folder.path, 'kafka-1');
  let zookeeper: RunningZooKeeper;
  let broker: RunningProcess | undefined;
  let bootstrap = '';

  const tool = (name: Parameters<typeof kafkaTool>[0], ...args: string[]): Promise<string> =>
    kafkaTool(name, args);

  async function produce(topic: string, ...options: string[]): Promise<void> {
    const size = ['--num-records', String(RECORDS), '--record-size', '100', '--throughput', '-1'];
    const properties = [`bootstrap.servers=${bootstrap}`, 'batch.size=2000'];
    await tool(
      'kafka-producer-perf-test',
      '--topic',
      topic,
      ...size,
      '--producer-props',
      ...properties,
      ...options,
    );
  }

  beforeAll(async () => {
    zookeeper = await startEmbeddedZooKeeper();
    const [port = 0] = await freePorts(1);
    bootstrap = `127.0.0.1:${String(port)}`;
    const settings = {
      'transaction.state.log.num.partitions': '1',
      'transaction.state.log.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
      'log.segment.bytes': '20000',
      'log.index.interval.bytes': '1000',
      'num.partitions': '1',
    };
    const place = {
      id: 1,
      port,
      zookeeper: zookeeper.connectString,
      folder: folder.path,
      settings,
    };
    broker = await eventually('a start of Kafka', () => startKafkaBroker(place));
    await produce('plain');
    await produce('zstd', 'compression.type=zstd');
    await produce('transactional', '--transactional-id', 'perf', '--transaction-duration-ms', '50');
    const all = ['--from-beginning', '--max-messages', String(RECORDS), '--timeout-ms', '30000'];
    const group = ['--bootstrap-server', bootstrap, '--topic', 'plain', '--group', 'readers'];
    await tool('kafka-console-consumer', ...group, ...all);
  });

  afterAll(async () => {
    broker?.signal('SIGKILL');
    await zookeeper.stop();
    folder.remove();
  });

  interface Verdict {
    readonly code: number | null;
    readonly damage: readonly string[];
    readonly logs: number;
    readonly batches: number;
  }

  async function verify(): Promise<Verdict> {
    const { code, stdout } = await odradek('log', 'verify', '-o', 'json', directory);
    const told = stdout.trim().split('\n');
    const { logs, batches } = JSON.parse(told.at(-1) ?? '') as Verdict;
    return { code, damage: told.filter((line) => line.includes('"kind":"damage"')), logs, batches };
  }

  /** All logs were looked at: those of three topics, of five partitions of offsets and of one of transactions. */
  function expectWhole(verdict: Verdict): void {
    expect(verdict).toMatchObject({ code: 0, damage: [], logs: 9 });
    expect(verdict.batches).toBeGreaterThan(300);
  }

  test('verify finds nothing wrong while the broker runs', async () => {
    expectWhole(await verify());
  });

  describe('that was stopped', () => {
    beforeAll(async () => {
      broker?.signal('SIGTERM');
      await broker?.exited;
    });

    test.each(['plain', 'zstd', 'transactional'])('dump says the same of %s', async (topic) => {
      const files = filesOf(join(directory, `${topic}-0`));
      const expected = lines(await dumpFiles(files));
      expect(expected.length).toBeGreaterThan(RECORDS);
      expect(await ours(files, '--records')).toEqual(expected);
    });

    test('dump decodes the records of consumer groups as Kafka does', async () => {
      const logs = readdirSync(directory)
        .filter((name) => name.startsWith('__consumer_offsets-'))
        .flatMap((name) => filesOf(join(directory, name)))
        .filter((path) => path.endsWith('.log'));
      const expected = lines(await dumpFiles(logs, ['--offsets-decoder', '--print-data-log']));
      expect(expected.some((line) => line.includes('"subscription":{"topics":["plain"]'))).toBe(
        true,
      );
      expect(expected.some((line) => line.includes('payload: {"version":"3"'))).toBe(true);
      expect(await ours(logs, '--offsets-decoder')).toEqual(expected);
    });

    test('verify finds nothing wrong', async () => {
      expectWhole(await verify());
    });
  });
});

describe('of ours', () => {
  const fixture = new StorageFixture({ config: { 'index.interval.bytes': 100 } });
  const folder = join(fixture.directory, 'topic-0');

  beforeAll(async () => {
    const manager = await fixture.start();
    const log = fixture.log(manager);
    const producer = { producerId: 5, producerEpoch: 0 };
    for (const [i, codec] of (['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const).entries()) {
      const values = [
        { key: `k${String(i)}`, value: null },
        { key: null, value: 'v'.repeat(200) },
      ];
      const fields = { ...producer, baseSequence: 2 * i, codec, isTransactional: i > 2 };
      append(fixture, log, aBatch(values, fields), i);
    }
    const marker = { ...producer, coordinatorEpoch: 3, timestamp: SOME_TIME };
    log.appendAsLeader(buildMarkerBatch({ ...marker, type: 'abort' }), {
      leaderEpoch: 9,
      origin: 'coordinator',
    });
    fixture.clock.endTick();
    await manager.stop();
  });
  afterAll(() => fixture.end());

  test('dump says the same as Kafka of every codec, an aborted transaction, indexes and snapshots', async () => {
    const files = filesOf(folder);
    expect(files.map((path) => path.slice(-8))).toContain('txnindex'.slice(-8));
    const expected = lines(await dumpFiles(files));
    expect(expected.some((line) => line.includes('endTxnMarker: ABORT coordinatorEpoch: 3'))).toBe(
      true,
    );
    expect(await ours(files, '--records')).toEqual(expected);
  });
});

describe('of brokers before 0.11', () => {
  const folder = temporaryFolder('dump-old');
  const path = join(folder.path, 'old-0', '00000000000000000000.log');
  afterAll(() => folder.remove());

  test('dump says the same as Kafka of messages of magic 0 and 1', async () => {
    const forms = ([0, 1] as const).flatMap((magic) =>
      (['none', 'gzip', 'snappy', 'lz4'] as const).map((codec: CompressionCodec) => ({
        magic,
        codec,
      })),
    );
    const sets = forms.map((form, index) => {
      const messages = [0, 1, 2].map((i) => ({
        offset: 3 * index + i,
        timestamp: SOME_TIME + i,
        key: i === 0 ? null : Buffer.from(`k${String(i)}`),
        value: Buffer.from('some value'),
      }));
      return buildMessageSet(messages, form);
    });
    mkdirSync(join(folder.path, 'old-0'));
    writeFileSync(path, Buffer.concat(sets));
    const expected = lines(await dumpFiles([path]));
    expect(expected.filter((line) => line.startsWith('|'))).toHaveLength(3 * forms.length);
    expect(await ours([path], '--records')).toEqual(expected);
  });
});

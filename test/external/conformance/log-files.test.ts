/**
 * The files of a log, side by side with Apache Kafka: the same batches make the same bytes, each opens what the
 * other left (in order or by a kill), and Kafka's own inspection finds nothing wrong in ours.
 */
import { cpSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { nodePlatform } from '../../../src/platform/node';
import {
  batchSizeAt,
  partitionLeaderEpochOf,
  patchBaseOffset,
  patchLeaderEpoch,
} from '../../../src/protocol/records/batch';
import { buildBatch } from '../../../src/protocol/records/builder';
import { buildMarkerBatch } from '../../../src/protocol/records/markers';
import type { Log } from '../../../src/storage/log';
import { LogManager } from '../../../src/storage/log-manager';
import { readIdentity } from '../../../src/storage/meta-properties';
import type { LogConfig } from '../../../src/storage/types';
import { complaintsOf, dumpFiles } from '../../builders/dump-log';
import { kafkaTool, startKafkaBroker } from '../../builders/kafka';
import { eventually, freePorts, temporaryFolder } from '../../builders/process';
import type { RunningProcess } from '../../builders/process';
import { aBatch, aLogConfig, readAll, settled, storageValues } from '../../builders/storage';
import { startEmbeddedZooKeeper } from '../../builders/zookeeper';
import type { RunningZooKeeper } from '../../builders/zookeeper';

const SMALL_SEGMENTS = { 'segment.bytes': 20_000, 'index.interval.bytes': 1000 };
const RECORDS = 2000;

const folder = temporaryFolder('log-files');
let zookeeper: RunningZooKeeper;
let port = 0;
/** The broker started last; it must not outlive a failed test. */
let kafka: RunningProcess | undefined;
const kafkaDirectory = join(folder.path, 'kafka-1');

beforeAll(async () => {
  zookeeper = await startEmbeddedZooKeeper();
  [port = 0] = await freePorts(1);
});
afterAll(async () => {
  kafka?.signal('SIGKILL');
  await zookeeper.stop();
  folder.remove();
});

async function startKafka(): Promise<RunningProcess> {
  const start = (): Promise<RunningProcess> =>
    startKafkaBroker({
      id: 1,
      port,
      zookeeper: zookeeper.connectString,
      folder: folder.path,
      settings: {
        'log.flush.offset.checkpoint.interval.ms': '1000',
        'transaction.state.log.num.partitions': '1',
        'transaction.state.log.replication.factor': '1',
        'transaction.state.log.min.isr': '1',
        'zookeeper.session.timeout.ms': '2000',
      },
    });
  // A killed broker's znode outlives it by its session, and Kafka does not start while it is there.
  kafka = await eventually('a start of Kafka', start);
  return kafka;
}

async function end(broker: RunningProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  broker.signal(signal);
  await broker.exited;
}

const bootstrap = (): string => `127.0.0.1:${String(port)}`;

async function createTopic(
  topic: string,
  config: Record<string, string | number> = {},
): Promise<void> {
  const settings = Object.entries(config).flatMap(([name, value]) => [
    '--config',
    `${name}=${String(value)}`,
  ]);
  await kafkaTool('kafka-topics', [
    '--bootstrap-server',
    bootstrap(),
    '--create',
    '--topic',
    topic,
    '--partitions',
    '1',
    ...settings,
  ]);
}

async function produce(
  topic: string,
  properties: readonly string[] = [],
  options: readonly string[] = [],
): Promise<void> {
  await kafkaTool('kafka-producer-perf-test', [
    '--topic',
    topic,
    '--num-records',
    String(RECORDS),
    '--record-size',
    '100',
    '--throughput',
    '-1',
    '--producer-props',
    `bootstrap.servers=${bootstrap()}`,
    'batch.size=2000',
    ...properties,
    ...options,
  ]);
}

async function consume(topic: string, count: number): Promise<string[]> {
  const output = await kafkaTool('kafka-console-consumer', [
    '--bootstrap-server',
    bootstrap(),
    '--topic',
    topic,
    '--from-beginning',
    '--max-messages',
    String(count),
    '--timeout-ms',
    '30000',
  ]);
  return output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^([A-Z]{100}|ours \d+)$/.test(line));
}

/** Our storage on a directory. */
async function open(
  directory: string,
  config: Partial<LogConfig> = SMALL_SEGMENTS,
): Promise<LogManager> {
  const manager = new LogManager({
    platform: nodePlatform(),
    config: { values: storageValues(), logDirs: [directory] },
    topicConfig: () => aLogConfig(config),
  });
  await manager.start();
  return manager;
}

function logOf(manager: LogManager, topic: string): Log {
  const log = manager.get({ topic, partition: 0 });
  if (!log) throw new Error(`there is no log of ${topic}`);
  return log;
}

async function append(
  log: Log,
  batch: Buffer,
  origin: 'client' | 'coordinator' = 'client',
): Promise<void> {
  log.appendAsLeader(batch, { leaderEpoch: log.latestEpoch ?? 0, origin });
  await log.written();
}

/** Offset files of a log's folder with their content. */
function filesOf(directory: string, topic: string, pattern = /^\d{20}\./): Map<string, string> {
  const path = join(directory, `${topic}-0`);
  const names = readdirSync(path)
    .filter((name) => pattern.test(name))
    .sort();
  return new Map(names.map((name) => [name, readFileSync(join(path, name)).toString('hex')]));
}

/** The batches of a log as their producer sent them. */
function batchesOf(directory: string, topic: string): { batch: Buffer; leaderEpoch: number }[] {
  const path = join(directory, `${topic}-0`);
  return readdirSync(path)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .flatMap((name) => {
      const content = readFileSync(join(path, name));
      const found = [];
      for (let at = 0; at < content.length; at += batchSizeAt(content, at)) {
        const batch = Buffer.from(content.subarray(at, at + batchSizeAt(content, at)));
        const leaderEpoch = partitionLeaderEpochOf(batch, 0);
        patchBaseOffset(batch, 0, 0);
        patchLeaderEpoch(batch, 0, -1);
        found.push({ batch, leaderEpoch });
      }
      return found;
    });
}

async function dump(directory: string, topic: string, pattern: RegExp): Promise<string> {
  const path = join(directory, `${topic}-0`);
  const files = readdirSync(path)
    .filter((name) => pattern.test(name))
    .map((name) => join(path, name));
  return dumpFiles(files);
}

describe('of a real broker', () => {
  beforeAll(async () => {
    const broker = await startKafka();
    await createTopic('plain', SMALL_SEGMENTS);
    await createTopic('zstd', { ...SMALL_SEGMENTS, 'compression.type': 'zstd' });
    await produce('plain');
    await produce('zstd', ['compression.type=zstd']);
    await createTopic('transactional', SMALL_SEGMENTS);
    await produce(
      'transactional',
      [],
      ['--transactional-id', 'perf', '--transaction-duration-ms', '50'],
    );
    await end(broker, 'SIGTERM');
  });

  test.each(['plain', 'zstd'])('the same batches make the same files: %s', async (topic) => {
    const ours = join(folder.path, `ours-${topic}`);
    const manager = await open(ours);
    const log = manager.getOrCreate(
      { topic, partition: 0 },
      { topicId: undefined, isNew: true, config: aLogConfig(SMALL_SEGMENTS) },
    );
    for (const { batch, leaderEpoch } of batchesOf(kafkaDirectory, topic)) {
      log.appendAsLeader(batch, { leaderEpoch, origin: 'client' });
    }
    await manager.stop();
    const expected = filesOf(kafkaDirectory, topic);
    expect(expected.size).toBeGreaterThan(20);
    expect(filesOf(ours, topic)).toEqual(expected);
    expect(readFileSync(join(ours, `${topic}-0`, 'leader-epoch-checkpoint'), 'utf8')).toBe(
      readFileSync(join(kafkaDirectory, `${topic}-0`, 'leader-epoch-checkpoint'), 'utf8'),
    );
    expect(readFileSync(join(ours, '.kafka_cleanshutdown'), 'utf8')).toBe(
      readFileSync(join(kafkaDirectory, '.kafka_cleanshutdown'), 'utf8'),
    );
  });

  test('a follower makes the same files of committed transactions', async () => {
    const ours = join(folder.path, 'followed');
    const manager = await open(ours);
    const log = manager.getOrCreate(
      { topic: 'transactional', partition: 0 },
      { topicId: undefined, isNew: true, config: aLogConfig(SMALL_SEGMENTS) },
    );
    const expected = filesOf(kafkaDirectory, 'transactional');
    for (const [name, content] of expected) {
      if (name.endsWith('.log')) log.appendAsFollower(Buffer.from(content, 'hex'));
    }
    await manager.stop();
    expect(expected.size).toBeGreaterThan(20);
    expect(filesOf(ours, 'transactional')).toEqual(expected);
  });

  test('opens as it was left, and a rebuild of its indexes and snapshots gives the same', async () => {
    const copy = join(folder.path, 'copy');
    cpSync(kafkaDirectory, copy, { recursive: true });
    expect(readIdentity(nodePlatform().files, [copy])).toMatchObject({ brokerId: 1, unmarked: [] });
    const manager = await open(copy);
    for (const topic of ['plain', 'zstd']) {
      const log = logOf(manager, topic);
      expect([log.logEndOffset, log.highWatermark, log.topicId?.length]).toEqual([
        RECORDS,
        RECORDS,
        22,
      ]);
      expect(await readAll(log)).toHaveLength(RECORDS);
      expect(log.producers.size).toBe(1);
    }
    expect(logOf(manager, 'transactional').lastStableOffset).toBe(
      logOf(manager, 'transactional').logEndOffset,
    );
    await manager.stop();
    for (const topic of ['plain', 'zstd', 'transactional']) {
      const path = join(copy, `${topic}-0`);
      expect(filesOf(copy, topic)).toEqual(filesOf(kafkaDirectory, topic));
      for (const name of readdirSync(path)) {
        if (/index$|snapshot$/.test(name)) rmSync(join(path, name));
      }
    }
    rmSync(join(copy, '.kafka_cleanshutdown'));
    rmSync(join(copy, 'recovery-point-offset-checkpoint'));
    await (await open(copy)).stop();
    for (const topic of ['plain', 'zstd', 'transactional']) {
      expect(filesOf(copy, topic)).toEqual(filesOf(kafkaDirectory, topic));
    }
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'goes on in our hands, and in its own again, after %s',
    async (signal) => {
      const topic = `shared-${signal.toLowerCase()}`;
      const first = await startKafka();
      await createTopic(topic, SMALL_SEGMENTS);
      await produce(topic);
      const index = join(kafkaDirectory, `${topic}-0`, '00000000000000000000.index');
      await settled(() => expect(statSync(index).size).toBeGreaterThan(0));
      await end(first, signal);

      const manager = await open(kafkaDirectory);
      const log = logOf(manager, topic);
      expect(log.logEndOffset).toBe(RECORDS);
      for (let i = 0; i < 300; i++) await append(log, aBatch([`ours ${String(i)}`.padEnd(100)]));
      log.updateHighWatermark(log.logEndOffset);
      if (signal === 'SIGTERM') await manager.stop();
      else manager.abandon();

      const second = await startKafka();
      const values = await consume(topic, RECORDS + 300);
      expect(values).toHaveLength(RECORDS + 300);
      expect(values.slice(-300)).toEqual(
        Array.from({ length: 300 }, (_, i) => `ours ${String(i)}`),
      );
      await produce(topic);
      await end(second, 'SIGTERM');
      const complaints = second
        .output()
        .split('\n')
        .filter((line) => line.includes(topic) && /corrupt|Could not find|WARN|ERROR/i.test(line));
      expect(complaints).toEqual([]);
      const again = await open(kafkaDirectory);
      expect(logOf(again, topic).logEndOffset).toBe(2 * RECORDS + 300);
      await again.stop();
    },
  );
});

describe('of ours', () => {
  test('hold nothing that DumpLogSegments would complain of', async () => {
    const directory = join(folder.path, 'dumped');
    const config = { ...SMALL_SEGMENTS, 'segment.bytes': 6000, 'index.interval.bytes': 500 };
    const manager = await open(directory, config);
    const log = manager.getOrCreate(
      { topic: 'mixed', partition: 0 },
      { topicId: undefined, isNew: true, config: aLogConfig(config) },
    );
    for (let i = 0; i < 200; i++) {
      const codec = (['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)[i % 5] ?? 'none';
      const records = Array.from({ length: 1 + (i % 7) }, (_, j) => ({
        key: Buffer.from(`key ${String(j)}`),
        value: Buffer.from(`value ${String(i)}`.padEnd(80)),
        timestamp: 1_700_000_000_000 + ((i * 37) % 100),
      }));
      await append(log, buildBatch({ records, codec }));
    }
    for (const type of ['commit', 'abort'] as const) {
      const producer = { producerId: 77, producerEpoch: 3 };
      const baseSequence = type === 'commit' ? 0 : 1;
      await append(
        log,
        aBatch(['in a transaction'], { ...producer, baseSequence, isTransactional: true }),
      );
      await append(
        log,
        buildMarkerBatch({ type, coordinatorEpoch: 5, ...producer, timestamp: 1_700_000_000_000 }),
        'coordinator',
      );
    }
    await manager.stop();
    const output = await dump(directory, 'mixed', /\.(log|index|timeindex)$/);
    expect(output.match(/starting offset: \d+/g)?.length).toBeGreaterThan(5);
    expect(complaintsOf(output)).toEqual([]);
    expect(output).toContain('endTxnMarker: ABORT coordinatorEpoch: 5');
    expect(await dump(directory, 'mixed', /\.txnindex$/)).toMatch(
      /producerId: 77.*firstOffset: \d+.*lastOffset: \d+.*lastStableOffset: \d+/,
    );
    expect(
      await dump(directory, 'mixed', new RegExp(`${String(log.logEndOffset)}\\.snapshot$`)),
    ).toMatch(/producerId: 77 producerEpoch: 3 coordinatorEpoch: 5/);
  });

  test('are sound after compaction', async () => {
    const directory = join(folder.path, 'compacted');
    const config = {
      ...SMALL_SEGMENTS,
      'cleanup.policy': ['compact'],
      'segment.bytes': 6000,
      'index.interval.bytes': 500,
      'min.cleanable.dirty.ratio': 0.01,
    };
    const manager = new LogManager({
      platform: nodePlatform(),
      config: { values: storageValues({ 'log.cleaner.backoff.ms': 50 }), logDirs: [directory] },
      topicConfig: () => aLogConfig(config),
    });
    await manager.start();
    const log = manager.getOrCreate(
      { topic: 'keyed', partition: 0 },
      { topicId: undefined, isNew: true, config: aLogConfig(config) },
    );
    const producer = { producerId: 9, producerEpoch: 0 };
    for (let i = 0; i < 300; i++) {
      const codec = i % 2 === 0 ? 'none' : 'zstd';
      const records = [
        {
          key: i % 50 === 0 ? `dead ${String(i)}` : `key ${String(i % 10)}`,
          value: i % 50 === 0 ? null : `value ${String(i)}`.padEnd(60),
        },
        { key: `other ${String(i % 3)}`, value: 'x' },
      ];
      await append(log, aBatch(records, { codec, ...producer, baseSequence: 2 * i }));
    }
    log.updateHighWatermark(log.logEndOffset);
    const before = log.sizeBytes;
    await settled(() => expect(log.sizeBytes).toBeLessThan(before / 2));
    await settled(() =>
      expect(readFileSync(join(directory, 'cleaner-offset-checkpoint'), 'utf8')).toContain('keyed'),
    );
    await manager.stop();
    const output = await dump(directory, 'keyed', /\.(log|index|timeindex)$/);
    expect(complaintsOf(output, { isCompacted: true })).toEqual([]);
    expect(output.includes('deleteHorizonMs: OptionalLong[')).toBe(true);
  });
});

/** DescribeLogDirs (35): log directories, the room on their disks and the replicas in them (KIP-113, KIP-827). */
import { renameSync, statfsSync } from 'node:fs';

import type { IncomingRequest } from '../../../src/broker/handler';
import { describeLogDirs } from '../../../src/broker/handlers/35-describe-log-dirs';
import { errorName } from '../../../src/protocol/errors';
import { encodeRequest, parseRequestHeader, parseResponse } from '../../../src/protocol/frames';
import {
  DescribeLogDirsRequest,
  DescribeLogDirsResponse,
} from '../../../src/protocol/messages/35-describe-log-dirs';
import { aBatch, Brokers, isRealKafka, versionsOf } from '../../builders/broker-client';
import {
  fillDirectories,
  loseDirectory,
  startBrokerWithDirectories,
} from '../../builders/broker-with-directories';
import { ManualClock } from '../../builders/manual-clock';
import { eventually } from '../../builders/process';

const TIMEOUT_MS = 20_000;

type Answer = DescribeLogDirsResponse;
type Topics = DescribeLogDirsRequest['topics'];

/** `topic-partition size lag`, and whether it is on its way to another directory. */
function replicasOf({ results }: Answer): string[] {
  return results
    .flatMap(({ topics }) => topics)
    .flatMap(({ name, partitions }) =>
      partitions.map(
        (each) =>
          `${name}-${String(each.partitionIndex)} ${String(each.partitionSize)} ` +
          `${String(each.offsetLag)}${each.isFutureKey ? ' future' : ''}`,
      ),
    )
    .sort();
}

describe('a broker that works', () => {
  let brokers: Brokers;
  const batchBytes = aBatch().length;
  const ofTwo = `two-0 ${String(2 * batchBytes)} 0`;

  beforeAll(async () => {
    brokers = await Brokers.start({ count: 2 });
    await brokers.createTopic('one', { assignment: [[2], [1], [1]] });
    await brokers.createTopic('two', { assignment: [[1, 2]] });
    for (let i = 0; i < 2; i++) await brokers.produce('two');
    await brokers.produce('one', {}, { partition: 1 });
  }, 60_000);
  afterAll(() => brokers.stop());

  function ask(topics: Topics, { version = 4, broker = 1 } = {}): Promise<Answer> {
    const request = { topics };
    return brokers.ask(DescribeLogDirsRequest, DescribeLogDirsResponse, version, request, {
      broker,
    });
  }

  test.each(versionsOf(DescribeLogDirsRequest))(
    'v%i: the directory, its replicas and the room on its disk',
    async (version) => {
      const answer = await ask([{ topic: 'two', partitions: [0] }], { version });
      expect(answer.errorCode).toBe(0);
      const [directory] = answer.results;
      expect(answer.results).toHaveLength(1);
      expect(errorName(directory?.errorCode ?? -1)).toBe('NONE');
      expect(directory?.logDir).toMatch(/^\//);
      expect(replicasOf(answer)).toEqual([ofTwo]);
      const { totalBytes = 0, usableBytes = 0 } = directory ?? {};
      const { blocks, bsize } = statfsSync(directory?.logDir ?? '');
      expect(totalBytes).toBe(version < 4 ? -1 : blocks * bsize);
      expect(usableBytes > 0 && usableBytes <= totalBytes).toBe(version >= 4);
    },
  );

  test.each`
    topics                                                                    | found                                            | because
    ${null}                                                                   | ${[`one-1 ${batchBytes} 0`, 'one-2 0 0', ofTwo]} | ${'without a list everything is told, an empty replica too'}
    ${[]}                                                                     | ${[]}                                            | ${'an empty list asks for none'}
    ${[{ topic: 'one', partitions: [2, 1] }]}                                 | ${[`one-1 ${batchBytes} 0`, 'one-2 0 0']}        | ${'two of the topic are here'}
    ${[{ topic: 'one', partitions: [2] }, { topic: 'one', partitions: [2] }]} | ${['one-2 0 0']}                                 | ${'it is here once, however often it is asked for'}
    ${[{ topic: 'one', partitions: [0] }]}                                    | ${[]}                                            | ${'that replica is on the other broker'}
    ${[{ topic: 'one', partitions: [9] }]}                                    | ${[]}                                            | ${'there is no such partition'}
    ${[{ topic: 'absent', partitions: [0] }]}                                 | ${[]}                                            | ${'there is no such topic'}
    ${[{ topic: 'one', partitions: [] }]}                                     | ${[]}                                            | ${'no partition of it is named'}
  `('$topics gives $found because $because', async ({ topics, found }) => {
    const answer = await ask(topics as Topics);
    expect(replicasOf(answer)).toEqual(found);
    expect(answer.results.map(({ errorCode }) => errorName(errorCode))).toEqual(['NONE']);
    // A topic without any replica is left out.
    expect(answer.results[0]?.topics.every(({ partitions }) => partitions.length > 0)).toBe(true);
  });

  test('a follower tells of its own replica', async () => {
    await eventually('the follower has it all', async () => {
      const found = replicasOf(await ask([{ topic: 'two', partitions: [0] }], { broker: 2 }));
      return found[0] === ofTwo || undefined;
    });
    expect(replicasOf(await ask(null, { broker: 2 }))).toEqual(['one-0 0 0', ofTwo]);
  });
});

test('a directory that fails is told as such, and the others as ever', async () => {
  const broker = await startBrokerWithDirectories(['a', 'b'], {
    // Nothing is written behind the test's back.
    'replica.high.watermark.checkpoint.interval.ms': '600000',
  });
  const { client, directories } = broker;
  const [a = '', b = ''] = directories;
  const ask = async (): Promise<Map<string, Answer['results'][number]>> => {
    const request = { topics: null };
    const specs = [DescribeLogDirsRequest, DescribeLogDirsResponse] as const;
    const { results } = await client.request(...specs, 4, request, TIMEOUT_MS);
    return new Map(results.map((each) => [each.logDir, each]));
  };
  const errors = async (): Promise<string[]> => {
    const found = await ask();
    return directories.map((each) => errorName(found.get(each)?.errorCode ?? 0));
  };
  try {
    expect(await errors()).toEqual(['NONE', 'NONE']);
    renameSync(b, `${b}-gone`);
    expect((await ask()).get(b)).toMatchObject({ errorCode: -1, topics: [], totalBytes: -1 });
    renameSync(`${b}-gone`, b);
    expect(await errors()).toEqual(['NONE', 'NONE']);
    loseDirectory(b);
    await fillDirectories(broker);
    await eventually('the directory is offline', async () => {
      const [, ofB] = await errors();
      return ofB === 'KAFKA_STORAGE_ERROR' || undefined;
    });
    const found = await ask();
    expect(found.get(b)).toMatchObject({ topics: [], totalBytes: -1, usableBytes: -1 });
    expect(errorName(found.get(a)?.errorCode ?? -1)).toBe('NONE');
    expect(found.get(a)?.totalBytes).toBeGreaterThan(0);
    expect(found.get(a)?.topics).toMatchObject([{ name: 't' }]);
  } finally {
    await broker.stop();
  }
}, 90_000);

/** A clock on which each look takes a millisecond. */
class SlowClock extends ManualClock {
  turns = 0;

  override monotonicMs(): number {
    this.advance(1);
    return super.monotonicMs();
  }

  override callAtEndOfTick(task: () => void): void {
    this.turns++;
    setImmediate(task);
  }
}

const describeOurs = isRealKafka ? describe.skip : describe;

/** A broker of one directory, as far as the handler looks at it. */
function serveOf(directory: object, replicas: object = { partition: () => undefined }) {
  const clock = new SlowClock();
  const metrics = { requests: { noteError: () => undefined } };
  const broker = { platform: { clock }, metrics, replicas, logDirectories: [directory] };
  const header = { version: 4, correlationId: 1, clientId: null };
  const frame = Buffer.concat(encodeRequest(DescribeLogDirsRequest, header, { topics: null }));
  const request = { ...parseRequestHeader(frame.subarray(4)), frame: frame.subarray(4) };
  const connection = { remoteAddress: '127.0.0.1' };
  const serve = async (): Promise<Answer> => {
    const incoming = { ...request, broker, connection } as unknown as IncomingRequest;
    const { buffers = [] } = await describeLogDirs.serve(incoming);
    return parseResponse(DescribeLogDirsResponse, 4, Buffer.concat(buffers).subarray(4)).message;
  };
  return { clock, serve };
}

function someLogs(count: number): Map<string, object> {
  return new Map(
    Array.from({ length: count }, (_, partition) => [
      `t-${String(partition)}`,
      { topic: 't', partition, sizeBytes: partition, logEndOffset: 5, highWatermark: 5 },
    ]),
  );
}

describeOurs('a handler by itself', () => {
  test('many replicas are told in slices, between which everything else has a turn', async () => {
    const logs = someLogs(5_000);
    const diskSpace = () => Promise.resolve(undefined);
    const { clock, serve } = serveOf({ path: '/d', isOffline: false, logs, diskSpace });
    const answer = await serve();
    expect(replicasOf(answer)).toHaveLength(5_000);
    expect(clock.turns).toBeGreaterThanOrEqual(5_000 / 10);
    expect(answer.results).toMatchObject([{ logDir: '/d', totalBytes: -1, usableBytes: -1 }]);
  });

  test('a replica without a role has no lag that is known', async () => {
    const logs = someLogs(3);
    const diskSpace = () => Promise.resolve({ totalBytes: 10, usableBytes: 4 });
    const log = { logEndOffset: 5, highWatermark: 5 };
    const hosted = [
      { kind: 'online', partition: { log } },
      { kind: 'online', partition: { log: undefined } },
      undefined,
    ];
    const replicas = { partition: (_topic: string, partition: number) => hosted[partition] };
    const { serve } = serveOf({ path: '/d', isOffline: false, logs, diskSpace }, replicas);
    const answer = await serve();
    expect(replicasOf(answer)).toEqual(['t-0 0 0', 't-1 1 -1', 't-2 2 -1']);
    expect(answer.results).toMatchObject([{ totalBytes: 10, usableBytes: 4 }]);
  });

  test('a directory that fails while it is looked at is told as failed', async () => {
    const directory = {
      path: '/d',
      isOffline: false,
      logs: someLogs(1),
      diskSpace: () => {
        directory.isOffline = true;
        return Promise.resolve({ totalBytes: 10, usableBytes: 4 });
      },
    };
    const { results } = await serveOf(directory).serve();
    expect(results).toMatchObject([{ topics: [], totalBytes: -1 }]);
    expect(errorName(results[0]?.errorCode ?? 0)).toBe('KAFKA_STORAGE_ERROR');
  });
});

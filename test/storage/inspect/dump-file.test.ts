import { join } from 'node:path';

import { buildMarkerBatch } from '../../../src/protocol/records/markers';
import { buildMessageSet } from '../../../src/protocol/records/message-set';
import { dumpFile, filesToDump } from '../../../src/storage/inspect/dump-file';
import type { DumpItem } from '../../../src/storage/inspect/dump-items';
import { DamagedLog, LOG_DIRECTORY } from '../../builders/damaged-log';
import { DeviceFiles } from '../../builders/device-files';
import { SOME_TIME, aBatch } from '../../builders/storage';

const SEGMENT = '00000000000000000000.log';

async function dump(
  files: DeviceFiles['files'],
  path: string,
  records = true,
): Promise<DumpItem[]> {
  const items: DumpItem[] = [];
  for await (const item of dumpFile(files, path, { records })) items.push(item);
  return items;
}

/** The items after the first, which names the file. */
async function dumpContent(name: string, content: Buffer, records = true): Promise<DumpItem[]> {
  const { files } = new DeviceFiles(['/']);
  files.replaceFileSync(`/${name}`, content);
  const [first, ...items] = await dump(files, `/${name}`, records);
  expect(first).toMatchObject({ type: 'file', file: `/${name}` });
  return items;
}

describe('segments', () => {
  test('a batch and its records', async () => {
    const batch = aBatch([{ key: 'k', value: 'v', timestamp: SOME_TIME }], {
      producerId: 7,
      producerEpoch: 2,
      baseSequence: 40,
    });
    const items = await dumpContent(SEGMENT, batch);
    expect(items).toEqual([
      expect.objectContaining({
        type: 'batch',
        fields: {
          baseOffset: 0,
          lastOffset: 0,
          count: 1,
          baseSequence: 40,
          lastSequence: 40,
          producerId: 7,
          producerEpoch: 2,
          partitionLeaderEpoch: -1,
          isTransactional: false,
          isControl: false,
          deleteHorizonMs: null,
        },
        position: 0,
        timestampType: 'CreateTime',
        timestamp: SOME_TIME,
        size: batch.length,
        magic: 2,
        compresscodec: 'none',
        crc: batch.readUInt32BE(17),
        isvalid: true,
      }),
      expect.objectContaining({
        type: 'record',
        offset: 0,
        sequence: 40,
        key: Buffer.from('k'),
        value: Buffer.from('v'),
        control: undefined,
      }),
    ]);
  });

  test('without records, batches only', async () => {
    const items = await dumpContent(SEGMENT, aBatch(['a', 'b']), false);
    expect(items.map(({ type }) => type)).toEqual(['batch']);
  });

  test.each(['commit', 'abort'] as const)('a %s marker', async (type) => {
    const marker = { producerId: 5, producerEpoch: 0, coordinatorEpoch: 3, timestamp: SOME_TIME };
    const [, record] = await dumpContent(SEGMENT, buildMarkerBatch({ ...marker, type }));
    expect(record).toMatchObject({
      control: { endTxnMarker: type.toUpperCase(), coordinatorEpoch: 3 },
    });
  });

  test.each`
    magic | codec       | timestampType
    ${0}  | ${'none'}   | ${'NoTimestampType'}
    ${0}  | ${'gzip'}   | ${'NoTimestampType'}
    ${1}  | ${'none'}   | ${'CreateTime'}
    ${1}  | ${'snappy'} | ${'CreateTime'}
  `('messages of magic $magic, $codec', async ({ magic, codec, timestampType }) => {
    const messages = [3, 4].map((offset) => ({
      offset,
      timestamp: SOME_TIME,
      key: null,
      value: Buffer.from(`v${String(offset)}`),
    }));
    const items = await dumpContent(SEGMENT, buildMessageSet(messages, { magic, codec }));
    const batches = items.filter((item) => item.type === 'batch');
    expect(batches.at(-1)).toMatchObject({
      fields: { offset: 4 },
      magic,
      compresscodec: codec,
      timestampType,
      isvalid: true,
    });
    const records = items.filter((item) => item.type === 'record');
    expect(records.map(({ offset, value }) => [offset, value?.toString()])).toEqual([
      [3, 'v3'],
      [4, 'v4'],
    ]);
  });

  test('a damaged batch is shown, and what cannot be read is told', async () => {
    const damaged = aBatch(['a'], { codec: 'gzip' });
    damaged.fill(0x55, 65);
    const items = await dumpContent(SEGMENT, Buffer.concat([damaged, Buffer.alloc(30)]));
    expect(items).toEqual([
      expect.objectContaining({ type: 'batch', isvalid: false }),
      expect.objectContaining({ type: 'problem', position: 0 }),
      expect.objectContaining({ type: 'problem', position: damaged.length }),
    ]);
  });
});

test.each`
  name                               | content                                           | fields
  ${'leader-epoch-checkpoint'}       | ${'0\n2\n0 0\n3 7\n'}                             | ${[{ epoch: 0, startOffset: 0 }, { epoch: 3, startOffset: 7 }]}
  ${'replication-offset-checkpoint'} | ${'0\n1\na-topic 2 19\n'}                         | ${[{ topic: 'a-topic', partition: 2, offset: 19 }]}
  ${'partition.metadata'}            | ${'version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ'} | ${[{ version: 0, topic_id: 'AAAAAAAAAAAAAAAAAAAAAQ' }]}
  ${'meta.properties'}               | ${'#c\nversion=0\nbroker.id=4\ncluster.id=x\n'}   | ${[{ version: '0', 'broker.id': '4', 'cluster.id': 'x' }]}
  ${'.kafka_cleanshutdown'}          | ${'{"version":0}'}                                | ${[{ content: '{"version":0}' }]}
`('$name', async ({ name, content, fields }) => {
  const items = await dumpContent(name, Buffer.from(content));
  expect(items).toEqual(fields.map((each: object) => ({ type: 'entry', fields: each })));
});

test.each`
  name                               | content       | problem
  ${'leader-epoch-checkpoint'}       | ${'1\n0\n'}   | ${/line 1/}
  ${'partition.metadata'}            | ${'nonsense'} | ${/topic id/}
  ${'00000000000000000000.snapshot'} | ${'nonsense'} | ${/checksum/}
  ${'notes.txt'}                     | ${'hello'}    | ${/not that of a file/}
`('$name, damaged: $problem', async ({ name, content, problem }) => {
  const items = await dumpContent(name, Buffer.from(content));
  expect(items).toEqual([
    expect.objectContaining({ type: 'problem', problem: expect.stringMatching(problem) }),
  ]);
});

test('zeros that were allotted in advance are one line, not a million entries', async () => {
  const entries = Buffer.from('0000000500000100', 'hex');
  const content = Buffer.concat([entries, Buffer.alloc(800_000)]);
  expect(await dumpContent('00000000000000000010.index', content)).toEqual([
    { type: 'entry', fields: { offset: 15, position: 256 } },
    { type: 'problem', position: 8, problem: '800000 bytes of zeros, allotted in advance' },
  ]);
});

describe('a log directory', () => {
  const built = new DamagedLog();
  beforeAll(() => built.build(true));

  test('is dumped file by file', () => {
    const names = filesToDump(built.copy(true).files, LOG_DIRECTORY).map((path) =>
      path.slice(LOG_DIRECTORY.length + 1),
    );
    expect(names).toEqual(
      expect.arrayContaining([
        '.kafka_cleanshutdown',
        'cleaner-offset-checkpoint',
        `topic-0/${SEGMENT}`,
        'topic-0/00000000000000000000.txnindex',
        'topic-0/leader-epoch-checkpoint',
      ]),
    );
  });

  test.each`
    file                 | entry
    ${'first.index'}     | ${{ offset: expect.any(Number), position: expect.any(Number) }}
    ${'first.timeindex'} | ${{ timestamp: expect.any(Number), offset: expect.any(Number) }}
    ${'first.txnindex'}  | ${{ version: 0, producerId: 5, firstOffset: 4, lastOffset: 8, lastStableOffset: 9 }}
  `('$file has entries', async ({ file, entry }) => {
    const items = await dump(built.copy(true).files, built.pathOf(true, file));
    expect(items[1]).toEqual({ type: 'entry', fields: entry });
  });

  test('a snapshot has its producers', async () => {
    const path = join(LOG_DIRECTORY, 'topic-0', '00000000000000000019.snapshot');
    expect(await dump(built.copy(true).files, path)).toEqual([
      { type: 'file', file: path, kind: 'producer state' },
      {
        type: 'entry',
        fields: {
          producerId: 5,
          producerEpoch: 0,
          coordinatorEpoch: 0,
          currentTxnFirstOffset: null,
          lastTimestamp: SOME_TIME + 17_000,
          firstSequence: 17,
          lastSequence: 17,
          lastOffset: 18,
          offsetDelta: 0,
          timestamp: SOME_TIME + 17_000,
        },
      },
    ]);
  });
});

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { encodeOffsetKey, encodeOffsetValue } from '../../src/coordinator/group/records';
import { buildBatch } from '../../src/protocol/records/builder';
import { odradek } from '../builders/odradek-process';
import { temporaryFolder } from '../builders/process';
import { SOME_TIME, StorageFixture, append } from '../builders/storage';

const SEGMENT = '00000000000000000000.log';
const fixture = new StorageFixture();
const scratch = temporaryFolder('log-command');
const folder = join(fixture.directory, 'topic-0');

beforeAll(async () => {
  const manager = await fixture.start();
  const log = fixture.log(manager);
  const headers = [{ key: 'h', value: Buffer.from('1') }];
  const record = {
    key: Buffer.from('k'),
    value: Buffer.from('{"a":1}'),
    timestamp: SOME_TIME,
    headers,
  };
  append(fixture, log, buildBatch({ records: [record] }));
  const commit = {
    offset: 42,
    leaderEpoch: 5,
    metadata: '',
    commitTimestampMs: SOME_TIME,
    expireTimestampMs: undefined,
  };
  const offsets = [
    { key: encodeOffsetKey('g', 't', 3), value: encodeOffsetValue(commit), timestamp: SOME_TIME },
    { key: encodeOffsetKey('g', 't', 4), value: null, timestamp: SOME_TIME },
  ];
  append(fixture, log, buildBatch({ records: offsets }));
  await manager.stop();
});
afterAll(() => {
  fixture.end();
  scratch.remove();
});

async function dump(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await odradek('log', 'dump', ...args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

/** A copy of the directory with one bit of the segment turned over. */
function damagedCopy(): string {
  const copy = join(scratch.path, 'damaged');
  cpSync(fixture.directory, copy, { recursive: true });
  const path = join(copy, 'topic-0', SEGMENT);
  const content = readFileSync(path);
  content[70] = (content[70] ?? 0) ^ 1;
  writeFileSync(path, content);
  return copy;
}

describe('log dump', () => {
  test('prints batches in the lines of kafka.tools.DumpLogSegments', async () => {
    expect(await dump(join(folder, SEGMENT))).toMatch(
      new RegExp(
        `^baseOffset: 0 lastOffset: 0 count: 1 baseSequence: -1 lastSequence: -1 producerId: -1 producerEpoch: -1 partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: ${String(SOME_TIME)} size: \\d+ magic: 2 compresscodec: none crc: \\d+ isvalid: true$`,
        'm',
      ),
    );
  });

  test.each`
    format    | shown
    ${'text'} | ${'key: k payload: {"a":1} headers: h=1'}
    ${'hex'}  | ${'key: 6b payload: 7b2261223a317d headers: h=31'}
    ${'json'} | ${'key: "k" payload: {"a":1} headers: h=1'}
  `('--records prints keys and values as $format', async ({ format, shown }) => {
    const output = await dump('--records', '--bytes', format, join(folder, SEGMENT));
    expect(output).toContain(`sequence: -1 headerKeys: [h] ${shown}\n`);
  });

  test('--offsets-decoder prints the records of the group coordinator', async () => {
    const output = await dump('--offsets-decoder', join(folder, SEGMENT));
    expect(output).toContain(
      `key: {"type":"1","data":{"group":"g","topic":"t","partition":3}} payload: {"version":"3","data":{"offset":42,"leaderEpoch":5,"metadata":"","commitTimestamp":${String(SOME_TIME)}}}\n`,
    );
    expect(output).toContain('"partition":4}} payload: <DELETE>\n');
  });

  test('-o json gives a line of JSON an item', async () => {
    const output = await dump('-o', 'json', '--records', '--bytes', 'json', join(folder, SEGMENT));
    const items = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(items[1]).toMatchObject({
      type: 'batch',
      baseOffset: 0,
      deleteHorizonMs: null,
      isvalid: true,
    });
    expect(items[2]).toMatchObject({
      type: 'record',
      key: 'k',
      value: { a: 1 },
      headers: [{ key: 'h', value: 1 }],
      keySize: 1,
    });
  });

  test('-o yaml gives a document an item', async () => {
    const output = await dump('-o', 'yaml', join(folder, 'leader-epoch-checkpoint'));
    expect(output).toMatch(/^---\ntype: entry\nepoch: 0\nstartOffset: 0\n/m);
  });

  test('takes a whole directory', async () => {
    const output = await dump(fixture.directory);
    for (const name of ['recovery-point-offset-checkpoint', SEGMENT, 'leader-epoch-checkpoint']) {
      expect(output).toMatch(new RegExp(`^Dumping .*/${name} \\(`, 'm'));
    }
  });
});

describe('log verify', () => {
  test('ends with 0 where nothing is wrong', async () => {
    const { code, stdout } = await odradek('log', 'verify', fixture.directory);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/1 log, 1 segment, 2 batches, \d+ bytes: no damage/),
    ]);
  });

  test('ends with 3 where something is, and says where, what, and what a start does', async () => {
    const copy = damagedCopy();
    const { code, stdout } = await odradek('log', 'verify', copy);
    expect(code).toBe(3);
    expect(stdout).toContain(`damage: ${join(copy, 'topic-0', SEGMENT)}:0\n`);
    expect(stdout).toMatch(/the checksum does not fit/);
    expect(stdout).toMatch(/at a start: nothing is changed; whoever reads it gets CORRUPT_MESSAGE/);
    expect(stdout).toMatch(/1 damaged place/);
  });

  test('of one file tells only what concerns it', async () => {
    const copy = damagedCopy();
    const sound = await odradek('log', 'verify', join(copy, 'topic-0', 'leader-epoch-checkpoint'));
    expect([sound.code, sound.stdout]).toEqual([0, expect.stringMatching(/no damage/)]);
    const damaged = await odradek('log', 'verify', join(copy, 'topic-0', SEGMENT));
    expect(damaged.code).toBe(3);
  });

  test('-o json ends with what was looked at', async () => {
    const { stdout } = await odradek('log', 'verify', '-o', 'json', fixture.directory);
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as object;
    expect(last).toMatchObject({ type: 'summary', logs: 1, segments: 1, batches: 2, damage: 0 });
  });
});

test.each(['dump', 'verify'])('log %s ends with 4 for what is not there', async (verb) => {
  const { code, stderr } = await odradek('log', verb, '/no/such/path');
  expect([code, stderr]).toEqual([4, 'odradek: there is no /no/such/path\n']);
});

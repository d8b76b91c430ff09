import { dirname, join } from 'node:path';

import {
  checkDirectories,
  checkLogFolder,
  pathKindOf,
} from '../../../src/storage/inspect/directory-check';
import { Inspection } from '../../../src/storage/inspect/finding';
import type { Finding } from '../../../src/storage/inspect/finding';
import { DamagedLog, LOG_DIRECTORY } from '../../builders/damaged-log';
import { DeviceFiles } from '../../builders/device-files';

const FOLDER = join(LOG_DIRECTORY, 'topic-0');
const CLEANER_OFFSETS = join(LOG_DIRECTORY, 'cleaner-offset-checkpoint');

const built = new DamagedLog();

beforeAll(async () => {
  await built.build(true);
  await built.build(false);
});

/** A stopped broker's files. Nothing of the log was compacted, unless the test says so. */
function stopped(isClean: boolean): DeviceFiles {
  const device = built.copy(isClean);
  device.files.removeSync(CLEANER_OFFSETS);
  const owner = 'version=0\nbroker.id=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\n';
  device.files.replaceFileSync(join(LOG_DIRECTORY, 'meta.properties'), Buffer.from(owner));
  return device;
}

async function verify(
  device: DeviceFiles,
): Promise<{ findings: Finding[]; inspection: Inspection }> {
  const findings: Finding[] = [];
  const inspection = new Inspection(device.files, (finding) => void findings.push(finding));
  await checkDirectories(inspection, [LOG_DIRECTORY]);
  return { findings, inspection };
}

async function damagesOf(device: DeviceFiles): Promise<Finding[]> {
  return (await verify(device)).findings.filter(({ kind }) => kind === 'damage');
}

function flip(device: DeviceFiles, path: string, at: number, bit: number): void {
  device.damage(path, (content) => {
    const place = at < 0 ? content.length + at : at;
    content[place] = (content[place] ?? 0) ^ bit;
    return content;
  });
}

test.each([true, false])(
  'nothing is wrong with what a stop leaves (orderly: %s)',
  async (isClean) => {
    const { findings, inspection } = await verify(stopped(isClean));
    expect(findings).toEqual([]);
    expect(inspection.extent).toMatchObject({ logs: 1, segments: 3, batches: 19 });
    expect(inspection.extent.bytes).toBeGreaterThan(1000);
  },
);

describe('a flipped bit', () => {
  test.each`
    file                                  | field                               | at     | bit     | problem
    ${'first.log'}                        | ${'base offset, up'}                | ${7}   | ${0x40} | ${/next segment begins at/}
    ${'middle.log'}                       | ${'base offset, down'}              | ${7}   | ${0x02} | ${/is due|but the batch after it begins at/}
    ${'middle.log'}                       | ${'batch length'}                   | ${11}  | ${0x01} | ${/checksum|no batch/}
    ${'middle.log'}                       | ${'batch length, far'}              | ${8}   | ${0x40} | ${/no batch begins here/}
    ${'middle.log'}                       | ${'leader epoch'}                   | ${15}  | ${0x04} | ${/carries leader epoch/}
    ${'middle.log'}                       | ${'magic'}                          | ${16}  | ${0x01} | ${/no batch|checksum|rest of a batch/}
    ${'middle.log'}                       | ${'CRC'}                            | ${18}  | ${0x10} | ${/checksum/}
    ${'middle.log'}                       | ${'attributes'}                     | ${22}  | ${0x01} | ${/checksum/}
    ${'middle.log'}                       | ${'last offset delta'}              | ${26}  | ${0x01} | ${/checksum/}
    ${'middle.log'}                       | ${'max timestamp'}                  | ${42}  | ${0x08} | ${/checksum/}
    ${'middle.log'}                       | ${'producer id'}                    | ${50}  | ${0x01} | ${/checksum/}
    ${'middle.log'}                       | ${'record count'}                   | ${60}  | ${0x01} | ${/checksum/}
    ${'middle.log'}                       | ${'a record'}                       | ${70}  | ${0x01} | ${/checksum/}
    ${'last.log'}                         | ${'a record of the last batch'}     | ${-3}  | ${0x01} | ${/checksum/}
    ${'last.log'}                         | ${'base offset, up, last batch'}    | ${-73} | ${0x40} | ${/are missing|too far/}
    ${'first.index'}                      | ${'offset of an entry, up'}         | ${3}   | ${0x08} | ${/offset|above/}
    ${'first.index'}                      | ${'offset of an entry, down'}       | ${3}   | ${0x02} | ${/batch there begins at|no batch ends/}
    ${'first.index'}                      | ${'position, inside a batch'}       | ${7}   | ${0x01} | ${/no batch begins at position/}
    ${'first.index'}                      | ${'position, outside the file'}     | ${5}   | ${0x40} | ${/but the log has/}
    ${'first.index'}                      | ${'position, negative'}             | ${4}   | ${0x80} | ${/no batch begins at position/}
    ${'middle.index'}                     | ${'position, inside a batch'}       | ${-1}  | ${0x02} | ${/no batch begins at position/}
    ${'first.timeindex'}                  | ${'timestamp of an entry, up'}      | ${5}   | ${0x40} | ${/whose batch has/}
    ${'first.timeindex'}                  | ${'timestamp of an entry, down'}    | ${5}   | ${0x01} | ${/whose batch has/}
    ${'first.timeindex'}                  | ${'offset of an entry'}             | ${11}  | ${0x04} | ${/whose batch has|no batch with/}
    ${'first.timeindex'}                  | ${'timestamp of the last, up'}      | ${-8}  | ${0x40} | ${/whose batch has/}
    ${'last.timeindex'}                   | ${'timestamp of the last'}          | ${-8}  | ${0x40} | ${/whose batch has/}
    ${'first.txnindex'}                   | ${'version'}                        | ${1}   | ${0x01} | ${/version 1 is not known/}
    ${'first.txnindex'}                   | ${'producer id, negative'}          | ${2}   | ${0x80} | ${/is no producer id/}
    ${'first.txnindex'}                   | ${'producer id, another'}           | ${9}   | ${0x02} | ${/but the marker/}
    ${'first.txnindex'}                   | ${'first offset, above the last'}   | ${17}  | ${0x40} | ${/it begins at offset/}
    ${'first.txnindex'}                   | ${'first offset, another'}          | ${17}  | ${0x01} | ${/but the transaction began at/}
    ${'first.txnindex'}                   | ${'last offset, above the segment'} | ${25}  | ${0x40} | ${/no ABORT marker/}
    ${'last.snapshot'}                    | ${'count'}                          | ${9}   | ${0x02} | ${/its checksum does not fit/}
    ${'last.snapshot'}                    | ${'an entry'}                       | ${20}  | ${0x02} | ${/its checksum does not fit/}
    ${'leader-epoch-checkpoint'}          | ${'version'}                        | ${0}   | ${0x01} | ${/line 1/}
    ${'leader-epoch-checkpoint'}          | ${'count'}                          | ${2}   | ${0x01} | ${/line 2/}
    ${'leader-epoch-checkpoint'}          | ${'an epoch, no longer a number'}   | ${4}   | ${0x40} | ${/not a number/}
    ${'partition.metadata'}               | ${'version'}                        | ${9}   | ${0x01} | ${/version and topic id/}
    ${'recovery-point-offset-checkpoint'} | ${'version'}                        | ${0}   | ${0x01} | ${/line 1/}
    ${'recovery-point-offset-checkpoint'} | ${'partition, no longer a number'}  | ${10}  | ${0x40} | ${/not a number/}
    ${'log-start-offset-checkpoint'}      | ${'version'}                        | ${0}   | ${0x01} | ${/line 1/}
    ${'replication-offset-checkpoint'}    | ${'version'}                        | ${0}   | ${0x01} | ${/line 1/}
    ${'meta.properties'}                  | ${'version'}                        | ${8}   | ${0x02} | ${/version 2 is not known/}
  `('in $file, $field, is found where it is', async ({ file, at, bit, problem }) => {
    for (const isClean of [true, false]) {
      const device = stopped(isClean);
      const path =
        file === 'meta.properties' ? join(LOG_DIRECTORY, file) : built.pathOf(isClean, file);
      flip(device, path, at, bit);
      const found = (await damagesOf(device)).filter((finding) => finding.file === path);
      expect(found.map((finding) => finding.problem)).toContainEqual(
        expect.stringMatching(problem),
      );
    }
  });

  test('is told with the position of its batch, once', async () => {
    const device = stopped(true);
    const path = built.pathOf(true, 'middle.log');
    flip(device, path, 70, 1);
    const found = await damagesOf(device);
    expect(found).toEqual([expect.objectContaining({ file: path, position: 0 })]);
  });
});

describe('what a start does about a damaged batch', () => {
  test.each`
    isClean  | file          | effect               | because
    ${true}  | ${'last.log'} | ${/CORRUPT_MESSAGE/} | ${'after an orderly stop batches are not checked'}
    ${false} | ${'last.log'} | ${/the log is cut/}  | ${'it lies above the recovery point'}
  `('$effect: $because', async ({ isClean, file, effect }) => {
    const device = stopped(isClean);
    if (!isClean) device.files.removeSync(join(LOG_DIRECTORY, 'recovery-point-offset-checkpoint'));
    flip(device, built.pathOf(isClean, file), -3, 1);
    const found = (await damagesOf(device)).find(
      (each) => each.file === built.pathOf(isClean, file),
    );
    expect(found?.atStart).toMatch(effect);
  });

  test('below the recovery point is the same after a crash as after an orderly stop', async () => {
    const device = stopped(false);
    flip(device, built.pathOf(false, 'first.log'), 70, 1);
    const [found] = await damagesOf(device);
    expect(found?.atStart).toMatch(/CORRUPT_MESSAGE/);
  });
});

describe('what is missing', () => {
  test('a torn end is told as that, and is cut off', async () => {
    const device = stopped(false);
    const path = built.pathOf(false, 'last.log');
    device.damage(path, (content) => content.subarray(0, content.length - 5));
    const found = (await damagesOf(device)).find(({ file }) => file === path);
    expect(found).toMatchObject({
      problem: expect.stringContaining('the rest of a batch is missing'),
    });
    expect(found?.atStart).toMatch(/cut off/);
  });

  test('after bytes that are no batch, reading goes on at the next entry of the index', async () => {
    const device = stopped(true);
    const path = built.pathOf(true, 'middle.log');
    flip(device, path, 8, 0x40);
    const { inspection } = await verify(device);
    expect(inspection.extent.batches).toBeGreaterThan(13);
    expect(inspection.counts.damage).toBe(1);
  });

  test('a batch that is gone leaves a gap', async () => {
    const device = stopped(true);
    const path = built.pathOf(true, 'middle.log');
    device.damage(path, (content) => content.subarray(content.readInt32BE(8) + 12));
    const found = (await damagesOf(device)).filter(({ file }) => file === path);
    expect(found[0]?.problem).toMatch(/the offsets 7 to 7 before it are missing|are missing/);
  });

  test('a gap is in order where compaction was at work', async () => {
    const device = stopped(true);
    device.files.replaceFileSync(CLEANER_OFFSETS, Buffer.from('0\n1\ntopic 0 5\n'));
    const paths = device
      .paths(`${FOLDER}/`)
      .filter((path) => path.endsWith('.log'))
      .sort();
    device.files.removeSync(paths[1] ?? '');
    const found = (await damagesOf(device)).filter(({ file }) => file.endsWith('.log'));
    expect(found).toEqual([]);
  });

  test('a segment that is gone', async () => {
    const device = stopped(true);
    const paths = device
      .paths(`${FOLDER}/`)
      .filter((path) => path.endsWith('.log'))
      .sort();
    device.files.removeSync(paths[1] ?? '');
    const found = await damagesOf(device);
    expect(found.map(({ problem }) => problem)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/before this segment are missing/),
        'an index without its log',
      ]),
    );
  });

  test('an index', async () => {
    const device = stopped(true);
    const path = built.pathOf(true, 'first.index');
    device.files.removeSync(path);
    expect(await damagesOf(device)).toEqual([
      expect.objectContaining({ file: path, problem: 'it is missing' }),
    ]);
  });

  test('an entry of a .txnindex', async () => {
    const device = stopped(true);
    const path = built.pathOf(true, 'first.txnindex');
    device.files.removeSync(path);
    expect(await damagesOf(device)).toEqual([
      expect.objectContaining({ file: path, problem: expect.stringMatching(/has no entry/) }),
    ]);
  });

  test('half an entry', async () => {
    const device = stopped(true);
    const path = built.pathOf(true, 'first.timeindex');
    device.damage(path, (content) => Buffer.concat([content, content.subarray(0, 5)]));
    expect(await damagesOf(device)).toEqual([
      expect.objectContaining({ file: path, problem: expect.stringMatching(/within an entry/) }),
    ]);
  });
});

describe('an index that was allotted in advance', () => {
  const ZEROS = Buffer.alloc(2400);

  test('is in order for the segment that a broker appends to', async () => {
    const device = stopped(false);
    const active = built.pathOf(false, 'last.log').slice(0, -'.log'.length);
    for (const suffix of ['.index', '.timeindex']) {
      device.files.replaceFileSync(active + suffix, ZEROS);
    }
    expect(await damagesOf(device)).toEqual([]);
  });

  test('is not for the others', async () => {
    const device = stopped(false);
    const path = built.pathOf(false, 'first.index');
    device.damage(path, (content) => Buffer.concat([content, ZEROS]));
    expect(await damagesOf(device)).toEqual([
      expect.objectContaining({ file: path, problem: expect.stringMatching(/bytes of zeros/) }),
    ]);
  });
});

describe('names', () => {
  const EMPTY = Buffer.alloc(0);

  test.each`
    name                                          | kind          | problem
    ${'topic-0/00000000000000000003.log.deleted'} | ${'leftover'} | ${/waits for its removal/}
    ${'topic-0/00000000000000000003.log.cleaned'} | ${'leftover'} | ${/not complete/}
    ${'topic-0/00000000000000000003.log.swap'}    | ${'leftover'} | ${/complete output of the cleaner/}
    ${'topic-0/leader-epoch-checkpoint.tmp'}      | ${'leftover'} | ${/being written/}
    ${'topic-0/notes.txt'}                        | ${'leftover'} | ${/no file of a log/}
    ${'topic-0/3.log'}                            | ${'damage'}   | ${/20 digits/}
    ${'topic-0/00000000000000000003.index'}       | ${'damage'}   | ${/an index without its log/}
    ${'notes.txt'}                                | ${'leftover'} | ${/no file of a log directory/}
  `('$name is told as $kind', async ({ name, kind, problem }) => {
    const device = stopped(true);
    const path = join(LOG_DIRECTORY, name);
    device.files.replaceFileSync(path, EMPTY);
    const { findings } = await verify(device);
    expect(findings).toEqual([
      expect.objectContaining({ kind, file: path, problem: expect.stringMatching(problem) }),
    ]);
  });

  test.each`
    name                                  | kind          | problem
    ${'lost+found'}                       | ${'damage'}   | ${/not that of any log/}
    ${`topic-1.${'0'.repeat(32)}-delete`} | ${'leftover'} | ${/waits for its removal/}
    ${`topic-1.${'0'.repeat(32)}-future`} | ${'leftover'} | ${/another log directory/}
    ${'remote-log-index-cache'}           | ${'leftover'} | ${/tiered storage/}
  `('the folder $name is told as $kind', async ({ name, kind, problem }) => {
    const device = stopped(true);
    device.files.makeDirectorySync(join(LOG_DIRECTORY, name));
    const { findings } = await verify(device);
    expect(findings).toEqual([
      expect.objectContaining({ kind, problem: expect.stringMatching(problem) }),
    ]);
  });
});

describe('several directories', () => {
  const OTHER = '/logs/other';

  /** A second directory with the same log in it. */
  function withCopy(brokerId: number): DeviceFiles {
    const device = stopped(true);
    for (const path of device.paths(`${LOG_DIRECTORY}/`)) {
      const copy = join(OTHER, path.slice(LOG_DIRECTORY.length));
      device.files.makeDirectorySync(dirname(copy));
      device.files.replaceFileSync(copy, device.files.readFileSync(path) ?? Buffer.alloc(0));
    }
    const owner = `version=0\nbroker.id=${String(brokerId)}\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\n`;
    device.files.replaceFileSync(join(OTHER, 'meta.properties'), Buffer.from(owner));
    return device;
  }

  async function verifyBoth(device: DeviceFiles): Promise<Finding[]> {
    const findings: Finding[] = [];
    const inspection = new Inspection(device.files, (finding) => void findings.push(finding));
    await checkDirectories(inspection, [LOG_DIRECTORY, OTHER]);
    return findings;
  }

  test('of two brokers hold replicas of the same partition', async () => {
    expect(await verifyBoth(withCopy(2))).toEqual([]);
  });

  test('of one broker do not', async () => {
    expect(await verifyBoth(withCopy(1))).toEqual([
      expect.objectContaining({
        file: join(OTHER, 'topic-0'),
        problem: expect.stringMatching(/is a log of the same partition/),
      }),
    ]);
  });
});

describe('files that contradict each other', () => {
  const metadata = (id: string): Buffer => Buffer.from(`version: 0\ntopic_id: ${id}`);

  test('two partitions of a topic with different ids', async () => {
    const device = stopped(true);
    const path = join(LOG_DIRECTORY, 'topic-1', 'partition.metadata');
    device.files.makeDirectorySync(join(LOG_DIRECTORY, 'topic-1'));
    device.files.replaceFileSync(path, metadata('BBBBBBBBBBBBBBBBBBBBBA'));
    expect(await damagesOf(device)).toEqual([
      expect.objectContaining({ file: path, problem: expect.stringMatching(/for the same topic/) }),
    ]);
  });

  test.each`
    file                                  | offset | problem
    ${'recovery-point-offset-checkpoint'} | ${99}  | ${/says 99 for topic-0, whose log ends at 19/}
    ${'recovery-point-offset-checkpoint'} | ${7}   | ${/after an orderly stop it says 7/}
    ${'log-start-offset-checkpoint'}      | ${99}  | ${/says 99/}
    ${'replication-offset-checkpoint'}    | ${99}  | ${/says 99/}
  `('$file says $offset', async ({ file, offset, problem }) => {
    const device = stopped(true);
    const path = join(LOG_DIRECTORY, file);
    device.files.replaceFileSync(path, Buffer.from(`0\n1\ntopic 0 ${String(offset)}\n`));
    expect(await damagesOf(device)).toEqual([
      expect.objectContaining({ file: path, problem: expect.stringMatching(problem) }),
    ]);
  });

  test('a checkpoint that tells of a log that is not there', async () => {
    const device = stopped(true);
    const path = join(LOG_DIRECTORY, 'replication-offset-checkpoint');
    device.files.replaceFileSync(path, Buffer.from('0\n2\ntopic 0 19\ngone 3 5\n'));
    const { findings } = await verify(device);
    expect(findings).toEqual([
      expect.objectContaining({ kind: 'leftover', problem: expect.stringMatching(/gone-3/) }),
    ]);
  });

  test('leader epochs that do not rise', async () => {
    const device = stopped(true);
    const path = join(FOLDER, 'leader-epoch-checkpoint');
    device.files.replaceFileSync(path, Buffer.from('0\n2\n1 0\n1 7\n'));
    const found = (await damagesOf(device)).filter(({ file }) => file === path);
    expect(found[0]?.problem).toMatch(/not above the entry before it/);
  });
});

test.each`
  path            | content                            | kind           | because
  ${'/d/topic-0'} | ${'00000000000000000000.log'}      | ${'log'}       | ${'a segment lies in it'}
  ${'/d/moved'}   | ${'00000000000000000000.log'}      | ${'log'}       | ${'it may have been given another name'}
  ${'/d/kafka-1'} | ${'meta.properties'}               | ${'directory'} | ${'so are log directories called, too'}
  ${'/d/kafka-1'} | ${'replication-offset-checkpoint'} | ${'directory'} | ${'no log has such a file'}
  ${'/d/kafka-1'} | ${'t-0/00000000000000000000.log'}  | ${'directory'} | ${'a log lies in it'}
  ${'/d/topic-0'} | ${'notes.txt'}                     | ${'log'}       | ${'its name is all there is to go by'}
  ${'/d/data'}    | ${'notes.txt'}                     | ${'directory'} | ${'its name is not that of a log'}
`('$path with $content is a $kind: $because', ({ path, content, kind }) => {
  const { files } = new DeviceFiles(['/d']);
  const file = join(path, content);
  files.makeDirectorySync(dirname(file));
  files.replaceFileSync(file, Buffer.alloc(0));
  expect(pathKindOf(files, path)).toBe(kind);
  expect(pathKindOf(files, file)).toBe('file');
  expect(pathKindOf(files, '/d/none')).toBeUndefined();
});

test('a log can be looked at alone, and asks its directory for what it knows', async () => {
  const device = stopped(true);
  flip(device, built.pathOf(true, 'last.log'), -3, 1);
  const findings: Finding[] = [];
  const inspection = new Inspection(device.files, (finding) => void findings.push(finding));
  expect(pathKindOf(device.files, FOLDER)).toBe('log');
  await checkLogFolder(inspection, FOLDER);
  expect(findings).toEqual([
    expect.objectContaining({ atStart: expect.stringMatching(/^nothing is changed/) }),
  ]);
});

test('nothing is written', async () => {
  const device = stopped(true);
  const before = device
    .paths()
    .map((path) => [path, device.files.readFileSync(path)?.toString('hex')]);
  await verify(device);
  const after = device
    .paths()
    .map((path) => [path, device.files.readFileSync(path)?.toString('hex')]);
  expect(after).toEqual(before);
});

test('of one file no more is told than anybody reads', async () => {
  const device = stopped(true);
  device.damage(built.pathOf(true, 'first.index'), () => Buffer.alloc(8 * 100, 0x7f));
  const { findings, inspection } = await verify(device);
  expect(inspection.counts.damage).toBe(100);
  expect(findings.length).toBeLessThan(30);
});

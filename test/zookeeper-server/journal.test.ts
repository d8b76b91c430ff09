import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { nodePlatform } from '../../src/platform/node';
import { FileError } from '../../src/platform/ports';
import type { Files, OpenFile, Platform } from '../../src/platform/ports';
import { OPEN_ACL } from '../../src/zookeeper-server/access';
import { Database } from '../../src/zookeeper-server/database';
import { ZooKeeperServerError } from '../../src/zookeeper-server/errors';
import { DiskJournal } from '../../src/zookeeper-server/journal/disk-journal';
import { encodeRecord, LOG_HEADER, readLog } from '../../src/zookeeper-server/journal/log-format';
import { encodeSnapshot } from '../../src/zookeeper-server/journal/snapshot';
import type { Change, Transaction } from '../../src/zookeeper-server/transaction';

const password = Buffer.alloc(16, 7);
const ALL_CHANGES: Change[] = [
  { type: 'openSession', sessionId: 2n ** 62n, password, timeoutMs: 4_000 },
  { type: 'create', path: '/a', data: null, acl: OPEN_ACL, ephemeralOwner: 0n },
  { type: 'create', path: '/e', data: Buffer.from('x'), acl: OPEN_ACL, ephemeralOwner: 2n ** 62n },
  { type: 'setData', path: '/a', data: Buffer.from('data'), version: 1 },
  {
    type: 'setAcl',
    path: '/a',
    acl: [{ permissions: 1, scheme: 'ip', id: '10.0.0.0/8' }],
    version: 1,
  },
  { type: 'delete', path: '/e' },
  { type: 'closeSession', sessionId: 2n ** 62n },
];

const transaction = (zxid: number, changes: Change[]): Transaction => ({
  zxid,
  timeMs: 1_700_000_000_000 + zxid,
  changes,
});

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'odradek-journal-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

interface OpenOptions {
  readonly at?: string;
  readonly platform?: Platform;
  readonly snapshotEvery?: number;
  readonly onFailure?: (error: Error) => void;
}

function open(options: OpenOptions = {}) {
  const database = new Database({ minTimeoutMs: 4_000, maxTimeoutMs: 40_000 });
  const journal = DiskJournal.open({
    platform: options.platform ?? nodePlatform(),
    directory: options.at ?? directory,
    database,
    snapshotEveryTransactions: options.snapshotEvery ?? 1_000,
    onFailure:
      options.onFailure ??
      ((error) => {
        throw error;
      }),
  });
  const commit = (changes: Change[]): void => {
    const next = transaction(database.zxid + 1, changes);
    journal.append(next);
    database.replay(next, 0);
  };
  const create = (path: string): void =>
    commit([{ type: 'create', path, data: Buffer.from(path), acl: OPEN_ACL, ephemeralOwner: 0n }]);
  const durable = (): Promise<void> => new Promise((done) => journal.whenDurable(done));
  return { database, journal, commit, create, durable };
}

/** The state as bytes, to compare. */
const stateOf = (database: Database): string => encodeSnapshot(database).toString('hex');
const filesIn = (at = directory): string[] =>
  readdirSync(at)
    .filter((name) => name !== 'lock')
    .sort();

test('a restart finds every kind of change', async () => {
  const first = open();
  for (const change of ALL_CHANGES) first.commit([change]);
  first.commit([{ type: 'openSession', sessionId: 5n, password, timeoutMs: 9_000 }]);
  await first.journal.close();
  const second = open();
  expect(second.database.zxid).toBe(ALL_CHANGES.length + 1);
  expect(stateOf(second.database)).toBe(stateOf(first.database));
  expect(second.database.sessions.get(5n)).toEqual({ id: 5n, password, timeoutMs: 9_000 });
  await second.journal.close();
});

test('actions wait for the disk, in order, and share one sync', async () => {
  let syncs = 0;
  const platform = withFiles({ onSync: () => void syncs++ });
  const { journal, create, durable } = open({ platform });
  syncs = 0;
  const ran: string[] = [];
  create('/a');
  journal.whenDurable(() => ran.push('a'));
  create('/b');
  journal.whenDurable(() => ran.push('b'));
  expect(ran).toEqual([]);
  await durable();
  expect(ran).toEqual(['a', 'b']);
  expect(syncs).toBe(1);
  journal.whenDurable(() => ran.push('at once'));
  expect(ran).toEqual(['a', 'b', 'at once']);
  await journal.close();
});

test('a log cut at any byte recovers all whole transactions before the cut', () => {
  const records = [1, 2, 3].map((zxid) =>
    encodeRecord(
      transaction(zxid, [
        { type: 'create', path: `/${zxid}`, data: null, acl: OPEN_ACL, ephemeralOwner: 0n },
      ]),
    ),
  );
  const whole = Buffer.concat([LOG_HEADER, ...records]);
  for (let cut = 0; cut <= whole.length; cut++) {
    const { transactions, soundBytes } = readLog(whole.subarray(0, cut));
    let wholeBytes = LOG_HEADER.length;
    const expected = records.filter((record) => (wholeBytes += record.length) <= cut);
    expect(transactions).toHaveLength(expected.length);
    expect(soundBytes).toBeLessThanOrEqual(cut);
  }
});

test.each`
  damage                                 | mend
  ${'half a record'}                     | ${(log: Buffer) => log.subarray(0, log.length - 3)}
  ${'a record of wrong bytes'}           | ${(log: Buffer) => Buffer.concat([log.subarray(0, log.length - 1), Buffer.from([99])])}
  ${'zeros behind the last record'}      | ${(log: Buffer) => Buffer.concat([log, Buffer.alloc(500)])}
  ${'garbage behind the last record'}    | ${(log: Buffer) => Buffer.concat([log, Buffer.alloc(500, 0xee)])}
  ${'a header that was not yet written'} | ${() => Buffer.alloc(0)}
`('goes on after $damage', async ({ mend }: { mend: (log: Buffer) => Buffer }) => {
  const first = open();
  first.create('/a');
  first.create('/b');
  await first.journal.close();
  const [log = ''] = filesIn();
  writeFileSync(join(directory, log), mend(readFileSync(join(directory, log))));

  const second = open();
  const { zxid } = second.database;
  expect(zxid).toBeLessThanOrEqual(2);
  second.create('/c');
  await second.journal.close();
  const third = open();
  expect(third.database.zxid).toBe(zxid + 1);
  expect(third.database.tree.get('/c')).toBeDefined();
  expect(stateOf(third.database)).toBe(stateOf(second.database));
  await third.journal.close();
});

test('snapshots replace logs, and the two newest are kept', async () => {
  const first = open({ snapshotEvery: 10 });
  for (let i = 0; i < 45; i++) {
    first.create(`/n${i}`);
    await first.durable();
  }
  await first.journal.close();
  expect(filesIn()).toEqual([
    'log.000000000000001f',
    'log.0000000000000029',
    'snapshot.000000000000001e',
    'snapshot.0000000000000028',
  ]);
  const second = open();
  expect(stateOf(second.database)).toBe(stateOf(first.database));
  await second.journal.close();
});

async function twentyFiveZnodes(): Promise<Database> {
  const { database, journal, create, durable } = open({ snapshotEvery: 10 });
  for (let i = 0; i < 25; i++) {
    create(`/n${i}`);
    await durable();
  }
  await journal.close();
  return database;
}

test('a damaged snapshot is passed over for the one before', async () => {
  const before = await twentyFiveZnodes();
  const newest = join(directory, 'snapshot.0000000000000014');
  const content = readFileSync(newest);
  content.writeUInt8(content.readUInt8(100) ^ 1, 100);
  writeFileSync(newest, content);
  const after = open();
  expect(stateOf(after.database)).toBe(stateOf(before));
  await after.journal.close();
});

test.each`
  lost                           | because
  ${'snapshot.0000000000000014'} | ${'the snapshot before and its log remain'}
  ${'log.000000000000000b'}      | ${'the newest snapshot contains all of it'}
`('nothing is missing without $lost: $because', async ({ lost }: { lost: string }) => {
  const before = await twentyFiveZnodes();
  rmSync(join(directory, lost));
  const after = open();
  expect(stateOf(after.database)).toBe(stateOf(before));
  await after.journal.close();
});

test('the server does not start if transactions are missing', async () => {
  await twentyFiveZnodes();
  for (const name of filesIn().filter((each) => each.startsWith('snapshot'))) {
    rmSync(join(directory, name));
  }
  expect(() => open()).toThrow(ZooKeeperServerError);
  expect(() => open()).toThrow('transactions after 0 are missing');
});

test('a file of something else is refused, not overwritten', () => {
  writeFileSync(join(directory, 'log.0000000000000001'), 'something else entirely');
  expect(() => open()).toThrow(ZooKeeperServerError);
  expect(readFileSync(join(directory, 'log.0000000000000001'), 'utf8')).toContain('something');
});

test('whatever was acknowledged is in a copy of the directory taken at any time', async () => {
  const { journal, create } = open({ snapshotEvery: 50 });
  let acknowledged = 0;
  for (let i = 0; i < 300; i++) {
    create(`/n${i}`);
    journal.whenDurable(() => (acknowledged = i + 1));
    if (i % 7 === 0) await new Promise((done) => setImmediate(done));
    if (i % 20 !== 0) continue;
    const copy = mkdtempSync(join(tmpdir(), 'odradek-journal-copy-'));
    const atLeast = acknowledged;
    cpSync(directory, copy, { recursive: true });
    rmSync(join(copy, 'lock'), { force: true });
    const recovered = open({ at: copy });
    expect(recovered.database.zxid).toBeGreaterThanOrEqual(atLeast);
    await recovered.journal.close();
    rmSync(copy, { recursive: true });
  }
  await journal.close();
  expect(acknowledged).toBe(300);
});

test.each(['write', 'sync'] as const)(
  'a failed %s acknowledges nothing any more',
  async (failing) => {
    let isBroken = false;
    const fail = (operation: string): void => {
      if (isBroken && operation === failing) throw new FileError(directory, 'EIO', operation);
    };
    const platform = withFiles({ onWrite: () => fail('write'), onSync: () => fail('sync') });
    let failed: (error: Error) => void = () => undefined;
    const failure = new Promise<Error>((resolve) => (failed = resolve));
    const { journal, create, durable } = open({ platform, onFailure: (error) => failed(error) });
    create('/a');
    await durable();
    isBroken = true;
    let acknowledged = false;
    create('/b');
    journal.whenDurable(() => (acknowledged = true));
    expect(await failure).toMatchObject({ code: 'EIO' });
    isBroken = false;
    create('/c');
    journal.whenDurable(() => (acknowledged = true));
    await journal.close();
    expect(acknowledged).toBe(false);
  },
);

/** The real platform, with a word in at every write and sync of a file. */
function withFiles(hooks: { onWrite?: () => void; onSync?: () => void }): Platform {
  const platform = nodePlatform();
  const wrap = (file: OpenFile): OpenFile => ({
    path: file.path,
    size: () => file.size(),
    readSync: (...args) => file.readSync(...args),
    read: (...args) => file.read(...args),
    writeSync: (...args) => {
      hooks.onWrite?.();
      file.writeSync(...args);
    },
    write: (...args) => {
      hooks.onWrite?.();
      return file.write(...args);
    },
    truncateSync: (length) => file.truncateSync(length),
    sync: async () => {
      hooks.onSync?.();
      await file.sync();
    },
    syncSync: () => file.syncSync(),
    closeSync: () => file.closeSync(),
  });
  const files: Files = {
    ...platform.files,
    openSync: (path, mode) => wrap(platform.files.openSync(path, mode)),
  };
  return { ...platform, files };
}

/**
 * Random conversations with the embedded server and with Apache ZooKeeper give the same answers, Stats and
 * events. Left out of the comparison: times, and the distance between zxids (ZooKeeper gives one to a refused
 * write too); their order counts.
 */
import fc from 'fast-check';

import { readAcl, writeAcl } from '../../../src/zookeeper-server/access';
import type { Acl } from '../../../src/zookeeper-server/access';
import type { JuteReader, JuteWriter } from '../../../src/zookeeper-server/jute';
import { startEmbeddedZooKeeper, startRealZooKeeper } from '../../builders/zookeeper';
import type { RunningZooKeeper } from '../../builders/zookeeper';
import { WireClient } from '../../builders/zookeeper-wire';

type Write = (writer: JuteWriter) => void;
type Read = (reader: JuteReader, root: string) => unknown;

/** One request: its operation code, its body under a root of its own, and how to read the answer. */
interface Step {
  readonly client: 0 | 1;
  readonly what: string;
  readonly code: number;
  readonly write: (root: string) => Write;
  readonly read: Read;
}

const ACLS: readonly (readonly Acl[])[] = [
  [{ permissions: 31, scheme: 'world', id: 'anyone' }],
  [{ permissions: 1, scheme: 'world', id: 'anyone' }],
  [{ permissions: 31, scheme: 'auth', id: '' }],
  [
    { permissions: 31, scheme: 'digest', id: 'ann:7RJfAeIvrl4zdj6sS2fXrQHDvHM=' },
    { permissions: 1, scheme: 'world', id: 'anyone' },
  ],
  [{ permissions: 31, scheme: 'ip', id: '127.0.0.0/8' }],
  [{ permissions: 31, scheme: 'ip', id: 'nowhere' }],
  [],
];

const path = fc.constantFrom('/a', '/b', '/a/c', '/a/d', '/a/c/e', '', '/a//x', '/.', '/a/');
const version = fc.constantFrom(-1, -1, 0, 1, 2);
const data = fc.constantFrom(null, '', 'x', 'some data');
const acl = fc.oneof({ arbitrary: fc.constant(ACLS[0]), weight: 4 }, fc.constantFrom(...ACLS));
const bytes = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text));

class Zxid {
  constructor(readonly value: number) {}
}
class SessionId {
  constructor(readonly value: bigint) {}
}

const readStat: Read = (reader) => {
  const [czxid, mzxid] = [reader.long(), reader.long()];
  reader.long();
  reader.long();
  return {
    czxid: new Zxid(czxid),
    mzxid: new Zxid(mzxid),
    version: reader.int(),
    cversion: reader.int(),
    aversion: reader.int(),
    ephemeralOwner: new SessionId(reader.opaqueLong()),
    dataLength: reader.int(),
    numChildren: reader.int(),
    pzxid: new Zxid(reader.long()),
  };
};
const readPath: Read = (reader, root) => reader.string()?.replace(root, '');
const readNothing: Read = (reader) => reader.bytesLeft;
const readDataAndStat: Read = (reader, root) => [
  reader.buffer()?.toString(),
  readStat(reader, root),
];
const readChildrenAndStat: Read = (reader, root) => [
  reader.vector((from) => from.string() ?? '').sort((a, b) => (a < b ? -1 : 1)),
  readStat(reader, root),
];
const readAclAndStat: Read = (reader, root) => [reader.vector(readAcl), readStat(reader, root)];

interface Operation {
  readonly what: string;
  readonly code: number;
  readonly write: (root: string) => Write;
  readonly read: Read;
}

const create: fc.Arbitrary<Operation> = fc
  .record({ path, data, acl, flags: fc.constantFrom(0, 0, 0, 1, 2, 3, 9), isSecond: fc.boolean() })
  .map((it) => ({
    what: `create ${JSON.stringify(it)}`,
    code: it.isSecond ? 15 : 1,
    write: (root) => (writer) => {
      writer.string(root + it.path).buffer(bytes(it.data));
      writer.vector(it.acl ?? [], writeAcl).int(it.flags);
    },
    read: (reader, root) => [readPath(reader, root), it.isSecond && readStat(reader, root)],
  }));
const versioned = (name: string, code: number): fc.Arbitrary<Operation> =>
  fc.record({ path, version }).map((it) => ({
    what: `${name} ${JSON.stringify(it)}`,
    code,
    write: (root) => (writer) => void writer.string(root + it.path).int(it.version),
    read: readNothing,
  }));
const setData: fc.Arbitrary<Operation> = fc.record({ path, version, data }).map((it) => ({
  what: `setData ${JSON.stringify(it)}`,
  code: 5,
  write: (root) => (writer) => {
    writer
      .string(root + it.path)
      .buffer(bytes(it.data))
      .int(it.version);
  },
  read: readStat,
}));
const setAcl: fc.Arbitrary<Operation> = fc.record({ path, version, acl }).map((it) => ({
  what: `setACL ${JSON.stringify(it)}`,
  code: 7,
  write: (root) => (writer) => {
    writer
      .string(root + it.path)
      .vector(it.acl ?? [], writeAcl)
      .int(it.version);
  },
  read: readStat,
}));
const reading = (name: string, code: number, read: Read): fc.Arbitrary<Operation> =>
  fc.record({ path, watch: fc.boolean() }).map((it) => ({
    what: `${name} ${JSON.stringify(it)}`,
    code,
    write: (root) => (writer) => void writer.string(root + it.path).bool(it.watch),
    read,
  }));
const getAcl: fc.Arbitrary<Operation> = path.map((it) => ({
  what: `getACL ${it}`,
  code: 6,
  write: (root) => (writer) => void writer.string(root + it),
  read: readAclAndStat,
}));

const RESULTS: ReadonlyMap<number, Read> = new Map<number, Read>([
  [-1, (reader) => reader.int()],
  [1, readPath],
  [2, () => 'deleted'],
  [5, readStat],
  [13, () => 'checked'],
  [15, (reader, root) => [readPath(reader, root), readStat(reader, root)]],
]);

const readMulti: Read = (reader, root) => {
  const results: unknown[] = [];
  for (;;) {
    const header = [reader.int(), reader.bool(), reader.int()] as const;
    if (header[1]) return results;
    results.push([header[0], header[2], RESULTS.get(header[0])?.(reader, root)]);
  }
};

// Before 3.9 ZooKeeper answers a create2 inside of a multi as a create.
const createInMulti = create.filter(({ code }) => code === 1);
const multi: fc.Arbitrary<Operation> = fc
  .array(fc.oneof(createInMulti, versioned('delete', 2), versioned('check', 13), setData), {
    minLength: 1,
    maxLength: 4,
  })
  .map((operations) => ({
    what: `multi [${operations.map(({ what }) => what).join(', ')}]`,
    code: 14,
    write: (root) => (writer) => {
      for (const operation of operations) {
        writer.int(operation.code).bool(false).int(-1);
        operation.write(root)(writer);
      }
      writer.int(-1).bool(true).int(-1);
    },
    read: readMulti,
  }));

const step: fc.Arbitrary<Step> = fc
  .record({
    client: fc.constantFrom(0 as const, 1 as const),
    operation: fc.oneof(
      { arbitrary: create, weight: 4 },
      { arbitrary: versioned('delete', 2), weight: 2 },
      { arbitrary: setData, weight: 2 },
      setAcl,
      reading('exists', 3, readStat),
      { arbitrary: reading('getData', 4, readDataAndStat), weight: 2 },
      { arbitrary: reading('getChildren2', 12, readChildrenAndStat), weight: 2 },
      getAcl,
      { arbitrary: multi, weight: 2 },
    ),
  })
  .map(({ client, operation }) => ({
    client,
    ...operation,
    [fc.toStringMethod]: () => `client ${client}: ${operation.what}`,
  }));

/** What a client hears up to the answer to `xid`. */
async function hear(client: WireClient, xid: number, read: Read, root: string): Promise<unknown[]> {
  const heard: unknown[] = [];
  for (;;) {
    const { xid: answered, error, body } = await client.reply();
    if (answered === -1) {
      heard.push(['event', body.int(), body.int(), readPath(body, root)]);
    } else {
      expect(answered).toBe(xid);
      return [...heard, error, error === 0 ? read(body, root) : undefined];
    }
  }
}

/** Zxids by rank, sessions by number: what may differ between two servers is gone. */
function normalize(transcript: unknown[], sessions: readonly bigint[]): unknown {
  const zxids: number[] = [];
  const walk = (value: unknown, change: (leaf: unknown) => unknown): unknown => {
    if (value instanceof Zxid || value instanceof SessionId) return change(value);
    if (Array.isArray(value)) return value.map((each) => walk(each, change));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, walk(each, change)]),
    );
  };
  walk(transcript, (leaf) => (leaf instanceof Zxid ? zxids.push(leaf.value) : leaf));
  const ranks = [...new Set(zxids)].sort((a, b) => a - b);
  return walk(transcript, (leaf) => {
    if (leaf instanceof Zxid) return `zxid #${ranks.indexOf(leaf.value)}`;
    return leaf instanceof SessionId ? `session #${sessions.indexOf(leaf.value)}` : leaf;
  });
}

async function converse(port: number, root: string, steps: readonly Step[]): Promise<unknown> {
  const opened = [await WireClient.session(port), await WireClient.session(port)] as const;
  const clients = [opened[0].client, opened[1].client] as const;
  const transcript: unknown[] = [];
  let xid = 1;
  const ask = async (who: 0 | 1, code: number, write: Write, read: Read): Promise<unknown[]> => {
    clients[who].request(++xid, code, write);
    return hear(clients[who], xid, read, root);
  };
  clients[0].request(-4, 100, (writer) => {
    writer.int(0).string('digest').buffer(Buffer.from('ann:secret'));
  });
  await clients[0].reply();
  clients[0].create(++xid, root);
  await clients[0].reply();
  const sync = (who: 0 | 1): Promise<unknown[]> =>
    ask(who, 9, (writer) => void writer.string('/'), readPath);
  for (const { client, what, code, write, read } of steps) {
    transcript.push([`client ${client}: ${what}`, ...(await ask(client, code, write(root), read))]);
    transcript.push(await sync(0), await sync(1));
  }
  transcript.push(await ask(1, -11, () => undefined, readNothing));
  transcript.push(await sync(0));
  const body = (writer: JuteWriter): void => void writer.string(root).bool(false);
  transcript.push(await ask(0, 12, body, readChildrenAndStat));
  clients[0].close();
  clients[1].close();
  return normalize(transcript, [0n, opened[0].reply.sessionId, opened[1].reply.sessionId]);
}

let embedded: RunningZooKeeper;
let real: RunningZooKeeper;

beforeAll(async () => {
  [embedded, real] = await Promise.all([
    startEmbeddedZooKeeper({ tickTimeMs: 2_000 }),
    startRealZooKeeper({ tickTimeMs: 2_000 }),
  ]);
}, 60_000);

afterAll(async () => {
  await Promise.all([embedded.stop(), real.stop()]);
});

test('random conversations go the same way', async () => {
  let conversations = 0;
  const steps = fc.array(step, { minLength: 10, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(steps, async (conversation) => {
      const root = `/conversation-${++conversations}`;
      const [ours, theirs] = await Promise.all([
        converse(embedded.port, root, conversation),
        converse(real.port, root, conversation),
      ]);
      expect(ours).toEqual(theirs);
    }),
    { numRuns: Number(process.env['ODRADEK_CONVERSATIONS'] ?? 100) },
  );
}, 600_000);

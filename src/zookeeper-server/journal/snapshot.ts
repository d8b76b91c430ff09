/**
 * A snapshot file: the whole database at one zxid, with a CRC-32 over all of it at the end. It is written
 * by atomic replacement, so a file that fails the check was damaged later.
 */
import { crc32 } from '../../base/crc32';
import { readAcl, shared, writeAcl } from '../access';
import type { Database } from '../database';
import { JuteReader, JuteWriter } from '../jute';
import { Znode } from '../znode';

/** `OZKS`, then the version of the format. */
const HEADER = Buffer.from([0x4f, 0x5a, 0x4b, 0x53, 0, 0, 0, 1]);
const CRC_BYTES = 4;

function writeZnode(writer: JuteWriter, path: string, znode: Znode): void {
  writer.string(path).buffer(znode.data).vector(znode.acl, writeAcl);
  writer.opaqueLong(znode.ephemeralOwner);
  writer.long(znode.czxid).long(znode.mzxid).long(znode.pzxid);
  writer.long(znode.ctime).long(znode.mtime);
  writer.int(znode.version).int(znode.aversion).int(znode.childrenCreated);
}

function readZnode(reader: JuteReader): [string, Znode] {
  const path = reader.string() ?? '';
  const data = reader.buffer();
  const acl = shared(reader.vector(readAcl));
  const ephemeralOwner = reader.opaqueLong();
  const zxid = reader.long();
  const mzxid = reader.long();
  const pzxid = reader.long();
  const timeMs = reader.long();
  const znode = new Znode({ data, acl, ephemeralOwner, zxid, timeMs });
  znode.mzxid = mzxid;
  znode.pzxid = pzxid;
  znode.mtime = reader.long();
  znode.version = reader.int();
  znode.aversion = reader.int();
  znode.childrenCreated = reader.int();
  return [path, znode];
}

export function encodeSnapshot(database: Database): Buffer {
  const writer = new JuteWriter().raw(HEADER).long(database.zxid);
  writer.vector([...database.sessions], (to, session) => {
    to.opaqueLong(session.id).buffer(session.password).int(session.timeoutMs);
  });
  writer.int(database.tree.znodeCount);
  for (const [path, znode] of database.tree.entries()) writeZnode(writer, path, znode);
  const checksum = crc32(writer.finish());
  return writer.int(checksum | 0).finish();
}

/** Whether `content` is a whole, undamaged snapshot of the format this version writes. */
export function isSoundSnapshot(content: Buffer): boolean {
  const end = content.length - CRC_BYTES;
  if (end < HEADER.length || !content.subarray(0, HEADER.length).equals(HEADER)) return false;
  return crc32(content.subarray(0, end)) === content.readUInt32BE(end);
}

/** Fills an empty database; sessions get their full time-out from `nowMs` on. */
export function loadSnapshot(content: Buffer, database: Database, nowMs: number): void {
  const reader = new JuteReader(content, HEADER.length);
  database.startAt(reader.long());
  for (let left = reader.int(); left > 0; left--) {
    const id = reader.opaqueLong();
    const password = reader.buffer() ?? Buffer.alloc(0);
    database.sessions.open({ id, password, timeoutMs: reader.int() }, nowMs);
  }
  for (let left = reader.int(); left > 0; left--) database.tree.put(...readZnode(reader));
}

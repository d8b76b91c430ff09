/** Segments that brokers of before Kafka 0.11 wrote: message sets of magic 0 and 1. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { buildMessageSet } from '../../src/protocol/records/message-set';
import type { MessageSetForm } from '../../src/protocol/records/message-set';
import type { Log } from '../../src/storage/log';
import { SOME_TIME, StorageFixture, aBatch, append, readAll } from '../builders/storage';

let fixture: StorageFixture;

beforeEach(() => {
  fixture = new StorageFixture();
});
afterEach(() => fixture.end());

const FORMS: readonly MessageSetForm[] = ([0, 1] as const).flatMap((magic) =>
  (['none', 'gzip', 'snappy', 'lz4'] as const).map((codec) => ({ magic, codec })),
);

/** Messages at these offsets; the time of each is a second later by offset. */
function aSet(offsets: readonly number[], form: MessageSetForm): Buffer {
  const messages = offsets.map((offset) => ({
    key: null,
    value: Buffer.from(`v${String(offset)}`),
    timestamp: SOME_TIME + offset * 1000,
    offset,
  }));
  return buildMessageSet(messages, form);
}

/** The log of a partition whose only file is one segment with this content; no index, no clean shutdown. */
async function aLogOf(content: Buffer): Promise<Log> {
  const folder = join(fixture.directory, 'topic-0');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${'0'.repeat(20)}.log`), content);
  const manager = await fixture.start();
  const log = manager.get({ topic: 'topic', partition: 0 });
  if (!log) throw new Error('the log is not there');
  return log;
}

async function offsetsOf(log: Log, from = 0): Promise<number[]> {
  return (await readAll(log, from)).map(({ offset }) => offset);
}

describe.each(FORMS)('magic $magic, $codec', (form) => {
  test('is read, unchanged, and new batches follow', async () => {
    const content = Buffer.concat([aSet([0, 1, 2], form), aSet([5, 6], form)]);
    const log = await aLogOf(content);
    expect(log.logEndOffset).toBe(7);
    expect(await offsetsOf(log)).toEqual([0, 1, 2, 5, 6]);
    expect(await offsetsOf(log, 6)).toEqual([6]);
    const options = { offset: 0, maxBytes: 1 << 20, upTo: 7, minOneBatch: true };
    const read = await log.read(options);
    expect(Buffer.concat(read.buffers).equals(content)).toBe(true);
    read.release();
    append(fixture, log, aBatch(['new']));
    expect(await offsetsOf(log, 5)).toEqual([5, 6, 7]);
  });

  test('is cut after a crash at the first message whose checksum does not fit', async () => {
    const first = aSet([0, 1, 2], form);
    const second = aSet([3], form);
    second.writeUInt8(second.readUInt8(second.length - 1) ^ 1, second.length - 1);
    const log = await aLogOf(Buffer.concat([first, second, aSet([4], form)]));
    expect(log.logEndOffset).toBe(3);
    expect(log.sizeBytes).toBe(first.length);
  });

  test('is cut after a crash in the middle of a message', async () => {
    const first = aSet([0, 1, 2], form);
    const log = await aLogOf(Buffer.concat([first, aSet([3], form).subarray(0, -1)]));
    expect(log.logEndOffset).toBe(3);
    expect(log.sizeBytes).toBe(first.length);
  });

  test('is searched by time, message by message', async () => {
    const log = await aLogOf(Buffer.concat([aSet([0, 1, 2], form), aSet([5, 6], form)]));
    const found = await log.offsetForTimestamp(SOME_TIME + 1000);
    const latest = await log.maxTimestampOffset();
    // Magic 0 has no times.
    expect(found?.offset).toBe(form.magic === 0 ? undefined : 1);
    expect(found?.timestamp).toBe(form.magic === 0 ? undefined : SOME_TIME + 1000);
    expect(latest?.offset).toBe(form.magic === 0 ? undefined : 6);
  });

  test('is taken over by a follower', async () => {
    const manager = await fixture.start({ 'segment.bytes': 150 });
    const log = fixture.log(manager);
    log.config = fixture.config({ 'segment.bytes': 150 });
    for (const set of [aSet([3, 4], form), aSet([7, 8], form), aSet([9, 10], form)]) {
      log.appendAsFollower(set);
      fixture.clock.endTick();
    }
    expect(await offsetsOf(log)).toEqual([3, 4, 7, 8, 9, 10]);
    for (const offset of [3, 4, 7, 8, 9, 10]) {
      const [first] = (await readAll(log, offset)).map((record) => record.offset);
      expect(first).toBe(offset);
    }
    const bases = log.segmentBaseOffsets();
    expect(bases.length).toBeGreaterThan(1);
    // Each begins right after what came before, for what it holds may begin anywhere from there on.
    const offsets = [3, 4, 7, 8, 9, 10];
    expect(bases.slice(1).every((base) => offsets.includes(base - 1))).toBe(true);
  });

  test('is refused from a leader whose copy is damaged', async () => {
    const log = fixture.log(await fixture.start());
    const set = aSet([0], form);
    set.writeUInt8(set.readUInt8(set.length - 1) ^ 1, set.length - 1);
    expect(() => log.appendAsFollower(set)).toThrow(
      expect.objectContaining({ errorName: 'CORRUPT_MESSAGE' }),
    );
    expect(log.logEndOffset).toBe(0);
  });
});

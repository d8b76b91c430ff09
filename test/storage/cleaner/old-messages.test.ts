/** Compaction of segments that brokers of before Kafka 0.11 wrote. */
import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

import { nodePlatform } from '../../../src/platform/node';
import { magicOf } from '../../../src/protocol/records/batch';
import { messageCodecOf } from '../../../src/protocol/records/message';
import { buildMessageSet } from '../../../src/protocol/records/message-set';
import type { MessageSetForm } from '../../../src/protocol/records/message-set';
import { batches, isIntact } from '../../../src/protocol/records/reader';
import { KeyHash } from '../../../src/storage/cleaner/key-hash';
import { OffsetMap } from '../../../src/storage/cleaner/offset-map';
import { filterMessages, noteMessageKeys } from '../../../src/storage/cleaner/old-messages';
import type { Log } from '../../../src/storage/log';
import {
  SOME_TIME,
  StorageFixture,
  aBatch,
  append,
  readAll,
  settled,
} from '../../builders/storage';

const FORMS: readonly MessageSetForm[] = ([0, 1] as const).flatMap((magic) =>
  (['none', 'gzip', 'snappy', 'lz4'] as const).map((codec) => ({ magic, codec })),
);
const BACKOFF_MS = 15_000;
const RETENTION_MS = 10_000;

/** Messages as `offset:key=value`, where `~` is null. */
function aSet(texts: readonly string[], form: MessageSetForm): Buffer {
  const bytesOf = (text: string | undefined): Buffer | null =>
    text === undefined || text === '~' ? null : Buffer.from(text);
  const messages = texts.map((text) => {
    const [offset, key, value] = text.split(/[:=]/);
    return {
      offset: Number(offset),
      timestamp: SOME_TIME,
      key: bytesOf(key),
      value: bytesOf(value),
    };
  });
  return buildMessageSet(messages, form);
}

describe.each(FORMS)('magic $magic, $codec', (form) => {
  let fixture: StorageFixture;

  beforeEach(() => {
    fixture = new StorageFixture({
      config: {
        'cleanup.policy': ['compact'],
        'min.cleanable.dirty.ratio': 0.01,
        'delete.retention.ms': RETENTION_MS,
        'segment.bytes': 200,
      },
    });
  });
  afterEach(() => fixture.end());

  /** Lets the cleaner have its turn. */
  async function clean(log: Log): Promise<void> {
    const upTo = log.segments.active.baseOffset;
    await new Promise((resolve) => setImmediate(resolve));
    fixture.clock.advance(BACKOFF_MS);
    const checkpoint = join(fixture.directory, 'cleaner-offset-checkpoint');
    await settled(() =>
      expect(readFileSync(checkpoint, 'utf8')).toBe(`0\n1\ntopic 0 ${String(upTo)}\n`),
    );
  }

  function follow(log: Log, set: Buffer): void {
    log.appendAsFollower(set);
    fixture.clock.endTick();
    log.updateHighWatermark(log.logEndOffset);
  }

  function roll(log: Log): void {
    const value = 'x'.repeat(120);
    append(fixture, log, aBatch([{ key: 'roll', value, timestamp: SOME_TIME }]));
    log.updateHighWatermark(log.logEndOffset);
  }

  async function keysOf(log: Log): Promise<string[]> {
    return (await readAll(log))
      .filter(({ key }) => key !== 'roll')
      .map(({ offset, key, value }) => `${String(offset)}:${String(key)}=${value ?? '~'}`);
  }

  test('the last value of each key stays, in the form that it had', async () => {
    const log = fixture.log(await fixture.start());
    follow(log, aSet(['0:a=1', '1:b=1', '2:~=lost'], form));
    follow(log, aSet(['5:a=2', '6:c=1'], form));
    roll(log);
    roll(log);
    await clean(log);
    expect(await keysOf(log)).toEqual(['1:b=1', '5:a=2', '6:c=1']);
    const bytes = readFileSync(log.segments.first.log.path);
    for (const { position } of batches(bytes)) {
      if (magicOf(bytes, position) === 2) continue;
      expect(isIntact(bytes, position)).toBe(true);
      expect(magicOf(bytes, position)).toBe(form.magic);
      expect(messageCodecOf(bytes, position)).toBe(form.codec);
    }
  });

  test('a tombstone goes once its segment is older than what is compacted by delete.retention.ms', async () => {
    const log = fixture.log(await fixture.start());
    follow(log, aSet(['0:a=1', '1:a=~', '2:b=1'], form));
    roll(log);
    roll(log);
    await clean(log);
    expect(await keysOf(log)).toEqual(['1:a=~', '2:b=1']);
    const before = (SOME_TIME - RETENTION_MS) / 1000;
    const [first, second] = log.segments.all.map(({ log: file }) => file.path);
    utimesSync(first ?? '', before, before);
    utimesSync(second ?? '', SOME_TIME / 1000, SOME_TIME / 1000);
    roll(log);
    await clean(log);
    expect(await keysOf(log)).toEqual(['2:b=1']);
  });
});

function aMap(maxKeys = 100): OffsetMap {
  const keys = new KeyHash(nodePlatform().random);
  return new OffsetMap(keys, { maxBytes: 24 * maxKeys, loadFactor: 1, mostKeys: Infinity });
}

describe('a wrapper', () => {
  const form = { magic: 1, codec: 'gzip' } as const;

  test('of which all stays is not written anew', () => {
    const latest = aMap();
    const set = aSet(['0:a=1', '1:b=1'], form);
    expect(noteMessageKeys(set, latest, 0)).toBe(true);
    expect(latest.latestOffset).toBe(1);
    expect(filterMessages(set, { latest, dropsTombstones: false })).toBe(set);
  });

  test('of which nothing stays goes', () => {
    const latest = aMap();
    const old = aSet(['0:a=1', '1:b=1'], form);
    noteMessageKeys(old, latest, 0);
    noteMessageKeys(aSet(['2:a=2', '3:b=2'], form), latest, 0);
    expect(filterMessages(old, { latest, dropsTombstones: false })).toBeUndefined();
  });

  test('ends the learning of keys where the map is full', () => {
    const map = aMap(5);
    const texts = Array.from(
      { length: map.capacity + 1 },
      (_, i) => `${String(i)}:k${String(i)}=v`,
    );
    expect(noteMessageKeys(aSet(texts, form), map, 0)).toBe(false);
    expect(map.latestOffset).toBe(map.capacity - 1);
  });

  test('is learned from an offset on', () => {
    const map = aMap();
    noteMessageKeys(aSet(['0:a=1', '1:b=1'], form), map, 1);
    expect(map.count).toBe(1);
  });
});

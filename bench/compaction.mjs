/**
 * Compacts one log and tells how fast, and how long the event loop was held up meanwhile. No broker around it.
 *
 *     npm run bench:compaction -- [--gigabytes 1] [--codec none] [--value 1000] [--keys 200000] [--records 16]
 *
 * `--records` is how many there are in a batch, `--value` the bytes of each. Needs Linux.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
const { LogManager } = require('../dist/storage/log-manager.js');
const { nodePlatform } = require('../dist/platform/node/index.js');
const { LogBase } = require('../dist/platform/log-base.js');
const { buildBatch } = require('../dist/protocol/records/builder.js');

const { values: options } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '1' },
    codec: { type: 'string', default: 'none' },
    value: { type: 'string', default: '1000' },
    keys: { type: 'string', default: '200000' },
    records: { type: 'string', default: '16' },
    buffer: { type: 'string', default: '524288' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const GIBIBYTE = 2 ** 30;
const MEBIBYTE = 2 ** 20;
const UNLIMITED = 2 ** 63;
const WAIT_MS = 20;
/** Batches are made once, and appended again and again with other keys written over the old ones. */
const KEY_BYTES = 16;
/** So many different ones that a large batch does not compress to nothing. */
const TEXTS = 4096;

const LOG_CONFIG = {
  'cleanup.policy': ['compact'],
  'compression.gzip.level': -1,
  'compression.lz4.level': 9,
  'compression.type': 'producer',
  'compression.zstd.level': 3,
  'delete.retention.ms': 86_400_000,
  'file.delete.delay.ms': 60_000,
  'flush.messages': UNLIMITED,
  'flush.ms': UNLIMITED,
  'index.interval.bytes': 4096,
  'max.compaction.lag.ms': UNLIMITED,
  'max.message.bytes': 2 ** 30,
  'message.timestamp.after.max.ms': UNLIMITED,
  'message.timestamp.before.max.ms': UNLIMITED,
  'message.timestamp.type': 'CreateTime',
  'min.cleanable.dirty.ratio': 0.01,
  'min.compaction.lag.ms': 0,
  'retention.bytes': -1,
  'retention.ms': -1,
  'segment.bytes': Math.floor((Number(options.gigabytes) * 2 ** 30) / 8),
  'segment.index.bytes': 10_485_760,
  'segment.jitter.ms': 0,
  'segment.ms': 604_800_000,
};
const values = {
  'log.cleaner.backoff.ms': WAIT_MS,
  'log.cleaner.dedupe.buffer.size': 128 * MEBIBYTE,
  'log.cleaner.enable': false,
  'log.cleaner.io.buffer.load.factor': 0.9,
  'log.cleaner.io.buffer.size': Number(options.buffer),
  'log.cleaner.io.max.bytes.per.second': Number.MAX_VALUE,
  'log.cleaner.threads': 1,
  'log.flush.offset.checkpoint.interval.ms': 60_000,
  'log.flush.scheduler.interval.ms': UNLIMITED,
  'log.flush.start.offset.checkpoint.interval.ms': 60_000,
  'log.initial.task.delay.ms': 30_000,
  'log.retention.check.interval.ms': 300_000,
  'log.segment.delete.delay.ms': 60_000,
  'num.recovery.threads.per.data.dir': 1,
  'producer.id.expiration.check.interval.ms': 600_000,
  'producer.id.expiration.ms': 86_400_000,
};

/** A random integer (mulberry32); the same ones in every run. */
function next(state) {
  state.seed = (state.seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state.seed ^ (state.seed >>> 15), 1 | state.seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return (mixed ^ (mixed >>> 14)) >>> 0;
}

/** Text of words, which compresses about as real values do. */
function someText(bytes, seed) {
  const state = { seed };
  const words = [];
  for (let length = 0; length < bytes; length += 6) {
    words.push((next(state) % 4096).toString(36).padStart(5, 'w'));
  }
  return Buffer.from(words.join(' ').slice(0, bytes));
}

function nextKey(state) {
  return Buffer.from(`key-${String(next(state) % Number(options.keys)).padStart(12, '0')}`);
}

async function fill(log, clock) {
  const count = Number(options.records);
  const bytes = Number(options.gigabytes) * GIBIBYTE;
  const texts = Array.from({ length: TEXTS }, (_, i) => someText(Number(options.value), i + 1));
  const keys = { seed: 42 };
  let plainBytes = 0;
  for (let i = 0; log.sizeBytes < bytes && plainBytes < 8 * bytes; i++) {
    const records = Array.from({ length: count }, (_, r) => ({
      key: nextKey(keys),
      value: texts[(i * 7 + r) % texts.length],
      timestamp: clock.nowMs(),
    }));
    plainBytes += count * (Number(options.value) + KEY_BYTES);
    const batch = buildBatch({ records, codec: options.codec });
    log.appendAsLeader(batch, { leaderEpoch: 0, origin: 'client' });
    await log.written();
  }
  log.updateHighWatermark(log.logEndOffset);
}

/**
 * The most CPU time that this thread spends between two beats of a timer of a millisecond: what holds up the event
 * loop, whatever else the machine does meanwhile.
 */
class LongestTurn {
  #file = openSync('/proc/thread-self/schedstat');
  #text = Buffer.alloc(64);
  #sinceMs = 0;
  #timer;
  ms = 0;

  start() {
    this.#sinceMs = this.#cpuMs();
    this.#timer = setInterval(() => {
      const nowMs = this.#cpuMs();
      this.ms = Math.max(this.ms, nowMs - this.#sinceMs);
      this.#sinceMs = nowMs;
    }, 1);
  }

  stop() {
    clearInterval(this.#timer);
    closeSync(this.#file);
  }

  #cpuMs() {
    const length = readSync(this.#file, this.#text, 0, this.#text.length, 0);
    return parseInt(this.#text.latin1Slice(0, length), 10) / 1e6;
  }
}

const folder = mkdtempSync(join(options.folder, 'odradek-compaction-'));
const platform = nodePlatform();
const compacted = [];
/** Keeps what is told of each compaction, and shows errors. */
class CompactionLog extends LogBase {
  write(level, text, fields) {
    if (text === 'compacted a log') compacted.push(fields);
    if (level === 'error' || level === 'fatal') console.error(text, fields);
  }

  isEnabled() {
    return true;
  }

  with() {
    return this;
  }

  area() {
    return this;
  }
}
const log = new CompactionLog();
const manager = new LogManager({
  platform: { ...platform, log },
  config: { values, logDirs: [folder] },
  topicConfig: () => LOG_CONFIG,
});
await manager.start();
const subject = manager.getOrCreate(
  { topic: 'compacted', partition: 0 },
  { topicId: undefined, isNew: true, config: LOG_CONFIG },
);
await fill(subject, platform.clock);
await subject.flush();
if (subject.segments.all.length < 2)
  throw new Error('too little for a second segment: nothing to compact');
const { sizeBytes: before, logEndOffset: records } = subject;
const delays = monitorEventLoopDelay({ resolution: 1 });
const cpu = process.cpuUsage();
const started = performance.now();
delays.enable();
const turn = new LongestTurn();
turn.start();
values['log.cleaner.enable'] = true;
while (compacted.length === 0) await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
delays.disable();
turn.stop();
const ms = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    ...options,
    recordCount: records,
    seconds: +(ms / 1000).toFixed(2),
    mebibytesPerSecond: Math.round(before / MEBIBYTE / (ms / 1000)),
    recordsPerSecond: Math.round(records / (ms / 1000)),
    cpuSeconds: +((user + system) / 1e6).toFixed(2),
    mebibytesBefore: Math.round(before / MEBIBYTE),
    mebibytesAfter: Math.round(subject.sizeBytes / MEBIBYTE),
    loopDelayMs: {
      mean: +(delays.mean / 1e6).toFixed(1),
      p99: +(delays.percentile(99) / 1e6).toFixed(1),
      p999: +(delays.percentile(99.9) / 1e6).toFixed(1),
      max: +(delays.max / 1e6).toFixed(1),
    },
    longestTurnCpuMs: +turn.ms.toFixed(1),
    peakMebibytes: Math.round(process.resourceUsage().maxRSS / 1024),
    map: compacted[0].mapPercent,
  }),
);
values['log.cleaner.enable'] = false;
await manager.stop();
rmSync(folder, { recursive: true });

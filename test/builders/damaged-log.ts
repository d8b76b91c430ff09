import { join } from 'node:path';

import { ProtocolError } from '../../src/protocol/errors';
import { buildMarkerBatch } from '../../src/protocol/records/markers';
import type { Log } from '../../src/storage/log';
import { DeviceFiles } from './device-files';
import { RecordingLog } from './recording-log';
import { SOME_TIME, StorageFixture, aBatch, append, recordsOf } from './storage';

const ROOT = '/logs';
export const LOG_DIRECTORY = `${ROOT}/data`;
const CONFIG = { 'index.interval.bytes': 100, 'segment.bytes': 700 };

/** What readers of a log see. */
export interface Sight {
  readonly start: number;
  readonly end: number;
  /** For each offset, the batch that a read gives, or the error. */
  readonly batches: readonly string[];
  /** For each timestamp, the offset found, or the error. */
  readonly times: readonly string[];
  readonly aborted: string;
  readonly epochs: string;
  readonly producer: string;
}

/** A device with one log on it, of three segments with epochs, transactions and timestamps, after a stop. */
export class DamagedLog {
  readonly #pristine = new Map<boolean, DeviceFiles>();

  /** Whether the stop was an orderly one. */
  async build(isClean: boolean): Promise<void> {
    const device = new DeviceFiles([LOG_DIRECTORY]);
    const fixture = fixtureOn(device);
    const manager = await fixture.start();
    const log = fixture.log(manager);
    log.nameTopic('AAAAAAAAAAAAAAAAAAAAAQ');
    for (let i = 0; i < 18; i++) {
      const timestamp = SOME_TIME + i * 1000;
      const producer = { producerId: 5, producerEpoch: 0, baseSequence: i };
      const isTransactional = i >= 4 && i < 8;
      append(
        fixture,
        log,
        aBatch([{ value: `value ${String(i)}`, timestamp }], { ...producer, isTransactional }),
        Math.floor(i / 7) * 2 + 1,
      );
      if (i === 7) this.#abort(fixture, log, timestamp);
    }
    log.updateHighWatermark(log.logEndOffset);
    log.raiseLogStart(1);
    if (isClean) await manager.stop();
    else {
      await log.flush();
      manager.checkpointHighWatermarks();
      fixture.clock.advance(60_000);
      await new Promise((resolve) => setImmediate(resolve));
      manager.abandon();
    }
    // Nothing of this log is ever compacted, but the file is read at every start.
    const cleaned = Buffer.from('0\n1\ntopic 0 5\n');
    device.files.replaceFileSync(join(LOG_DIRECTORY, 'cleaner-offset-checkpoint'), cleaned);
    device.releaseLocks();
    this.#pristine.set(isClean, device);
  }

  /** What a start meets after `damage` was done to the file, or why there is no start. */
  async after(
    isClean: boolean,
    file: string,
    damage: (content: Buffer) => Buffer,
  ): Promise<{ sight: Sight | undefined; error: string; warnings: string[]; counted: number }> {
    const device = this.#device(isClean).copy();
    device.damage(this.pathOf(isClean, file), damage);
    const warnings: string[] = [];
    const fixture = fixtureOn(device, warnings);
    try {
      const manager = await fixture.start();
      const log = manager.get({ topic: 'topic', partition: 0 });
      const sight = log && (await see(log));
      const counted = warnings.filter((line) => line.startsWith('a damaged batch')).length;
      return { sight, error: '', warnings, counted };
    } catch (error) {
      return { sight: undefined, error: String(error), warnings, counted: 0 };
    } finally {
      fixture.end();
    }
  }

  /** The files as a stop left them, for a test to change as it likes. */
  copy(isClean: boolean): DeviceFiles {
    return this.#device(isClean).copy();
  }

  /** `file` by its full name, or the first, middle or last segment's by its suffix: `first.log`. */
  pathOf(isClean: boolean, file: string): string {
    const [which = '', suffix = ''] = file.split('.');
    const paths = this.#device(isClean).paths(`${LOG_DIRECTORY}/`);
    const folder = join(LOG_DIRECTORY, 'topic-0');
    const found = paths
      .filter((path) => path.startsWith(folder) && path.endsWith(`.${suffix}`))
      .sort();
    const index = { first: 0, middle: Math.floor(found.length / 2), last: found.length - 1 }[which];
    const path =
      index === undefined ? paths.find((each) => each.endsWith(`/${file}`)) : found[index];
    if (path === undefined) throw new Error(`there is no ${file}`);
    return path;
  }

  content(isClean: boolean, file: string): Buffer {
    const path = this.pathOf(isClean, file);
    return this.#device(isClean).files.readFileSync(path) ?? Buffer.alloc(0);
  }

  #device(isClean: boolean): DeviceFiles {
    const device = this.#pristine.get(isClean);
    if (!device) throw new Error('the log was not built');
    return device;
  }

  #abort(fixture: StorageFixture, log: Log, timestamp: number): void {
    const marker = { producerId: 5, producerEpoch: 0, coordinatorEpoch: 0, timestamp };
    log.appendAsLeader(buildMarkerBatch({ ...marker, type: 'abort' }), {
      leaderEpoch: 3,
      origin: 'coordinator',
    });
    fixture.clock.endTick();
  }
}

class WarningLog extends RecordingLog {
  constructor(private readonly warnings: string[]) {
    super();
  }

  override write(level: string, message: string): void {
    if (level === 'warn' || level === 'error') this.warnings.push(message);
  }
}

function fixtureOn(device: DeviceFiles, warnings: string[] = []): StorageFixture {
  const log = new WarningLog(warnings);
  return new StorageFixture({ root: ROOT, config: CONFIG, platform: { files: device.files, log } });
}

async function see(log: Log): Promise<Sight> {
  const { logStartOffset: start, logEndOffset: end } = log;
  const batches: string[] = [];
  for (let offset = start; offset < end; offset++) batches[offset] = await batchAt(log, offset);
  const times: string[] = [];
  for (let i = 0; i <= 18; i++)
    times.push(await errorOr(() => log.offsetForTimestamp(SOME_TIME + i * 1000)));
  times.push(await errorOr(() => log.maxTimestampOffset()));
  return {
    start,
    end,
    batches,
    times,
    aborted: JSON.stringify(log.abortedTransactions(start, end)),
    epochs: JSON.stringify([0, 1, 2, 3, 4, 5, 6].map((epoch) => log.endOffsetForEpoch(epoch))),
    producer: JSON.stringify(log.producers.get(5)?.toSnapshot()),
  };
}

async function batchAt(log: Log, offset: number): Promise<string> {
  return errorOr(async () => {
    const upTo = log.logEndOffset;
    const read = await log.read({ offset, maxBytes: 1, upTo, minOneBatch: true });
    const bytes = Buffer.concat(read.buffers);
    const epoch = bytes.length > 0 ? bytes.readInt32BE(12) : undefined;
    const records = recordsOf(read);
    read.release();
    return { epoch, records };
  });
}

async function errorOr(run: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await run()) ?? 'nothing';
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return error.errorName;
  }
}

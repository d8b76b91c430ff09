/** Checks one segment: every batch of its log, and its indexes against them. */

import { join } from 'node:path';

import { FileError } from '../../platform/ports';
import type { OpenFile } from '../../platform/ports';
import { hasDeleteHorizon, lastOffsetDelta, recordCountOf } from '../../protocol/records/batch';
import {
  INDEX_SUFFIX,
  LOG_SUFFIX,
  TIME_INDEX_SUFFIX,
  TRANSACTION_INDEX_SUFFIX,
  offsetFileName,
} from '../formats/file-names';
import { scanBatches } from './batch-scan';
import type { ScanEnd, ScannedBatch } from './batch-scan';
import type { Inspection } from './finding';
import type { Gaps } from './gaps';
import { offsetEntries, timeEntries, transactionEntries } from './index-entries';
import type { Entries } from './index-entries';
import { OffsetChain } from './offset-chain';
import type { ChainFlaw } from './offset-chain';
import { OffsetIndexCheck } from './offset-index-check';
import {
  EFFECT_OF_GAP,
  EFFECT_ON_TAIL,
  REBUILT,
  REBUILT_TRANSACTIONS,
  effectOnBatch,
} from './start-effects';
import type { StartState } from './start-effects';
import { TimeIndexCheck } from './time-index-check';
import { TransactionIndexCheck } from './transaction-check';
import type { OpenTransactions } from './transaction-check';

export interface SegmentPlace {
  readonly folder: string;
  readonly baseOffset: number;
  /** Base of the segment after it; `undefined` if it is the last one. */
  readonly nextBase: number | undefined;
  /** Where the segment before it ended. */
  readonly dueOffset: number;
  readonly state: StartState;
  readonly open: OpenTransactions;
  readonly gaps: Gaps;
  readonly epochAt: (offset: number) => number | undefined;
}

/** Returns where the segment ends; `undefined` if that is not known. Rejects with `FileError`. */
export async function checkSegment(
  inspection: Inspection,
  place: SegmentPlace,
): Promise<number | undefined> {
  const path = join(place.folder, offsetFileName(place.baseOffset, LOG_SUFFIX));
  let file: OpenFile;
  try {
    file = inspection.files.openSync(path, 'read');
  } catch (error) {
    // A running broker has removed it since the folder was listed.
    if (error instanceof FileError && error.code === 'ENOENT') return place.dueOffset;
    throw error;
  }
  try {
    return await new SegmentCheck(inspection, place, file).run();
  } finally {
    file.closeSync();
  }
}

class SegmentCheck {
  readonly #chain: OffsetChain;
  readonly #offsets: OffsetIndexCheck;
  readonly #times: TimeIndexCheck;
  readonly #transactions: TransactionIndexCheck;
  /** Where reading may go on after bytes that are no batch. */
  readonly #knownPositions: number[];

  constructor(
    private readonly inspection: Inspection,
    private readonly place: SegmentPlace,
    private readonly file: OpenFile,
  ) {
    const { baseOffset, nextBase = Infinity, dueOffset, open, epochAt } = place;
    this.#chain = new OffsetChain(
      Math.max(dueOffset, baseOffset),
      { segmentBase: baseOffset, endOffset: nextBase, epochAt },
      (flaw) => this.#damagedBatch(flaw),
    );
    const offsets = this.#entriesOf(INDEX_SUFFIX, (content) => offsetEntries(content, baseOffset));
    const times = this.#entriesOf(TIME_INDEX_SUFFIX, (content) => timeEntries(content, baseOffset));
    const aborted = this.#entriesOf(TRANSACTION_INDEX_SUFFIX, transactionEntries);
    this.#knownPositions = Array.from(
      { length: offsets.count },
      (_, at) => offsets.at(at).position,
    );
    this.#knownPositions.sort((one, other) => one - other);
    this.#offsets = new OffsetIndexCheck(offsets, this.#entryReport(INDEX_SUFFIX, offsets));
    this.#times = new TimeIndexCheck(times, this.#entryReport(TIME_INDEX_SUFFIX, times));
    const report = this.#entryReport(TRANSACTION_INDEX_SUFFIX, aborted);
    this.#transactions = new TransactionIndexCheck(open, aborted, report);
  }

  async run(): Promise<number | undefined> {
    const { extent } = this.inspection;
    extent.segments += 1;
    let end = await this.#scanFrom(0);
    while (end.reason !== 'end') {
      const resumed = await this.#nextReadable(end.position);
      this.#noteUnreadable(end, resumed);
      if (resumed === undefined) break;
      this.#offsets.skipTo(resumed);
      end = await this.#scanFrom(resumed);
    }
    extent.bytes += this.file.size();
    this.#chain.end();
    this.#offsets.end(end.position, this.file.size());
    this.#times.end(this.#isClosed);
    this.#transactions.end(this.place.gaps.areExcused);
    return this.#chain.isEndUnknown ? this.place.nextBase : this.#chain.endOffset;
  }

  /** Nothing more is appended, as far as can be told. */
  get #isClosed(): boolean {
    return this.place.nextBase !== undefined || this.place.state.wasClean === true;
  }

  async #scanFrom(position: number): Promise<ScanEnd> {
    const scan = scanBatches(this.file, position);
    let step = await scan.next();
    while (!step.done) {
      this.#follow(step.value);
      step = await scan.next();
    }
    return step.value;
  }

  #follow(batch: ScannedBatch): void {
    this.inspection.extent.batches += 1;
    const isSound = this.#isSound(batch);
    if (isSound && isCompacted(batch)) this.place.gaps.excuse();
    const judged = { ...batch, isIntact: isSound };
    this.#offsets.follow(judged);
    this.#times.follow(judged);
    this.#transactions.follow(judged);
  }

  /** Whether all that the header says can be believed. */
  #isSound({ header, position, isIntact }: ScannedBatch): boolean {
    if (isIntact) return this.#chain.follow(position, header);
    this.#chain.skip();
    const offset = this.#chain.endOffset;
    const problem = 'the checksum does not fit the bytes';
    this.#damagedBatch({ position, offset, problem, isGap: false });
    return false;
  }

  /** The next position of the index at which a batch can be read. */
  async #nextReadable(after: number): Promise<number | undefined> {
    for (const position of this.#knownPositions) {
      if (position <= after || position >= this.file.size()) continue;
      const scan = scanBatches(this.file, position);
      const { value, done } = await scan.next();
      await scan.return({ position, reason: 'end', restBytes: 0 });
      if (done !== true && value.isIntact && value.header.baseOffset >= this.#chain.endOffset) {
        return position;
      }
    }
    return undefined;
  }

  #noteUnreadable(end: ScanEnd, resumed: number | undefined): void {
    this.#chain.skip();
    this.#times.skip();
    this.#transactions.skip();
    const { position, reason, restBytes } = end;
    const count = (resumed ?? position + restBytes) - position;
    const what = reason === 'torn' ? 'the rest of a batch is missing' : 'no batch begins here';
    const problem = `${what}: ${String(count)} bytes cannot be read`;
    const isTail = resumed === undefined && this.place.nextBase === undefined;
    const atStart = isTail ? EFFECT_ON_TAIL : this.#effectOn(this.#chain.endOffset);
    this.inspection.damage(this.file.path, { position, problem, atStart });
  }

  #damagedBatch({ position, offset, problem: what, isGap }: ChainFlaw): void {
    const problem = `the batch of offset ${String(offset)}: ${what}`;
    const found = { position, problem, atStart: isGap ? EFFECT_OF_GAP : this.#effectOn(offset) };
    const tell = (): void => this.inspection.damage(this.file.path, found);
    if (isGap) this.place.gaps.note(tell);
    else tell();
  }

  #effectOn(offset: number): string {
    return effectOnBatch(offset, this.place.state);
  }

  #pathOf(suffix: string): string {
    return join(this.place.folder, offsetFileName(this.place.baseOffset, suffix));
  }

  #entriesOf<T>(suffix: string, read: (content: Buffer) => Entries<T>): Entries<T> {
    const path = this.#pathOf(suffix);
    const content = this.inspection.files.readFileSync(path);
    // The segment that is appended to gets its indexes with their first entries; one that is gone as a whole was
    // removed by a running broker.
    const isNeeded = suffix !== TRANSACTION_INDEX_SUFFIX && this.#isClosed;
    if (!content && isNeeded && this.inspection.files.statSync(this.file.path)) {
      this.inspection.damage(path, {
        position: undefined,
        problem: 'it is missing',
        atStart: REBUILT,
      });
    }
    const entries = read(content ?? Buffer.alloc(0));
    const { extraBytes, spareBytes, count, entrySize } = entries;
    if (extraBytes > 0) {
      const position = count * entrySize;
      const problem = `it ends within an entry: ${String(extraBytes)} bytes of ${String(entrySize)}`;
      this.inspection.damage(path, { position, problem, atStart: effectOnIndex(suffix) });
    }
    if (spareBytes > 0 && this.#isClosed) {
      const problem = `${String(spareBytes)} bytes of zeros where no entries are due`;
      this.inspection.damage(path, { position: count * entrySize, problem, atStart: REBUILT });
    }
    return entries;
  }

  #entryReport(
    suffix: string,
    { entrySize }: { readonly entrySize: number },
  ): (index: number, problem: string) => void {
    const path = this.#pathOf(suffix);
    return (index, problem) => {
      const atStart = effectOnIndex(suffix);
      this.inspection.damage(path, { position: index * entrySize, problem, atStart });
    };
  }
}

const RECORD_BATCH_MAGIC = 2;

/** Records were taken out of the batch, or its tombstones have their time. */
function isCompacted({ header, bytes }: ScannedBatch): boolean {
  if (header.magic < RECORD_BATCH_MAGIC) return false;
  return hasDeleteHorizon(bytes, 0) || recordCountOf(bytes, 0) !== lastOffsetDelta(bytes, 0) + 1;
}

function effectOnIndex(suffix: string): string {
  return suffix === TRANSACTION_INDEX_SUFFIX ? REBUILT_TRANSACTIONS : REBUILT;
}

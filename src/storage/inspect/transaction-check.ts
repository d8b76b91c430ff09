/** Follows the transactions of a log, and holds each `.txnindex` against the ABORT markers in its segment. */

import { ProtocolError } from '../../protocol/errors';
import { isControl, isTransactional, producerIdOf } from '../../protocol/records/batch';
import { parseMarker } from '../../protocol/records/markers';
import { readRecords } from '../../protocol/records/reader';
import type { ScannedBatch } from './batch-scan';
import { allOf } from './index-entries';
import type { Entries, StoredTransaction } from './index-entries';
import type { EntryReport } from './offset-index-check';

const RECORD_BATCH_MAGIC = 2;

interface Abort {
  readonly producerId: number;
  /** Where the transaction began; `undefined` if it wrote nothing, or that was not seen. */
  readonly firstOffset: number | undefined;
  readonly lastOffset: number;
}

/** The transactions that are open at a place of the log; one for a whole log, segment after segment. */
export class OpenTransactions {
  /** `undefined` if the transaction may have begun in what was not seen. */
  readonly #firstOffsets = new Map<number, number | undefined>();
  #isComplete = true;
  /** Producers that ended a transaction since the last time that something was not seen. */
  readonly #settled = new Set<number>();

  /** Some of the log is not seen. */
  skip(): void {
    this.#isComplete = false;
    this.#settled.clear();
    this.#firstOffsets.clear();
  }

  /** Returns the transaction that the batch aborts. */
  follow({ header, bytes }: ScannedBatch): Abort | undefined {
    if (header.magic < RECORD_BATCH_MAGIC || !isTransactional(bytes, 0)) return undefined;
    const producerId = producerIdOf(bytes, 0);
    if (!isControl(bytes, 0)) {
      this.#begin(producerId, header.baseOffset);
      return undefined;
    }
    const firstOffset = this.#firstOffsets.get(producerId);
    this.#firstOffsets.delete(producerId);
    if (!this.#isComplete) this.#settled.add(producerId);
    return isAbort(bytes) ? { producerId, firstOffset, lastOffset: header.baseOffset } : undefined;
  }

  #begin(producerId: number, offset: number): void {
    if (this.#firstOffsets.has(producerId)) return;
    const isKnown = this.#isComplete || this.#settled.has(producerId);
    this.#firstOffsets.set(producerId, isKnown ? offset : undefined);
  }
}

function isAbort(batch: Buffer): boolean {
  try {
    const [marker] = readRecords(batch);
    return marker?.key !== undefined && marker.key !== null && parseMarker(marker.key) === 'abort';
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

/** What one segment's index should hold. */
export class TransactionIndexCheck {
  readonly #aborts: Abort[] = [];
  /** Some of the segment could not be followed. */
  #isIncomplete = false;

  constructor(
    private readonly open: OpenTransactions,
    private readonly entries: Entries<StoredTransaction>,
    private readonly report: EntryReport,
  ) {}

  follow(batch: ScannedBatch): void {
    if (!batch.isIntact) {
      this.skip();
      return;
    }
    const abort = this.open.follow(batch);
    if (abort) this.#aborts.push(abort);
  }

  skip(): void {
    this.#isIncomplete = true;
    this.open.skip();
  }

  /** `mayLackMarkers`: compaction has removed markers whose transactions the index still tells. */
  end(mayLackMarkers: boolean): void {
    const aborts = new Map(this.#aborts.map((abort) => [abort.lastOffset, abort]));
    const isExcused = mayLackMarkers || this.#isIncomplete;
    let least = -1;
    for (const [index, entry] of [...allOf(this.entries)].entries()) {
      const abort = aborts.get(entry.lastOffset);
      const isMarkerKnown = abort !== undefined || !isExcused;
      const flaw = formFlaw(entry, least) ?? (isMarkerKnown ? markerFlaw(entry, abort) : undefined);
      if (flaw !== undefined) this.report(index, flaw);
      aborts.delete(entry.lastOffset);
      least = Math.max(least, entry.lastOffset);
    }
    for (const { producerId, firstOffset, lastOffset } of aborts.values()) {
      // A marker of a transaction that wrote nothing here has no entry.
      if (firstOffset === undefined) continue;
      const what = `the transaction of producer ${String(producerId)} from offset ${String(firstOffset)} on`;
      this.report(
        this.entries.count,
        `${what} was aborted at ${String(lastOffset)}, but has no entry`,
      );
    }
  }
}

function formFlaw(entry: StoredTransaction, least: number): string | undefined {
  const { version, producerId, firstOffset, lastOffset, lastStableOffset } = entry;
  if (version !== 0) return `version ${String(version)} is not known`;
  const fields = [producerId, firstOffset, lastOffset, lastStableOffset];
  const strange = fields.find((field) => !Number.isSafeInteger(field) || field < 0);
  if (strange !== undefined) return `${String(strange)} is no producer id and no offset`;
  if (firstOffset >= lastOffset) {
    return `it begins at offset ${String(firstOffset)} and ends at ${String(lastOffset)}`;
  }
  if (lastOffset <= least) return `offset ${String(lastOffset)} is not above the entry before it`;
  if (lastStableOffset <= lastOffset + 1) return undefined;
  return `its last stable offset ${String(lastStableOffset)} lies above its marker at ${String(lastOffset)}`;
}

function markerFlaw(entry: StoredTransaction, abort: Abort | undefined): string | undefined {
  const { producerId, firstOffset, lastOffset } = entry;
  if (!abort) return `the log has no ABORT marker at offset ${String(lastOffset)}`;
  if (abort.producerId !== producerId) {
    return `it says producer ${String(producerId)}, but the marker at offset ${String(lastOffset)} is that of ${String(abort.producerId)}`;
  }
  if (abort.firstOffset === undefined || abort.firstOffset === firstOffset) return undefined;
  return `it says first offset ${String(firstOffset)}, but the transaction began at ${String(abort.firstOffset)}`;
}

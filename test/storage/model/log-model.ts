/** What a log is to hold, as a plain list of batches: the other side of the property test. */

import { latestOf, mustStay } from './compaction-model';

export interface ModelRecord {
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: number;
}

export interface ModelProducer {
  readonly id: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly isTransactional: boolean;
}

export interface ModelBatch {
  readonly base: number;
  readonly last: number;
  readonly epoch: number;
  /** What compaction has left of them. */
  readonly records: readonly ModelRecord[];
  readonly producer: ModelProducer | undefined;
  /** Set if the batch ends a transaction of its producer. */
  readonly marker: 'commit' | 'abort' | undefined;
}

/** A batch as a log gives it. */
export interface FoundBatch {
  readonly base: number;
  readonly last: number;
  readonly records: readonly Pick<ModelRecord, 'offset' | 'key' | 'value'>[];
}

export interface ModelTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** Offset of the marker; `undefined` while the transaction is open. */
  readonly lastOffset: number | undefined;
  readonly isAborted: boolean;
}

/** What a log holds, or held before a truncation or a cleaning that may not have reached the device. */
interface Timeline {
  readonly batches: readonly ModelBatch[];
  /** The same with what compaction took. */
  readonly appended: readonly ModelBatch[];
}

/** What a crash has left. */
export interface Remains {
  readonly start: number;
  readonly end: number;
  readonly batches: readonly FoundBatch[];
  /** All below was acknowledged as being on the device, or in the file if only the process ended. */
  readonly certainEnd: number;
  /** Where segments begin, if records may be missing before them: a compacted log may have gaps there. */
  readonly gapEnds: readonly number[];
}

export class LogModel {
  batches: readonly ModelBatch[] = [];
  #appended: readonly ModelBatch[] = [];
  #before: Timeline[] = [];
  end = 0;
  #start = 0;
  /** Of what lies before it the log may have forgotten epochs and producers, though the records may come back. */
  #knownFrom = 0;

  get knownFrom(): number {
    return this.#knownFrom;
  }

  get start(): number {
    return this.#start;
  }

  set start(offset: number) {
    this.#start = offset;
    this.#knownFrom = Math.max(this.#knownFrom, offset);
  }

  append(batch: ModelBatch): void {
    this.batches = [...this.batches, batch];
    this.#appended = [...this.#appended, batch];
    this.end = batch.last + 1;
  }

  /** Batches that reach beyond `offset` are gone. */
  truncate(offset: number): void {
    if (offset >= this.end) return;
    this.#remember();
    this.batches = this.batches.filter(({ last }) => last < offset);
    this.#appended = this.#appended.filter(({ last }) => last < offset);
    this.end = offset;
    this.#knownFrom = Math.min(this.#knownFrom, offset);
    this.start = Math.min(this.start, offset);
  }

  restart(offset: number): void {
    this.#remember();
    this.batches = [];
    this.#appended = [];
    this.#knownFrom = offset;
    this.start = offset;
    this.end = offset;
  }

  /** All that was done is on the device, or was lost. */
  settle(): void {
    this.#before = [];
  }

  /** Compaction has begun, of what lies below `upTo`: only what must stay is certain to be there from now on. */
  compact(upTo: number): void {
    this.batches = compacted({ batches: this.batches, appended: this.#appended }, upTo);
    this.#before = this.#before.map((timeline) => ({
      ...timeline,
      batches: compacted(timeline, upTo),
    }));
  }

  /** Takes over what is there after a crash or a cleaning. Throws if it is not what may be. */
  adopt(remains: Remains): void {
    const reasons: string[] = [];
    const now = { batches: this.batches, appended: this.#appended };
    for (const timeline of [now, ...this.#before]) {
      const reason = this.#misfit(timeline, remains);
      if (reason === undefined) {
        this.#follow(timeline, remains);
        return;
      }
      reasons.push(reason);
    }
    throw new Error(`the log holds what it never held: ${reasons.join(' | ')}`);
  }

  /** One past the last batch: where the log ends once nobody remembers a truncation inside of one. */
  get endOfBatches(): number {
    const last = this.batches.at(-1);
    return last ? last.last + 1 : this.start;
  }

  get latestEpoch(): number {
    return this.batches.at(-1)?.epoch ?? 0;
  }

  /** Between which offsets the epochs of batches that the log still has ended; a gap belongs to either side. */
  epochEnds(): { epoch: number; least: number; most: number }[] {
    const visible = this.batches.filter(({ last }) => last >= this.#knownFrom);
    return [...new Set(visible.map(({ epoch }) => epoch))].map((epoch) => ({
      epoch,
      least: (visible.findLast((batch) => batch.epoch === epoch)?.last ?? -1) + 1,
      most: visible.find((batch) => batch.epoch > epoch)?.base ?? this.end,
    }));
  }

  firstAtOrAfter(timestamp: number): number | undefined {
    const records = this.batches.flatMap((batch) => batch.records);
    return records.find((each) => each.offset >= this.start && each.timestamp >= timestamp)?.offset;
  }

  /** What idempotent producers wrote last, of those whose last batch is still there. */
  lastSequences(): Map<number, { epoch: number; sequence: number }> {
    const found = new Map<number, { epoch: number; sequence: number }>();
    for (const { producer, marker, records, last } of this.#appended) {
      if (!producer || marker) continue;
      found.delete(producer.id);
      if (last < this.#knownFrom) continue;
      const sequence = producer.sequence + records.length - 1;
      found.set(producer.id, { epoch: producer.epoch, sequence });
    }
    return found;
  }

  /** All transactions of which the log has, or had before its compaction, a batch, in the order of their ends. */
  transactions(): ModelTransaction[] {
    return transactionsOf(this.#appended);
  }

  /** Whether records of the transaction are left. */
  hasData({ producerId, firstOffset, lastOffset = Infinity }: ModelTransaction): boolean {
    return this.batches.some(
      ({ base, last, producer, marker, records }) =>
        producer?.id === producerId &&
        !marker &&
        base >= Math.max(firstOffset, this.#start) &&
        last <= lastOffset &&
        records.length > 0,
    );
  }

  #remember(): void {
    this.#before.push({ batches: this.batches, appended: this.#appended });
  }

  #follow(
    { appended, batches: known }: Timeline,
    { start, end, certainEnd, batches }: Remains,
  ): void {
    const left = new Map(batches.map((batch) => [batch.base, batch]));
    const isAhead = ({ last }: ModelBatch): boolean => last < start;
    // Compaction is at work only where all is on the device: above, what is not there was lost.
    this.#appended = appended.filter(
      (batch) =>
        batch.last < end && (batch.base < certainEnd || isAhead(batch) || left.has(batch.base)),
    );
    this.batches = this.#appended.flatMap((batch) => {
      const found = left.get(batch.base);
      if (!found) return isAhead(batch) ? known.filter(({ base }) => base === batch.base) : [];
      const offsets = new Set(found.records.map(({ offset }) => offset));
      return [{ ...batch, records: batch.records.filter(({ offset }) => offsets.has(offset)) }];
    });
    this.start = start;
    this.end = end;
  }

  /** Why what is left cannot come from the timeline; `undefined` if it can. */
  #misfit(timeline: Timeline, remains: Remains): string | undefined {
    const { start, end, certainEnd, gapEnds } = remains;
    const isLeft = ({ last }: { last: number }): boolean => last >= start && last < end;
    const certain = this.#appended.filter(({ last }) => last >= start && last < certainEnd);
    const unknown = certain.find((batch) => !timeline.appended.includes(batch));
    if (unknown) return `acknowledged ${String(unknown.base)} is not in it`;
    const found = new Map(remains.batches.map((batch) => [batch.base, batch]));
    const appended = new Map(timeline.appended.map((batch) => [batch.base, batch]));
    const strange = remains.batches.find((batch) => !isPartOf(batch, appended.get(batch.base)));
    if (strange) return `${String(strange.base)}..${String(strange.last)} is not of it`;
    const isLost = (batch: ModelBatch): boolean => !keepsAll(batch, found.get(batch.base));
    const lost = timeline.batches.filter((batch) => isLeft(batch) && isLost(batch));
    const isInGap = ({ base, last }: ModelBatch): boolean => {
      const next = remains.batches.find((batch) => batch.base > last);
      const gapEnd = gapEnds.findLast((offset) => offset <= (next?.base ?? end) && offset > last);
      return base >= certainEnd && gapEnd !== undefined;
    };
    const missing = lost.find((batch) => !isInGap(batch));
    if (missing) return `${String(missing.base)}..${String(missing.last)} is missing`;
    const gone = new Set(lost.map(({ base }) => base));
    const isThere = (batch: ModelBatch): boolean => batch.last < end && !gone.has(batch.base);
    return differentLatest(timeline.appended.filter(isThere), remains);
  }
}

function compacted({ batches, appended }: Timeline, upTo: number): ModelBatch[] {
  const stays = mustStay(appended, transactionsOf(appended), upTo);
  return batches
    .map((batch) => ({ ...batch, records: batch.records.filter(({ offset }) => stays(offset)) }))
    .filter(({ last, records }) => last >= upTo || records.length > 0);
}

function isPartOf({ last, records }: FoundBatch, appended: ModelBatch | undefined): boolean {
  if (!appended || last !== appended.last) return false;
  const values = new Map(appended.records.map((each) => [each.offset, each]));
  return records.every(({ offset, key, value }) => {
    const known = values.get(offset);
    return known?.key === key && known.value === value;
  });
}

function keepsAll({ records }: ModelBatch, found: FoundBatch | undefined): boolean {
  if (!found) return false;
  const offsets = new Set(found.records.map(({ offset }) => offset));
  return records.every(({ offset }) => offsets.has(offset));
}

/** The first key whose latest value a reader of what is left does not get; nothing counts as a tombstone. */
function differentLatest(
  appended: readonly ModelBatch[],
  { start, batches }: Remains,
): string | undefined {
  const transactions = transactionsOf(appended);
  const expected = latestOf(appended, transactions);
  const left = new Set(batches.flatMap(({ records }) => records.map(({ offset }) => offset)));
  const found = latestOf(appended, transactions, (offset) => left.has(offset));
  for (const [key, { offset, value }] of expected) {
    if (offset < start || (found.get(key)?.value ?? null) === value) continue;
    return `the latest value of ${key}, at ${String(offset)}, is not what is read`;
  }
  return undefined;
}

function transactionsOf(batches: readonly ModelBatch[]): ModelTransaction[] {
  const open = new Map<number, number>();
  const found: ModelTransaction[] = [];
  for (const { producer, marker, base, last } of batches) {
    if (!producer?.isTransactional) continue;
    const firstOffset = open.get(producer.id);
    if (!marker) open.set(producer.id, firstOffset ?? base);
    else if (firstOffset !== undefined) {
      open.delete(producer.id);
      const isAborted = marker === 'abort';
      found.push({ producerId: producer.id, firstOffset, lastOffset: last, isAborted });
    }
  }
  for (const [producerId, firstOffset] of open)
    found.push({ producerId, firstOffset, lastOffset: undefined, isAborted: false });
  return found;
}

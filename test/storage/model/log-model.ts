/** What a log is to hold, as a plain list of batches: the other side of the property test. */

export interface ModelRecord {
  readonly offset: number;
  readonly value: string;
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
  readonly records: readonly ModelRecord[];
  readonly producer: ModelProducer | undefined;
  /** Set if the batch ends a transaction of its producer. */
  readonly marker: 'commit' | 'abort' | undefined;
}

export interface ModelAborted {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

export class LogModel {
  batches: ModelBatch[] = [];
  /** What the log held before truncations that may not have reached the device. */
  #before: (readonly ModelBatch[])[] = [];
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
    this.batches.push(batch);
    this.end = batch.last + 1;
  }

  /** Batches that reach beyond `offset` are gone. */
  truncate(offset: number): void {
    if (offset >= this.end) return;
    this.#before.push(this.batches);
    this.batches = this.batches.filter(({ last }) => last < offset);
    this.end = offset;
    this.#knownFrom = Math.min(this.#knownFrom, offset);
    this.start = Math.min(this.start, offset);
  }

  restart(offset: number): void {
    this.#before.push(this.batches);
    this.batches = [];
    this.#knownFrom = offset;
    this.start = offset;
    this.end = offset;
  }

  /** All that was done is on the device, or was lost. */
  settle(): void {
    this.#before = [];
  }

  /** Takes over what a crash has left; false if that never was the log's content, or the beginning of it. */
  adopt(range: { start: number; end: number }, bases: readonly number[]): boolean {
    const isLeft = (batch: ModelBatch): boolean =>
      batch.last >= range.start && batch.last < range.end;
    const timeline = [this.batches, ...this.#before].find((batches) => {
      const expected = batches.filter(isLeft).map(({ base }) => base);
      return expected.length === bases.length && expected.every((base, i) => base === bases[i]);
    });
    this.start = range.start;
    this.end = range.end;
    this.batches = (timeline ?? []).filter(({ last }) => last < range.end);
    return timeline !== undefined;
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
    for (const { producer, marker, records, last } of this.batches) {
      if (!producer || marker) continue;
      found.delete(producer.id);
      if (last < this.#knownFrom) continue;
      const sequence = producer.sequence + records.length - 1;
      found.set(producer.id, { epoch: producer.epoch, sequence });
    }
    return found;
  }

  /** All aborted transactions that ended in the log. */
  aborted(): ModelAborted[] {
    const open = new Map<number, number>();
    const found: ModelAborted[] = [];
    for (const { producer, marker, base, last } of this.batches) {
      if (!producer?.isTransactional) continue;
      const firstOffset = open.get(producer.id);
      if (!marker) open.set(producer.id, firstOffset ?? base);
      else if (firstOffset !== undefined) {
        open.delete(producer.id);
        if (marker === 'abort')
          found.push({ producerId: producer.id, firstOffset, lastOffset: last });
      }
    }
    return found.filter(({ lastOffset }) => lastOffset >= this.start);
  }
}

/** Follows the batches of a segment, and says which of them cannot stand where it stands. */

import type { BatchHeader } from '../segment/batch-header';

const MAX_RELATIVE_OFFSET = 2 ** 31 - 1;

export interface ChainRules {
  readonly segmentBase: number;
  /** Where the next segment begins. */
  readonly endOffset: number;
  /** The leader epoch at an offset; `undefined` if it is not known. */
  readonly epochAt: (offset: number) => number | undefined;
}

export interface ChainFlaw {
  readonly position: number;
  readonly offset: number;
  readonly problem: string;
  /** Offsets are missing, as compaction leaves them. */
  readonly isGap: boolean;
}

interface Suspect {
  readonly header: BatchHeader;
  readonly position: number;
  readonly missingFrom: number;
}

export class OffsetChain {
  /** A batch before was not what was written: what is missing may have been in it. */
  #isAfterDamage = false;
  /** Begins after a gap. Whether it or the gap is wrong is told by the batch that follows. */
  #suspect: Suspect | undefined;

  constructor(
    /** The next batch begins here. */
    private nextOffset: number,
    private readonly rules: ChainRules,
    private readonly report: (flaw: ChainFlaw) => void,
  ) {}

  /** The offset after the last batch that stood right. */
  get endOffset(): number {
    return this.nextOffset;
  }

  /** What follows that batch is not what was written: where the segment ends is not known. */
  get isEndUnknown(): boolean {
    return this.#isAfterDamage;
  }

  /** A batch whose header cannot be believed. */
  skip(): void {
    this.#isAfterDamage = true;
  }

  /** Returns whether the offsets of the batch can be believed. */
  follow(position: number, header: BatchHeader): boolean {
    this.#judgeSuspect(header);
    const flaw = this.#flawOf(header);
    if (flaw !== undefined) {
      this.report({ position, offset: header.baseOffset, problem: flaw, isGap: false });
      this.#isAfterDamage = true;
      return false;
    }
    const { baseOffset, lastOffset } = header;
    if (baseOffset > this.nextOffset && !this.#isAfterDamage) {
      this.#suspect = { header, position, missingFrom: this.nextOffset };
    }
    this.#isAfterDamage = false;
    this.nextOffset = lastOffset + 1;
    this.#checkEpoch(position, header);
    return true;
  }

  /** No batch follows in this segment. */
  end(): void {
    this.#reportGap();
  }

  /** No checksum covers the base offset: a batch that has moved up leaves a gap, and the next one goes on before it. */
  #judgeSuspect({ baseOffset }: BatchHeader): void {
    const suspect = this.#suspect;
    if (!suspect) return;
    if (baseOffset >= this.nextOffset || baseOffset < suspect.missingFrom) {
      this.#reportGap();
      return;
    }
    const { header, position, missingFrom } = suspect;
    const problem = `its base offset is ${String(header.baseOffset)}, but the batch after it begins at ${String(baseOffset)}`;
    this.report({ position, offset: missingFrom, problem, isGap: false });
    this.#suspect = undefined;
    this.nextOffset = baseOffset;
  }

  #reportGap(): void {
    const suspect = this.#suspect;
    this.#suspect = undefined;
    if (!suspect) return;
    const { header, position, missingFrom: offset } = suspect;
    const missing = `${String(offset)} to ${String(header.baseOffset - 1)}`;
    const problem = `the offsets ${missing} before it are missing, as only compaction may leave it`;
    this.report({ position, offset, problem, isGap: true });
  }

  #flawOf({ baseOffset, lastOffset }: BatchHeader): string | undefined {
    const { endOffset, segmentBase } = this.rules;
    if (lastOffset < baseOffset) return `it ends at offset ${String(lastOffset)}, before its start`;
    if (baseOffset < this.nextOffset) {
      return `it begins at offset ${String(baseOffset)}, but ${String(this.nextOffset)} is due`;
    }
    if (lastOffset >= endOffset) {
      return `it ends at offset ${String(lastOffset)}, but the next segment begins at ${String(endOffset)}`;
    }
    const isFar = lastOffset - segmentBase > MAX_RELATIVE_OFFSET;
    return isFar ? `offset ${String(lastOffset)} is too far from the segment's base` : undefined;
  }

  #checkEpoch(position: number, { baseOffset, leaderEpoch }: BatchHeader): void {
    const known = leaderEpoch < 0 ? undefined : this.rules.epochAt(baseOffset);
    if (known === undefined || known === leaderEpoch) return;
    const problem = `it carries leader epoch ${String(leaderEpoch)}, but leader-epoch-checkpoint says ${String(known)} for offset ${String(baseOffset)}`;
    this.report({ position, offset: baseOffset, problem, isGap: false });
  }
}

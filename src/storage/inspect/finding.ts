/** What an inspection of log directories finds, and what it carries along. */

import type { Files } from '../../platform/ports';

/** `damage`: something is wrong. `leftover`: something lies there that is in no log's way, and is explained. */
export type FindingKind = 'damage' | 'leftover';

export interface Finding {
  readonly kind: FindingKind;
  readonly file: string;
  /** In bytes; `undefined` where it is the whole file. */
  readonly position: number | undefined;
  readonly problem: string;
  /** What the next start of a broker on this directory does about it. */
  readonly atStart: string;
}

/** How much was looked at. */
export interface Extent {
  logs: number;
  segments: number;
  batches: number;
  bytes: number;
}

/** One damaged byte can make all that follows look wrong: nobody reads more of one file than this. */
const MAX_PER_FILE = 20;

export class Inspection {
  readonly extent: Extent = { logs: 0, segments: 0, batches: 0, bytes: 0 };
  readonly counts: Record<FindingKind, number> = { damage: 0, leftover: 0 };
  /** Where each partition of a broker was seen, to find it in two places. */
  readonly folders = new Map<string, string>();
  /** The topic id that the first partition of a topic has. */
  readonly topicIds = new Map<string, { readonly id: string; readonly file: string }>();
  readonly #perFile = new Map<string, number>();

  constructor(
    readonly files: Files,
    private readonly onFinding: (finding: Finding) => void,
    /** Only what is found in files that it accepts is told. */
    private readonly isWanted: (file: string) => boolean = () => true,
  ) {}

  damage(file: string, at: Omit<Finding, 'kind' | 'file'>): void {
    this.#add({ kind: 'damage', file, ...at });
  }

  leftover(file: string, problem: string, atStart: string): void {
    this.#add({ kind: 'leftover', file, position: undefined, problem, atStart });
  }

  #add(finding: Finding): void {
    if (!this.isWanted(finding.file)) return;
    this.counts[finding.kind] += 1;
    const count = (this.#perFile.get(finding.file) ?? 0) + 1;
    this.#perFile.set(finding.file, count);
    if (count <= MAX_PER_FILE) this.onFinding(finding);
    if (count !== MAX_PER_FILE) return;
    const problem = 'there may be more; they are counted and not told one by one';
    this.onFinding({ ...finding, position: undefined, problem });
  }
}

/** What operators are told about one kind of znode. */

/** How long it lives, and how it gets its name. */
export type ZnodeKind = 'persistent' | 'ephemeral' | 'persistent-sequential';

export interface ZnodeEntry {
  /** The path below the chroot, its variable parts in brackets: `/brokers/topics/[topic]`. */
  readonly pattern: string;
  readonly purpose: string;
  readonly kind: ZnodeKind;
  readonly writtenBy: string;
  readonly changesWhen: string;
  /** A value as Kafka 3.9 writes it; `null` for a znode without data. */
  readonly example: string | null;
  /** What an operator may do by hand. */
  readonly may: string;
  /** What an operator must not do by hand, and what would come of it. */
  readonly mustNot: string;
  /** Made at the first start of a cluster, or later and perhaps never. */
  readonly presence: 'always' | 'at-need' | 'legacy';
  /** Throws a `ZnodeFormatError` where the data is not what belongs there; absent where anything is right. */
  readonly check?: (data: Buffer | null, path: string) => unknown;
}

/** What a codec of `znodes.ts` knows of its node. */
interface Described {
  readonly pattern: string;
  readonly purpose: string;
  readonly decode?: (data: Buffer | null, path: string) => unknown;
}

type Rest = Omit<ZnodeEntry, 'pattern' | 'purpose' | 'check'>;

/** The entry of a node that the code reads and writes: pattern, purpose and check are the codec's. */
export function entryOf(znode: Described, rest: Rest): ZnodeEntry {
  const { pattern, purpose, decode } = znode;
  return { pattern, purpose, ...rest, ...(decode ? { check: decode } : {}) };
}

/** The entry of a node without data. */
export function folder(znode: Described, rest: Omit<Rest, 'example' | 'kind'>): ZnodeEntry {
  return {
    pattern: znode.pattern,
    purpose: znode.purpose,
    kind: 'persistent',
    example: null,
    ...rest,
  };
}

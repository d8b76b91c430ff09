/**
 * The table of znodes for operators: every path of Kafka's ZooKeeper mode, who writes it, when it changes, what
 * may and must not be done to it by hand. `zk/znodes.md` and `odradek znode explain` are made from it.
 */
import { ADMIN } from './admin';
import { BROKERS } from './brokers';
import { CLUSTER } from './cluster';
import { CONFIG } from './config';
import { CONSUMERS } from './consumers';
import type { ZnodeEntry } from './entry';
import { SECURITY } from './security';

export type { ZnodeEntry } from './entry';

export const ZNODE_AREAS: readonly {
  readonly title: string;
  readonly entries: readonly ZnodeEntry[];
}[] = [
  { title: 'The cluster and its controller', entries: CLUSTER },
  { title: 'Brokers, topics, partitions', entries: BROKERS },
  { title: 'Settings', entries: CONFIG },
  { title: 'Requests to the controller', entries: ADMIN },
  { title: 'ACLs and delegation tokens', entries: SECURITY },
  { title: 'Consumers of old, and ZooKeeper itself', entries: CONSUMERS },
];

export const ZNODE_ENTRIES: readonly ZnodeEntry[] = ZNODE_AREAS.flatMap(({ entries }) => entries);

/** A path, the entry it belongs to, and the variable parts of it: `{ topic: 'orders', partition: '3' }`. */
export interface ZnodeMatch {
  readonly entry: ZnodeEntry;
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The entry of a path, or of a pattern as the table spells it; `undefined` for a znode that is not Kafka's. Where
 * several fit (`/config/changes`, `/config/[type]`), the one with the most fixed parts.
 */
export function matchZnode(path: string): ZnodeMatch | undefined {
  let best: (ZnodeMatch & { readonly fixed: number }) | undefined;
  for (const entry of ZNODE_ENTRIES) {
    const match = matchPattern(entry, path);
    if (match && match.fixed > (best?.fixed ?? -1)) best = match;
  }
  return best;
}

/** The entries of what may lie directly below a path. */
export function entriesBelow({ entry }: ZnodeMatch): ZnodeEntry[] {
  return ZNODE_ENTRIES.filter(
    ({ pattern }) => pattern.slice(0, pattern.lastIndexOf('/')) === entry.pattern,
  );
}

const VARIABLE = /^(?<before>[^[\]]*)\[(?<name>[^\]]+)\]$/;

function matchPattern(
  entry: ZnodeEntry,
  path: string,
): (ZnodeMatch & { readonly fixed: number }) | undefined {
  const wanted = entry.pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const variables: Record<string, string> = {};
  let fixed = 0;
  for (const [index, part] of wanted.entries()) {
    const text = given[index] ?? '';
    const { before = '', name } = VARIABLE.exec(part)?.groups ?? {};
    const fits = name === undefined ? part === text : text.startsWith(before) && text !== before;
    if (!fits) return undefined;
    if (name === undefined || before !== '') fixed += 1;
    if (name !== undefined) variables[name] = text.slice(before.length);
  }
  return { entry, variables, fixed };
}

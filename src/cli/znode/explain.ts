/** `odradek znode explain`: what a znode is for. It asks no server: the path is enough. */
import { ZNODE_AREAS, entriesBelow, matchZnode } from '../../zookeeper/reference';
import type { ZnodeEntry } from '../../zookeeper/reference';
import { notFound } from '../failure';
import { printValue } from '../output';
import type { OutputOptions } from '../output';
import { normalise } from './paths';

const PRESENCE: Readonly<Record<ZnodeEntry['presence'], string>> = {
  always: 'in every cluster',
  'at-need': 'where it is needed',
  legacy: 'from old clients, tools and brokers',
};

export function explain(typed: string, options: OutputOptions): void {
  const path = normalise(typed);
  if (path === '/') return explainRoot(options);
  const match = matchZnode(path);
  if (!match) throw notFound(`Kafka keeps nothing at ${path}`);
  const { check: _, ...entry } = match.entry;
  const below = entriesBelow(match).map(({ pattern, purpose }) => ({ pattern, purpose }));
  printValue({ path, ...entry, variables: match.variables, below }, options, () =>
    [...entryLines(path, match.entry), ...belowLines(below)].join('\n'),
  );
}

function entryLines(path: string, entry: ZnodeEntry): string[] {
  const { example } = entry;
  return [
    path === entry.pattern ? path : `${path} (${entry.pattern})`,
    entry.purpose,
    '',
    `Kind          ${entry.kind}, ${PRESENCE[entry.presence]}`,
    `Written by    ${entry.writtenBy}`,
    `Changes when  ${entry.changesWhen}`,
    `Holds         ${example === null ? 'no data' : example.replaceAll('\n', '\n              ')}`,
    `You may       ${entry.may}`,
    `You must not  ${entry.mustNot}`,
  ];
}

function belowLines(
  below: readonly { readonly pattern: string; readonly purpose: string }[],
): string[] {
  if (below.length === 0) return [];
  const width = Math.max(...below.map(({ pattern }) => pattern.length));
  return [
    '',
    'Below it:',
    ...below.map(({ pattern, purpose }) => `  ${pattern.padEnd(width)}  ${purpose}`),
  ];
}

/** All paths by area, for who does not know where to look. */
function explainRoot(options: OutputOptions): void {
  const areas = ZNODE_AREAS.map(({ title, entries }) => ({
    title,
    entries: entries.map(({ pattern, purpose }) => ({ pattern, purpose })),
  }));
  printValue(areas, options, () =>
    areas
      .map(({ title, entries }) => [`${title}:`, ...belowLines(entries).slice(2)].join('\n'))
      .join('\n\n'),
  );
}

/** The warning before somebody changes it by hand. */
export function warningOf(path: string): string {
  const entry = matchZnode(path)?.entry;
  if (!entry) return 'Kafka keeps nothing at this path.';
  return [`You may: ${entry.may}`, `You must not: ${entry.mustNot}`].join('\n');
}

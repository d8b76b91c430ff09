/** zk/znodes.md, from the table of znodes. */
import { ZNODE_AREAS } from '../../src/zookeeper/reference';
import type { ZnodeEntry } from '../../src/zookeeper/reference';
import { cell, code, page } from './page';
import type { Page } from './page';

const PRESENCE: Readonly<Record<ZnodeEntry['presence'], string>> = {
  always: 'in every cluster',
  'at-need': 'where it is needed',
  legacy: 'from old clients, tools and brokers',
};

/** As GitHub makes anchors of headings. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-');
}

function exampleOf(example: string | null): string {
  if (example === null) return '- **Holds**: no data';
  return `- **Holds**, for example: ${example.split('\n').map(code).join(' ')}`;
}

function section(entry: ZnodeEntry): string {
  const { pattern, purpose, kind, presence, writtenBy, changesWhen, may, mustNot } = entry;
  const facts = [
    `- **Kind**: ${kind}, ${PRESENCE[presence]}`,
    `- **Written by**: ${cell(writtenBy)}`,
    `- **Changes when**: ${cell(changesWhen)}`,
    exampleOf(entry.example),
    `- **You may**: ${cell(may)}`,
    `- **You must not**: ${cell(mustNot)}`,
  ];
  return [`### ${code(pattern)}`, cell(purpose), facts.join('\n')].join('\n\n');
}

export const znodesPage: Page = {
  file: 'zk/znodes.md',
  render: () =>
    page(
      'The znodes of Kafka in ZooKeeper mode',
      'Every path that a Kafka 3.9 cluster in ZooKeeper mode keeps, and Odradek with it: who writes it, when it changes, and ' +
        'what you may and must not do to it by hand. Paths are below the chroot of `zookeeper.connect`; what stands in brackets ' +
        'varies. `odradek znode explain PATH` says the same at the terminal, `odradek znode watch` tells what happens to them.',
      'To change one by hand, use `odradek znode set` and `odradek znode delete`: they show what is there, ask, and change ' +
        'nothing that somebody else has changed meanwhile. Reading never does harm.',
      ZNODE_AREAS.map(({ title }) => `- [${title}](#${anchorOf(title)})`).join('\n'),
      ...ZNODE_AREAS.flatMap(({ title, entries }) => [`## ${title}`, ...entries.map(section)]),
    ),
};

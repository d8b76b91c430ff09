/** docs/reference/settings.md, from the tables of broker and topic settings. */
import { BROKER_SETTINGS, DYNAMIC_ONLY_SETTINGS } from '../../src/config/settings/broker';
import type { Setting } from '../../src/config/setting';
import { TOPIC_SETTINGS } from '../../src/config/settings/topic';
import type { TopicSetting } from '../../src/config/settings/topic';
import { cell, code, page, table } from './page';
import type { Page } from './page';
import { quotedIn, sourcesBelow } from './sources';

type Table<T> = readonly (readonly [string, T])[];

/** Name settings without acting by them: the tables, checks of values, and what starts or measures brokers. */
const NOT_READERS =
  /^src\/(config\/(settings\/|dynamic\.|start-checks\.)|cluster\/|cli\/(?!broker-log\.)|perf\/|zookeeper-server\/)/;

/** What start-checks.ts does not only check. */
const READ_BY_CHECKS = ['broker.id.generation.enable', 'log.dir', 'log.dirs'];

const NO_EFFECT = 'taken and checked, but nothing here acts by it yet';

const DYNAMIC = { no: '', broker: 'per broker', cluster: 'yes' } as const;

/** Settings whose name some code reads. */
function readNames(root: string): ReadonlySet<string> {
  const readers = sourcesBelow(root, 'src').filter(({ path }) => !NOT_READERS.test(path));
  return new Set([...quotedIn(readers), ...READ_BY_CHECKS]);
}

/** A broker setting that only stands in for a topic's takes effect where that one does. */
function withFallbacks(
  read: ReadonlySet<string>,
  topics: Table<TopicSetting<unknown>>,
): Set<string> {
  const fallbacks = topics.flatMap(([name, { synonym }]) =>
    synonym !== undefined && read.has(name) ? [synonym] : [],
  );
  return new Set([...read, ...fallbacks]);
}

function notes(name: string, { doc }: Setting<unknown>, read: ReadonlySet<string>): string {
  const saysSo = /no effect|not supported/i.test(doc);
  return saysSo || read.has(name) ? cell(doc) : `${cell(doc)} _(${NO_EFFECT})_`;
}

function defaultOf({ defaultText }: Setting<unknown>): string {
  if (defaultText === null) return '';
  return defaultText === '' ? '(empty)' : code(defaultText);
}

function brokerTable(settings: Table<Setting<unknown>>, read: ReadonlySet<string>): string {
  const rows = settings.map(([name, setting]) => [
    code(name),
    setting.type,
    defaultOf(setting),
    cell(setting.valid),
    DYNAMIC[setting.dynamic],
    notes(name, setting, read),
  ]);
  return table(['Name', 'Type', 'Default', 'Valid values', 'While running', 'What it does'], rows);
}

function topicTable(settings: Table<TopicSetting<unknown>>, read: ReadonlySet<string>): string {
  const rows = settings.map(([name, setting]) => [
    code(name),
    setting.type,
    defaultOf(setting),
    cell(setting.valid),
    code(setting.synonym ?? ''),
    notes(name, setting, read),
  ]);
  return table(['Name', 'Type', 'Default', 'Valid values', 'Broker setting', 'What it does'], rows);
}

const isListed = ([, { isInternal }]: readonly [string, Setting<unknown>]): boolean => !isInternal;
const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

export const settingsPage: Page = {
  file: 'docs/reference/settings.md',
  render: (root) => {
    const topics: Table<TopicSetting<unknown>> = Object.entries(TOPIC_SETTINGS);
    const brokers: Table<Setting<unknown>> = Object.entries(BROKER_SETTINGS);
    const dynamicOnly: Table<Setting<unknown>> = Object.entries(DYNAMIC_ONLY_SETTINGS);
    const read = withFallbacks(readNames(root), topics);
    const listed = brokers.filter(isListed).toSorted(byName);
    const isOurs = ([name]: readonly [string, unknown]): boolean => name.startsWith('odradek.');
    return page(
      'Settings',
      'Names, types and defaults are those of Apache Kafka 3.9 in ZooKeeper mode, so a `server.properties` of a Kafka broker ' +
        'works unchanged. A value that is not valid stops the start with a line that names it; a name that is in no table is ' +
        'warned of and kept.',
      `- **While running**: _yes_, it may be changed with \`kafka-configs\` for one broker or for all; _per broker_, for one broker only.\n` +
        `- Where nothing acts by a setting that Kafka obeys, its line says so: “${NO_EFFECT}”.`,
      '## Odradek’s own',
      brokerTable(listed.filter(isOurs), read),
      '## Broker settings',
      brokerTable(
        listed.filter((each) => !isOurs(each)),
        read,
      ),
      '## Broker settings that are only kept in ZooKeeper',
      brokerTable(dynamicOnly.toSorted(byName), read),
      '## Topic settings',
      'A topic’s own value goes before the broker setting beside it, which goes before the default.',
      topicTable(topics.filter(isListed).toSorted(byName), read),
    );
  },
};

/** The tables of settings beside the ones that Apache Kafka prints of its own. */
import type { Setting } from '../../src/config/setting';
import { BROKER_SETTINGS } from '../../src/config/settings/broker';
import { TOPIC_SETTINGS } from '../../src/config/settings/topic';
import { javaArguments } from '../builders/kafka';
import { run } from '../builders/process';

interface KafkaSetting {
  readonly type: string;
  readonly byDefault: string | null;
  readonly validValues: string;
  readonly updateMode: string;
  readonly serverDefault: string;
}

/** Both classes print their settings as HTML; it is where Kafka's website has them from. */
async function printedBy(mainClass: string): Promise<Map<string, KafkaSetting>> {
  const html = await run('java', javaArguments(mainClass, []));
  const settings = html.split('<h4>').slice(1);
  return new Map(
    settings.map((text) => [/<a id="([^"]+)">/.exec(text)?.[1] ?? '', settingOf(text)]),
  );
}

function settingOf(html: string): KafkaSetting {
  const cell = (title: string): string =>
    new RegExp(`<th>${title}:</th><td>(.*?)</td>`, 's').exec(html)?.[1] ?? '';
  const shown = cell('Default')
    .replace(/ \(.*\)$/, '')
    .replace(/^""$/, '');
  return {
    type: cell('Type'),
    byDefault: shown === 'null' ? null : shown,
    validValues: cell('Valid Values'),
    updateMode: cell('Update Mode'),
    serverDefault: cell('Server Default Property'),
  };
}

const isAccepted = (setting: Setting<unknown>, value: number): boolean =>
  'value' in setting.parse(String(value));

/** Whether the ends of Kafka's range are the ends of ours. */
function rangeDifference(setting: Setting<unknown>, validValues: string): string | undefined {
  const [, min, max] = /^\[(-?\d+),\.\.\.(?:,(-?\d+))?\]/.exec(validValues) ?? [];
  const isInsideOnly = (bound: string | undefined, outside: number): boolean =>
    bound === undefined ||
    (isAccepted(setting, Number(bound)) && !isAccepted(setting, Number(bound) + outside));
  return isInsideOnly(min, -1) && isInsideOnly(max, +1) ? undefined : `range ${validValues}`;
}

const UPDATE_MODES: Readonly<Record<string, string>> = {
  'read-only': 'no',
  'per-broker': 'broker',
  'cluster-wide': 'cluster',
};

function differences(setting: Setting<unknown>, kafka: KafkaSetting): string[] {
  const mode = UPDATE_MODES[kafka.updateMode];
  return [
    setting.type === kafka.type ? undefined : `type ${kafka.type}`,
    setting.defaultText === kafka.byDefault ? undefined : `default ${String(kafka.byDefault)}`,
    mode === undefined || mode === setting.dynamic ? undefined : `update mode ${kafka.updateMode}`,
    rangeDifference(setting, kafka.validValues),
  ].filter((difference) => difference !== undefined);
}

async function compare(
  table: Readonly<Record<string, Setting<unknown>>>,
  mainClass: string,
): Promise<Record<string, string[]>> {
  const printed = await printedBy(mainClass);
  const found: Record<string, string[]> = {};
  for (const [name, setting] of Object.entries(table)) {
    const kafka = printed.get(name);
    // Settings that Kafka keeps for its own tests are not printed.
    const different = kafka ? differences(setting, kafka) : setting.isInternal ? [] : ['unknown'];
    if (different.length > 0) found[name] = different;
  }
  return found;
}

test('broker settings have the types, defaults, ranges and update modes of Kafka', async () => {
  const shared = Object.entries(BROKER_SETTINGS).filter(([name]) => !name.startsWith('odradek.'));
  expect(await compare(Object.fromEntries(shared), 'kafka.server.KafkaConfig')).toEqual({});
});

test('topic settings have the types, defaults and ranges of Kafka, and all of them are known', async () => {
  const mainClass = 'org.apache.kafka.storage.internals.log.LogConfig';
  expect(await compare(TOPIC_SETTINGS, mainClass)).toEqual({});
  expect(Object.keys(TOPIC_SETTINGS).sort()).toEqual(
    [...(await printedBy(mainClass)).keys()].sort(),
  );
});

test('topic settings fall back to the same broker settings', async () => {
  const printed = await printedBy('org.apache.kafka.storage.internals.log.LogConfig');
  // Settings of tiered storage have no broker settings here.
  const expected = [...printed]
    .filter(([name]) => !name.startsWith('local.'))
    .map(([name, { serverDefault }]) => [
      name,
      serverDefault === 'null' ? undefined : serverDefault,
    ]);
  const ours = Object.entries(TOPIC_SETTINGS).filter(([name]) => !name.startsWith('local.'));
  expect(Object.fromEntries(ours.map(([name, { synonym }]) => [name, synonym]))).toEqual(
    Object.fromEntries(expected),
  );
});

/** The tables of settings beside the ones that Apache Kafka prints of its own. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import type { Setting } from '../../src/config/setting';
import { BROKER_SETTINGS } from '../../src/config/settings/broker';
import { TOPIC_SETTINGS } from '../../src/config/settings/topic';

interface KafkaSetting {
  readonly type: string;
  readonly byDefault: string | null;
  readonly validValues: string;
  readonly updateMode: string;
  readonly serverDefault: string;
}

/** Both classes print their settings as HTML; it is where Kafka's website has them from. */
function printedBy(mainClass: string): Map<string, KafkaSetting> {
  const libraries = join(process.env['KAFKA_LIBS'] ?? '', '*');
  const html = execFileSync('java', ['-cp', libraries, mainClass], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
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

function compare(
  table: Readonly<Record<string, Setting<unknown>>>,
  mainClass: string,
): Record<string, string[]> {
  const printed = printedBy(mainClass);
  const found: Record<string, string[]> = {};
  for (const [name, setting] of Object.entries(table)) {
    const kafka = printed.get(name);
    // Settings that Kafka keeps for its own tests are not printed.
    if (!kafka) expect(setting.isInternal).toBe(true);
    else if (differences(setting, kafka).length > 0) found[name] = differences(setting, kafka);
  }
  return found;
}

test('broker settings have the types, defaults, ranges and update modes of Kafka', () => {
  expect(compare(BROKER_SETTINGS, 'kafka.server.KafkaConfig')).toEqual({});
});

test('topic settings have the types, defaults and ranges of Kafka, and all of them are known', () => {
  const mainClass = 'org.apache.kafka.storage.internals.log.LogConfig';
  expect(compare(TOPIC_SETTINGS, mainClass)).toEqual({});
  expect(Object.keys(TOPIC_SETTINGS).sort()).toEqual([...printedBy(mainClass).keys()].sort());
});

test('topic settings fall back to the same broker settings', () => {
  const printed = printedBy('org.apache.kafka.storage.internals.log.LogConfig');
  for (const [name, { synonym }] of Object.entries(TOPIC_SETTINGS)) {
    const expected = printed.get(name)?.serverDefault ?? '';
    // Settings of tiered storage have no table here.
    if (!expected.startsWith('log.local.') && expected !== 'null')
      expect({ name, synonym }).toEqual({ name, synonym: expected });
  }
});

import {
  describeBrokerConfig,
  describeBrokerDefaults,
  describeTopicConfig,
} from '../../src/config/describe';
import { aBrokerConfig } from '../builders/broker-config';

const withSynonyms = (name: string) => ({ names: [name], includeSynonyms: true });

test('a topic setting names where its value comes from, strongest first', () => {
  const config = aBrokerConfig({ 'log.segment.bytes': '2000' });
  config.applyDynamic({
    defaults: { 'log.segment.bytes': '3000' },
    broker: { 'log.segment.bytes': '4000' },
  });
  expect(
    describeTopicConfig(config, { 'segment.bytes': '5000' }, withSynonyms('segment.bytes')),
  ).toEqual([
    {
      name: 'segment.bytes',
      value: '5000',
      readOnly: false,
      isDefault: false,
      configSource: 1,
      isSensitive: false,
      synonyms: [
        { name: 'segment.bytes', value: '5000', source: 1 },
        { name: 'log.segment.bytes', value: '4000', source: 2 },
        { name: 'log.segment.bytes', value: '3000', source: 3 },
        { name: 'log.segment.bytes', value: '2000', source: 4 },
        { name: 'log.segment.bytes', value: '1073741824', source: 5 },
      ],
      configType: 3,
      documentation: null,
    },
  ]);
});

test.each`
  name                           | broker                         | overrides                                  | value                    | source | because
  ${'retention.ms'}              | ${{}}                          | ${{}}                                      | ${'604800000'}           | ${5}   | ${'a default in hours counts as a default'}
  ${'retention.ms'}              | ${{ 'log.retention.ms': '5' }} | ${{}}                                      | ${'5'}                   | ${4}   | ${'set for the broker'}
  ${'flush.ms'}                  | ${{}}                          | ${{}}                                      | ${'9223372036854775807'} | ${5}   | ${'the largest long is printed exactly'}
  ${'min.cleanable.dirty.ratio'} | ${{}}                          | ${{}}                                      | ${'0.5'}                 | ${5}   | ${'a double'}
  ${'cleanup.policy'}            | ${{}}                          | ${{ 'cleanup.policy': 'compact, delete' }} | ${'compact,delete'}      | ${1}   | ${'lists are printed without blanks'}
`('topic setting $name: $because', ({ name, broker, overrides, value, source }) => {
  const entries = describeTopicConfig(aBrokerConfig(broker), overrides, { names: [name] });
  expect(entries).toMatchObject([{ name, value, configSource: source, synonyms: [] }]);
});

test.each`
  name                                     | properties                               | expected
  ${'log.dirs'}                            | ${{}}                                    | ${{ value: null, readOnly: true, configSource: 5, configType: 2 }}
  ${'num.io.threads'}                      | ${{}}                                    | ${{ value: '8', readOnly: false, configSource: 5, configType: 3 }}
  ${'broker.id'}                           | ${{}}                                    | ${{ value: '1', readOnly: true, configSource: 4 }}
  ${'ssl.keystore.password'}               | ${{ 'ssl.keystore.password': 'secret' }} | ${{ value: null, isSensitive: true, configSource: 4, configType: 9 }}
  ${'some.plugin.key'}                     | ${{ 'some.plugin.key': 'x' }}            | ${{ value: null, isSensitive: true, configSource: 4, configType: 0 }}
  ${'log.cleaner.io.max.bytes.per.second'} | ${{}}                                    | ${{ value: '1.7976931348623157E308', configType: 6 }}
`('broker setting $name', ({ name, properties, expected }) => {
  expect(describeBrokerConfig(aBrokerConfig(properties), { names: [name] })).toMatchObject([
    expected,
  ]);
});

test('secrets stay hidden in synonyms too', () => {
  const config = aBrokerConfig({ 'ssl.key.password': 'secret' });
  expect(describeBrokerConfig(config, withSynonyms('ssl.key.password'))[0]?.synonyms).toEqual([
    { name: 'ssl.key.password', value: null, source: 4 },
  ]);
});

test('all settings are listed but internal ones, with documentation on request', () => {
  const names = describeBrokerConfig(aBrokerConfig()).map(({ name }) => name);
  expect(names).toContain('log.dir');
  expect(names).not.toContain('log.initial.task.delay.ms');
  const [entry] = describeBrokerConfig(aBrokerConfig(), {
    names: ['log.dir'],
    includeDocumentation: true,
  });
  expect(entry?.documentation).toMatch(/directory/);
});

test('what holds for all brokers is described apart', () => {
  const config = aBrokerConfig();
  config.applyDynamic({
    defaults: { 'log.segment.bytes': '3000' },
    broker: { 'num.io.threads': '9' },
  });
  expect(describeBrokerDefaults(config, { includeSynonyms: true })).toMatchObject([
    {
      name: 'log.segment.bytes',
      value: '3000',
      configSource: 3,
      synonyms: [{ name: 'log.segment.bytes', value: '3000', source: 3 }],
    },
  ]);
});

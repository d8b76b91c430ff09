import { validateDynamicConfigs } from '../../src/config/dynamic';
import { aBrokerConfig } from '../builders/broker-config';

test.each`
  defaults                         | broker                           | expected | because
  ${{}}                            | ${{}}                            | ${100}   | ${'the properties file'}
  ${{ 'log.retention.ms': '200' }} | ${{}}                            | ${200}   | ${'all brokers win over the file'}
  ${{ 'log.retention.ms': '200' }} | ${{ 'log.retention.ms': '300' }} | ${300}   | ${'this broker wins over all brokers'}
  ${{ 'log.retention.ms': 'x' }}   | ${{}}                            | ${100}   | ${'what does not parse counts for nothing'}
`('retention is $expected: $because', ({ defaults, broker, expected }) => {
  const config = aBrokerConfig({ 'log.retention.ms': '100' });
  config.applyDynamic({ defaults, broker });
  expect(config.values['log.retention.ms']).toBe(expected);
});

test('a change is told once, with the names that changed, and topics see it', () => {
  const config = aBrokerConfig();
  const heard: string[][] = [];
  const stop = config.onChange((changed) => heard.push([...changed]));
  const dynamic = { defaults: { 'log.segment.bytes': '2000' }, broker: { 'num.io.threads': '8' } };
  config.applyDynamic(dynamic);
  config.applyDynamic(dynamic);
  expect(heard).toEqual([['log.segment.bytes']]);
  expect(config.topicConfig({})['segment.bytes']).toBe(2000);
  stop();
  config.applyDynamic({ defaults: {}, broker: {} });
  expect(heard).toHaveLength(1);
  expect(config.values['log.segment.bytes']).toBe(1_073_741_824);
});

test('settings that need a restart are left alone and reported', () => {
  const config = aBrokerConfig();
  const { changed, problems } = config.applyDynamic({
    defaults: { listeners: 'PLAINTEXT://:1' },
    broker: { 'log.dirs': '/elsewhere' },
  });
  expect(changed.size).toBe(0);
  expect(problems).toEqual([
    'listeners: cannot be changed for all brokers',
    'log.dirs: cannot be changed while running',
  ]);
});

test('listeners that cannot work together are refused as a whole', () => {
  const config = aBrokerConfig();
  const { problems } = config.applyDynamic({
    defaults: { 'num.io.threads': '9' },
    broker: { listeners: 'SSL://:1' },
  });
  expect(problems).toHaveLength(1);
  expect(config.values['num.io.threads']).toBe(8);
  expect(config.listeners).toHaveLength(1);
});

test.each`
  properties                                                  | level        | refusal
  ${{ 'log.dirs': '/x' }}                                     | ${'broker'}  | ${'Cannot update these configs dynamically: Set(log.dirs)'}
  ${{ listeners: 'PLAINTEXT://:1' }}                          | ${'cluster'} | ${'Cannot update these configs at default cluster level, broker id must be specified: Set(listeners)'}
  ${{ 'ssl.protocol': 'TLSv1.3' }}                            | ${'broker'}  | ${'These security configs can be dynamically updated only per-listener using the listener prefix: Set(ssl.protocol)'}
  ${{ 'log.retention.ms': 'x' }}                              | ${'cluster'} | ${'Invalid value x for configuration log.retention.ms: Not a number of type LONG'}
  ${{ 'num.io.threads': '17' }}                               | ${'broker'}  | ${'Dynamic thread count update validation failed for num.io.threads=17, value should not be greater than double the current value 8'}
  ${{ 'num.io.threads': '3' }}                                | ${'broker'}  | ${'Dynamic thread count update validation failed for num.io.threads=3, value should be at least half the current value 8'}
  ${{ 'num.replica.fetchers': '0' }}                          | ${'broker'}  | ${'Dynamic thread count update validation failed for num.replica.fetchers=0, value should be at least 1'}
  ${{ 'log.retention.ms': '0' }}                              | ${'broker'}  | ${'log.retention.ms: must be unlimited (-1) or at least 1, also when set in minutes or hours'}
  ${{ 'listener.name.plaintext.ssl.keystore.password': 'p' }} | ${'broker'}  | ${'Password encoder secret not configured: secrets cannot be stored in ZooKeeper'}
`('refuses $properties for $level', ({ properties, level, refusal }) => {
  expect(validateDynamicConfigs(properties, level, aBrokerConfig())).toBe(refusal);
});

test.each`
  properties                                               | level
  ${{ 'log.retention.ms': '-1', 'num.io.threads': '16' }}  | ${'cluster'}
  ${{ 'leader.replication.throttled.rate': '1000' }}       | ${'broker'}
  ${{ 'listener.name.plaintext.ssl.protocol': 'TLSv1.3' }} | ${'broker'}
  ${{ 'some.plugin.key': 'anything' }}                     | ${'broker'}
`('accepts $properties for $level', ({ properties, level }) => {
  expect(validateDynamicConfigs(properties, level, aBrokerConfig())).toBeUndefined();
});

import { TOPIC_SETTINGS } from '../../src/config/settings/topic';
import { resolveTopicConfig, validateTopicConfigs } from '../../src/config/topic-config';
import { aBrokerConfig } from '../builders/broker-config';

test.each`
  overrides                                         | broker                                                                                           | name                                 | expected                 | because
  ${{}}                                             | ${{}}                                                                                            | ${'retention.ms'}                    | ${604_800_000}           | ${'168 hours by default'}
  ${{}}                                             | ${{ 'log.retention.hours': '1' }}                                                                | ${'retention.ms'}                    | ${3_600_000}             | ${'hours count where nothing finer is set'}
  ${{}}                                             | ${{ 'log.retention.hours': '1', 'log.retention.minutes': '1' }}                                  | ${'retention.ms'}                    | ${60_000}                | ${'minutes win over hours'}
  ${{}}                                             | ${{ 'log.retention.minutes': '1', 'log.retention.ms': '5' }}                                     | ${'retention.ms'}                    | ${5}                     | ${'milliseconds win over minutes'}
  ${{}}                                             | ${{ 'log.retention.minutes': '-1' }}                                                             | ${'retention.ms'}                    | ${-1}                    | ${'unlimited in any unit'}
  ${{ 'retention.ms': '7' }}                        | ${{ 'log.retention.ms': '5' }}                                                                   | ${'retention.ms'}                    | ${7}                     | ${'the topic wins over its broker'}
  ${{ 'retention.ms': 'x' }}                        | ${{ 'log.retention.ms': '5' }}                                                                   | ${'retention.ms'}                    | ${5}                     | ${'an override that does not parse counts for nothing'}
  ${{}}                                             | ${{ 'log.roll.hours': '2' }}                                                                     | ${'segment.ms'}                      | ${7_200_000}             | ${'rolling in hours'}
  ${{}}                                             | ${{ 'log.roll.ms': '9' }}                                                                        | ${'segment.ms'}                      | ${9}                     | ${'rolling in milliseconds'}
  ${{}}                                             | ${{ 'log.roll.jitter.hours': '1' }}                                                              | ${'segment.jitter.ms'}               | ${3_600_000}             | ${'jitter'}
  ${{}}                                             | ${{}}                                                                                            | ${'flush.ms'}                        | ${2 ** 63}               | ${'never'}
  ${{}}                                             | ${{ 'log.flush.scheduler.interval.ms': '5' }}                                                    | ${'flush.ms'}                        | ${5}                     | ${'the scheduler setting stands in'}
  ${{}}                                             | ${{ 'message.max.bytes': '99' }}                                                                 | ${'max.message.bytes'}               | ${99}                    | ${'names may differ'}
  ${{ 'cleanup.policy': 'compact , delete' }}       | ${{}}                                                                                            | ${'cleanup.policy'}                  | ${['compact', 'delete']} | ${'a list'}
  ${{}}                                             | ${{ 'log.message.timestamp.difference.max.ms': '5' }}                                            | ${'message.timestamp.before.max.ms'} | ${5}                     | ${'the old symmetric bound stands in'}
  ${{}}                                             | ${{ 'log.message.timestamp.difference.max.ms': '5', 'log.message.timestamp.after.max.ms': '9' }} | ${'message.timestamp.after.max.ms'}  | ${9}                     | ${'a bound of its own wins, even if it is wider'}
  ${{ 'message.timestamp.difference.max.ms': '5' }} | ${{}}                                                                                            | ${'message.timestamp.after.max.ms'}  | ${5}                     | ${'a topic may have the old bound too'}
  ${{ 'message.timestamp.difference.max.ms': '5' }} | ${{ 'log.message.timestamp.difference.max.ms': '7' }}                                            | ${'message.timestamp.after.max.ms'}  | ${7}                     | ${'which yields to the bound that its broker derives from its own'}
  ${{}}                                             | ${{ 'log.message.downconversion.enable': 'false' }}                                              | ${'message.downconversion.enable'}   | ${false}                 | ${'a broker may convert for no old client'}
  ${{ 'message.downconversion.enable': 'true' }}    | ${{ 'log.message.downconversion.enable': 'false' }}                                              | ${'message.downconversion.enable'}   | ${true}                  | ${'but for those of one topic'}
`('$name is $expected: $because', ({ overrides, broker, name, expected }) => {
  expect(aBrokerConfig(broker).topicConfig(overrides)).toHaveProperty([name], expected);
});

test('a topic without settings of its own has the defaults of the table', () => {
  const { values, texts } = resolveTopicConfig({}, aBrokerConfig().current);
  for (const [name, setting] of Object.entries(TOPIC_SETTINGS)) {
    expect(values).toHaveProperty([name], setting.byDefault);
    expect(texts).toHaveProperty([name], setting.defaultText);
  }
});

test.each`
  overrides                                                          | refusal
  ${{ nope: '1' }}                                                   | ${'Unknown topic config name: nope'}
  ${{ 'retention.ms': 'abc' }}                                       | ${'Invalid value abc for configuration retention.ms: Not a number of type LONG'}
  ${{ 'retention.ms': '' }}                                          | ${'Invalid value  for configuration retention.ms: Not a number of type LONG'}
  ${{ 'retention.ms': '-2' }}                                        | ${'Invalid value -2 for configuration retention.ms: Value must be at least -1'}
  ${{ 'max.message.bytes': '99999999999' }}                          | ${'Invalid value 99999999999 for configuration max.message.bytes: Not a number of type INT'}
  ${{ preallocate: 'maybe' }}                                        | ${'Invalid value maybe for configuration preallocate: Expected value to be either true or false'}
  ${{ 'cleanup.policy': 'a,delete' }}                                | ${'Invalid value a for configuration cleanup.policy: String must be one of: compact, delete'}
  ${{ 'compression.gzip.level': '10' }}                              | ${'Invalid value 10 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1'}
  ${{ 'min.cleanable.dirty.ratio': '-1' }}                           | ${'Invalid value -1.0 for configuration min.cleanable.dirty.ratio: Value must be at least 0'}
  ${{ 'min.cleanable.dirty.ratio': '1.5' }}                          | ${'Invalid value 1.5 for configuration min.cleanable.dirty.ratio: Value must be no more than 1'}
  ${{ 'message.timestamp.type': 'createTime' }}                      | ${'Invalid value createTime for configuration message.timestamp.type: String must be one of: CreateTime, LogAppendTime'}
  ${{ 'message.format.version': '9.9' }}                             | ${'Invalid value 9.9 for configuration message.format.version: Version 9.9 is not a valid version'}
  ${{ 'min.compaction.lag.ms': '10', 'max.compaction.lag.ms': '5' }} | ${'conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)'}
  ${{ 'leader.replication.throttled.replicas': '0:1,x' }}            | ${"Invalid value [0:1, x] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],..."}
`('refuses $overrides in the words of Kafka', ({ overrides, refusal }) => {
  expect(validateTopicConfigs(overrides)).toBe(refusal);
});

test.each([
  {},
  { 'retention.ms': '+5', preallocate: 'TRUE ', 'cleanup.policy': 'compact, delete' },
  { 'leader.replication.throttled.replicas': '*', 'follower.replication.throttled.replicas': '' },
  { 'compression.gzip.level': '-1', 'message.format.version': '3.9' },
])('accepts %j', (overrides) => {
  expect(validateTopicConfigs(overrides)).toBeUndefined();
});

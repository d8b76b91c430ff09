/** DescribeConfigs (32): settings of topics and brokers, with where their values come from. */
import { errorName } from '../../../src/protocol/errors';
import {
  DescribeConfigsRequest,
  DescribeConfigsResponse,
} from '../../../src/protocol/messages/32-describe-configs';
import {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from '../../../src/protocol/messages/44-incremental-alter-configs';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { eventually } from '../../builders/process';
import { BROKER, describeResource, ownValues, TOPIC } from '../../builders/resources';
import type { DescribeOptions } from '../../builders/resources';

const TOPIC_SETTINGS = [
  'cleanup.policy',
  'compression.gzip.level',
  'compression.lz4.level',
  'compression.type',
  'compression.zstd.level',
  'delete.retention.ms',
  'file.delete.delay.ms',
  'flush.messages',
  'flush.ms',
  'follower.replication.throttled.replicas',
  'index.interval.bytes',
  'leader.replication.throttled.replicas',
  'local.retention.bytes',
  'local.retention.ms',
  'max.compaction.lag.ms',
  'max.message.bytes',
  'message.downconversion.enable',
  'message.format.version',
  'message.timestamp.after.max.ms',
  'message.timestamp.before.max.ms',
  'message.timestamp.difference.max.ms',
  'message.timestamp.type',
  'min.cleanable.dirty.ratio',
  'min.compaction.lag.ms',
  'min.insync.replicas',
  'preallocate',
  'remote.log.copy.disable',
  'remote.log.delete.on.disable',
  'remote.storage.enable',
  'retention.bytes',
  'retention.ms',
  'segment.bytes',
  'segment.index.bytes',
  'segment.jitter.ms',
  'segment.ms',
  'unclean.leader.election.enable',
];

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start({
    count: 2,
    settings: { 'log.retention.hours': '5', 'log.segment.bytes': '123456' },
  });
  await brokers.createTopic('plain');
  await brokers.createTopic('special', {
    configs: { 'retention.ms': '1000', 'cleanup.policy': 'compact,delete' },
  });
}, 60_000);
afterAll(() => brokers.stop());

test.each(versionsOf(DescribeConfigsRequest))('v%i tells a setting of a topic', async (version) => {
  const { error, errorMessage, resourceType, resourceName, configs } = await describeResource(
    brokers,
    'special',
    { version, names: ['retention.ms'] },
  );
  expect({ error, errorMessage, resourceType, resourceName }).toEqual({
    error: 'NONE',
    errorMessage: '',
    resourceType: TOPIC,
    resourceName: 'special',
  });
  expect(configs).toMatchObject([
    {
      name: 'retention.ms',
      value: '1000',
      readOnly: false,
      isDefault: false,
      configSource: version >= 1 ? 1 : -1,
      isSensitive: false,
      synonyms: [],
      configType: version >= 3 ? 5 : 0,
    },
  ]);
});

test.each`
  topic        | name                                       | value                    | source | because
  ${'plain'}   | ${'retention.ms'}                          | ${'18000000'}            | ${5}   | ${'log.retention.hours is no synonym that counts here'}
  ${'plain'}   | ${'segment.bytes'}                         | ${'123456'}              | ${4}   | ${'log.segment.bytes is set'}
  ${'plain'}   | ${'cleanup.policy'}                        | ${'delete'}              | ${5}   | ${'nothing is set'}
  ${'plain'}   | ${'retention.bytes'}                       | ${'-1'}                  | ${5}   | ${'nothing is set'}
  ${'special'} | ${'cleanup.policy'}                        | ${'compact,delete'}      | ${1}   | ${'it is set for the topic'}
  ${'plain'}   | ${'max.message.bytes'}                     | ${'1048588'}             | ${5}   | ${'nothing is set'}
  ${'plain'}   | ${'flush.messages'}                        | ${'9223372036854775807'} | ${5}   | ${'the largest number is told exactly'}
  ${'plain'}   | ${'leader.replication.throttled.replicas'} | ${''}                    | ${5}   | ${'an empty list is empty text'}
`('$topic $name is $value from source $source because $because', async (row) => {
  const { configs } = await describeResource(brokers, row.topic as string, {
    names: [row.name as string],
  });
  expect(configs).toMatchObject([{ name: row.name, value: row.value, configSource: row.source }]);
});

test.each`
  type      | name         | setting                  | synonyms
  ${TOPIC}  | ${'special'} | ${'retention.ms'}        | ${['1 retention.ms=1000']}
  ${TOPIC}  | ${'plain'}   | ${'segment.bytes'}       | ${['4 log.segment.bytes=123456', '5 log.segment.bytes=1073741824']}
  ${BROKER} | ${'1'}       | ${'log.segment.bytes'}   | ${['4 log.segment.bytes=123456', '5 log.segment.bytes=1073741824']}
  ${BROKER} | ${'1'}       | ${'log.cleaner.threads'} | ${['5 log.cleaner.threads=1']}
`('synonyms of $setting of $name: $synonyms', async ({ type, name, setting, synonyms }) => {
  const { configs } = await describeResource(brokers, name as string, {
    type: type as number,
    names: [setting as string],
    includeSynonyms: true,
  });
  const texts = configs[0]?.synonyms.map(
    (each) => `${String(each.source)} ${each.name}=${String(each.value)}`,
  );
  expect(texts).toEqual(synonyms);
});

test.each`
  type      | name        | broker | error                           | because
  ${TOPIC}  | ${'absent'} | ${1}   | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such topic'}
  ${TOPIC}  | ${'a b'}    | ${1}   | ${'INVALID_TOPIC_EXCEPTION'}    | ${'no topic has such a name'}
  ${TOPIC}  | ${''}       | ${1}   | ${'INVALID_TOPIC_EXCEPTION'}    | ${'a topic has a name'}
  ${TOPIC}  | ${'plain'}  | ${2}   | ${'NONE'}                       | ${'any broker knows topics'}
  ${BROKER} | ${'1'}      | ${1}   | ${'NONE'}                       | ${'it is this one'}
  ${BROKER} | ${'2'}      | ${1}   | ${'INVALID_REQUEST'}            | ${'broker 2 must be asked itself'}
  ${BROKER} | ${'2'}      | ${2}   | ${'NONE'}                       | ${'it is this one'}
  ${BROKER} | ${'first'}  | ${1}   | ${'INVALID_REQUEST'}            | ${'ids are numbers'}
  ${BROKER} | ${''}       | ${1}   | ${'NONE'}                       | ${'the empty name means all brokers'}
  ${0}      | ${'plain'}  | ${1}   | ${'INVALID_REQUEST'}            | ${'there is no type 0'}
  ${16}     | ${'plain'}  | ${1}   | ${'INVALID_REQUEST'}            | ${'client metrics are no part of it'}
  ${99}     | ${'plain'}  | ${1}   | ${'INVALID_REQUEST'}            | ${'there is no type 99'}
`('type $type, name $name, asked of $broker: $error because $because', async (row) => {
  const options: DescribeOptions = { type: row.type as number, broker: row.broker as number };
  const result = await describeResource(brokers, row.name as string, options);
  expect(result).toMatchObject({ error: row.error, resourceName: row.name });
  expect(result.configs.length > 0).toBe(row.error === 'NONE' && row.name !== '');
});

test.each`
  names                       | told                | because
  ${['retention.ms', 'nope']} | ${['retention.ms']} | ${'what is no setting is left out'}
  ${['nope']}                 | ${[]}               | ${'what is no setting is left out'}
`('of $names only $told is told because $because', async ({ names, told }) => {
  const { configs } = await describeResource(brokers, 'plain', { names: names as string[] });
  expect(configs.map(({ name }) => name)).toEqual(told);
});

test('null asks for every setting of a topic', async () => {
  const { configs } = await describeResource(brokers, 'plain', { names: null });
  const names = configs.map(({ name }) => name).sort();
  expect(names).toContain('retention.ms');
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(TOPIC_SETTINGS);
});

test.each`
  setting                    | readOnly | value       | because
  ${'broker.id'}             | ${true}  | ${'1'}      | ${'it is read at the start only'}
  ${'log.retention.hours'}   | ${true}  | ${'5'}      | ${'log.retention.ms is the one to change'}
  ${'log.retention.ms'}      | ${false} | ${null}     | ${'it can be changed at any time'}
  ${'log.segment.bytes'}     | ${false} | ${'123456'} | ${'it can be changed at any time'}
  ${'ssl.keystore.password'} | ${false} | ${null}     | ${'secrets are not told'}
`('broker: $setting, read only: $readOnly because $because', async (row) => {
  const { configs } = await describeResource(brokers, '1', {
    type: BROKER,
    names: [row.setting as string],
  });
  expect(configs).toMatchObject([{ name: row.setting, readOnly: row.readOnly, value: row.value }]);
});

test('documentation comes from v3 on, if it is asked for', async () => {
  const options = { names: ['retention.ms'], includeDocumentation: true };
  const asked = await describeResource(brokers, 'plain', { ...options, version: 3 });
  expect(asked.configs[0]?.documentation).toMatch(/^[A-Z].{20}/);
  const unasked = await describeResource(brokers, 'plain', { names: ['retention.ms'] });
  expect(unasked.configs[0]?.documentation).toBeNull();
});

test('settings of brokers, of all and of one, come before the file', async () => {
  const alter = (resourceName: string, value: string) =>
    brokers.ask(IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse, 1, {
      resources: [
        {
          resourceType: BROKER,
          resourceName,
          configs: [{ name: 'log.segment.bytes', configOperation: 0, value }],
        },
      ],
      validateOnly: false,
    });
  await alter('', '200000');
  await alter('1', '300000');
  const describeIt = () =>
    describeResource(brokers, '1', {
      type: BROKER,
      names: ['log.segment.bytes'],
      includeSynonyms: true,
    });
  const [entry] = await eventually('both are in force', async () => {
    const { configs } = await describeIt();
    return configs[0]?.value === '300000' && configs[0].synonyms.length === 4 ? configs : undefined;
  });
  expect(entry).toMatchObject({ value: '300000', configSource: 2 });
  expect(entry?.synonyms.map(({ value, source }) => `${String(source)} ${String(value)}`)).toEqual([
    '2 300000',
    '3 200000',
    '4 123456',
    '5 1073741824',
  ]);
  expect(await ownValues(brokers, '', { type: BROKER })).toEqual({ 'log.segment.bytes': '200000' });
  const { configs } = await describeResource(brokers, 'plain', { names: ['segment.bytes'] });
  expect(configs).toMatchObject([{ value: '300000', configSource: 2 }]);
});

test('a resource asked for twice is answered for each', async () => {
  const resource = {
    resourceType: TOPIC,
    resourceName: 'plain',
    configurationKeys: ['retention.ms'],
  };
  const { results } = await brokers.ask(DescribeConfigsRequest, DescribeConfigsResponse, 4, {
    resources: [resource, { ...resource, resourceName: 'absent' }],
  });
  const outcomes = results.map(
    ({ resourceName, errorCode }) => `${resourceName} ${errorName(errorCode)}`,
  );
  expect(outcomes).toEqual(['plain NONE', 'absent UNKNOWN_TOPIC_OR_PARTITION']);
});

test('no resources, no answer for any', async () => {
  const answer = await brokers.ask(DescribeConfigsRequest, DescribeConfigsResponse, 4, {
    resources: [],
  });
  expect(answer.results).toEqual([]);
});

/** AlterConfigs (33): replaces all settings of a topic or of brokers, at once and in ZooKeeper. */
import { errorName } from '../../../src/protocol/errors';
import { ProduceRequest, ProduceResponse } from '../../../src/protocol/messages/00-produce';
import {
  AlterConfigsRequest,
  AlterConfigsResponse,
} from '../../../src/protocol/messages/33-alter-configs';
import { aBatch, aRecord, Brokers, versionsOf } from '../../builders/broker-client';
import { eventually } from '../../builders/process';
import {
  BROKER,
  BROKER_LOGGER,
  describeResource,
  ownValues,
  TOPIC,
} from '../../builders/resources';
import { PromisedClient } from '../../builders/zookeeper-client';

let brokers: Brokers;
let zookeeper: PromisedClient;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  zookeeper = await PromisedClient.connect(brokers.zookeeper);
  await brokers.createTopic('topic');
}, 60_000);
afterAll(async () => {
  await zookeeper.close();
  await brokers.stop();
});

interface Resource {
  readonly name: string;
  readonly type?: number;
  readonly configs: Readonly<Record<string, string | null>>;
}

async function alter(
  resources: readonly Resource[],
  { version = 2, validateOnly = false, broker = 1 } = {},
): Promise<string[]> {
  const { responses } = await brokers.ask(
    AlterConfigsRequest,
    AlterConfigsResponse,
    version,
    {
      resources: resources.map(({ name, type = TOPIC, configs }) => ({
        resourceType: type,
        resourceName: name,
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      })),
      validateOnly,
    },
    { broker },
  );
  return responses.map(({ resourceName, errorCode }) => `${resourceName} ${errorName(errorCode)}`);
}

test.each(versionsOf(AlterConfigsRequest))('v%i replaces what was set', async (version) => {
  const name = `of-version-${String(version)}`;
  await brokers.createTopic(name, { configs: { 'retention.ms': '1000', 'flush.ms': '5' } });
  expect(await alter([{ name, configs: { 'segment.ms': '99' } }], { version })).toEqual([
    `${name} NONE`,
  ]);
  await eventually('the settings are replaced', async () => {
    const values = await ownValues(brokers, name);
    return (values['segment.ms'] === '99' && !('retention.ms' in values)) || undefined;
  });
  expect(await ownValues(brokers, name)).toEqual({ 'segment.ms': '99' });
});

test('an empty list sets everything back', async () => {
  await brokers.createTopic('bare', { configs: { 'retention.ms': '1000' } });
  expect(await alter([{ name: 'bare', configs: {} }])).toEqual(['bare NONE']);
  expect(await ownValues(brokers, 'bare')).toEqual({});
});

test.each`
  resource                                                                  | error                           | because
  ${{ name: 'absent', configs: {} }}                                        | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such topic'}
  ${{ name: 'a b', configs: {} }}                                           | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'a bad name is a missing one'}
  ${{ name: 'topic', configs: { 'no.such': '1' } }}                         | ${'INVALID_CONFIG'}             | ${'there is no such setting'}
  ${{ name: 'topic', configs: { 'retention.ms': 'soon' } }}                 | ${'INVALID_CONFIG'}             | ${'that is no number'}
  ${{ name: 'topic', configs: { 'retention.ms': '-2' } }}                   | ${'INVALID_CONFIG'}             | ${'-1 is the least'}
  ${{ name: 'topic', configs: { 'cleanup.policy': 'burn' } }}               | ${'INVALID_CONFIG'}             | ${'that is no policy'}
  ${{ name: 'topic', configs: { 'retention.ms': null } }}                   | ${'INVALID_REQUEST'}            | ${'a setting needs a value'}
  ${{ name: '1', type: BROKER, configs: { 'broker.id': '7' } }}             | ${'INVALID_REQUEST'}            | ${'it cannot change while the broker runs'}
  ${{ name: '1', type: BROKER, configs: { 'log.segment.bytes': 'x' } }}     | ${'INVALID_REQUEST'}            | ${'that is no number'}
  ${{ name: '2', type: BROKER, configs: { 'log.segment.bytes': '99999' } }} | ${'INVALID_REQUEST'}            | ${'broker 2 must be asked itself'}
  ${{ name: '', type: BROKER, configs: { listeners: 'PLAINTEXT://:1' } }}   | ${'INVALID_REQUEST'}            | ${'each broker has its own'}
  ${{ name: '1', type: BROKER_LOGGER, configs: { root: 'INFO' } }}          | ${'INVALID_REQUEST'}            | ${'loggers are changed one by one'}
  ${{ name: 'topic', type: 0, configs: {} }}                                | ${'INVALID_REQUEST'}            | ${'there is no type 0'}
`('$resource: $error because $because', async ({ resource, error }) => {
  expect(await alter([resource as Resource])).toEqual([`${(resource as Resource).name} ${error}`]);
});

test('validateOnly checks and changes nothing', async () => {
  const resources = [
    { name: 'topic', configs: { 'segment.ms': '77' } },
    { name: 'absent', configs: {} },
  ];
  const outcomes = await alter(resources, { validateOnly: true });
  expect(outcomes.sort()).toEqual(['absent UNKNOWN_TOPIC_OR_PARTITION', 'topic NONE']);
  expect(await ownValues(brokers, 'topic')).toEqual({});
});

test('a lower max.message.bytes is in force at once', async () => {
  await brokers.createTopic('small');
  const produce = async () => {
    const answer = await brokers.ask(ProduceRequest, ProduceResponse, 9, {
      acks: -1,
      timeoutMs: 10_000,
      topicData: [
        {
          name: 'small',
          partitionData: [{ index: 0, records: aBatch({ records: [aRecord('x'.repeat(500))] }) }],
        },
      ],
    });
    return errorName(answer.responses[0]?.partitionResponses[0]?.errorCode ?? -1);
  };
  expect(await produce()).toBe('NONE');
  await alter([{ name: 'small', configs: { 'max.message.bytes': '100' } }]);
  const refused = await eventually('the limit is in force', async () => {
    const error = await produce();
    return error === 'NONE' ? undefined : error;
  });
  expect(refused).toBe('MESSAGE_TOO_LARGE');
});

test.each`
  asked  | path                           | because
  ${'1'} | ${'/config/brokers/1'}         | ${'a broker has a node of its own'}
  ${''}  | ${'/config/brokers/<default>'} | ${'all brokers share one'}
`('settings of broker "$asked" are in $path and announced', async ({ asked, path }) => {
  const before = await zookeeper.children('/config/changes');
  const configs = { 'log.segment.bytes': '234567' };
  expect(await alter([{ name: asked as string, type: BROKER, configs }])).toEqual([
    `${asked} NONE`,
  ]);
  expect(JSON.parse(await zookeeper.get(path as string))).toEqual({ version: 1, config: configs });
  const [announced] = (await zookeeper.children('/config/changes')).filter(
    (name) => !before.includes(name),
  );
  const change = await zookeeper.get(`/config/changes/${String(announced)}`);
  expect(JSON.parse(change)).toEqual({
    version: 2,
    entity_path: (path as string).replace('/config/', ''),
  });
  const inForce = await eventually('it is in force', async () => {
    const options = { type: BROKER, names: ['log.segment.bytes'] };
    const described = await describeResource(brokers, '1', options);
    return described.configs[0]?.value === '234567' ? described.configs[0] : undefined;
  });
  expect(inForce.readOnly).toBe(false);
  await alter([{ name: asked as string, type: BROKER, configs: {} }]);
});

test('settings of a topic are in its node and announced', async () => {
  const before = await zookeeper.children('/config/changes');
  await brokers.createTopic('noted');
  await alter([{ name: 'noted', configs: { 'retention.ms': '5' } }]);
  expect(JSON.parse(await zookeeper.get('/config/topics/noted'))).toEqual({
    version: 1,
    config: { 'retention.ms': '5' },
  });
  const announced = (await zookeeper.children('/config/changes')).filter(
    (name) => !before.includes(name),
  );
  const paths = await Promise.all(
    announced.map(async (name) => {
      const change = JSON.parse(await zookeeper.get(`/config/changes/${name}`)) as {
        entity_path: string;
      };
      return change.entity_path;
    }),
  );
  expect(paths).toContain('topics/noted');
});

test('a broker that is not the controller changes settings as well', async () => {
  const resource = { name: 'topic', configs: { 'segment.ms': '66' } };
  expect(await alter([resource], { broker: 2 })).toEqual(['topic NONE']);
  expect(await ownValues(brokers, 'topic', { broker: 2 })).toEqual({ 'segment.ms': '66' });
});

test('no resources, no answer for any', async () => {
  expect(await alter([])).toEqual([]);
});

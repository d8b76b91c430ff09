/** IncrementalAlterConfigs (44): sets, deletes, appends to and subtracts from single settings. */
import { errorName } from '../../../src/protocol/errors';
import {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from '../../../src/protocol/messages/44-incremental-alter-configs';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { eventually } from '../../builders/process';
import { BROKER, describeResource, ownValues, TOPIC } from '../../builders/resources';

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
  await brokers.createTopic('topic');
}, 60_000);
afterAll(() => brokers.stop());

const OPERATION: Readonly<Record<string, number>> = {
  set: 0,
  delete: 1,
  append: 2,
  subtract: 3,
  explode: 9,
};

/** `set retention.ms=5`, `delete retention.ms`; without `=` the value is null. */
type Change = string;

interface Resource {
  readonly name: string;
  readonly type?: number;
  readonly changes: readonly Change[];
}

function operationOf(change: Change) {
  const [verb = '', setting = ''] = change.split(' ');
  const [name = '', value] = setting.split('=');
  return { name, configOperation: OPERATION[verb] ?? -1, value: value ?? null };
}

async function alter(
  resources: readonly Resource[],
  { version = 1, validateOnly = false, broker = 1 } = {},
): Promise<string[]> {
  const { responses } = await brokers.ask(
    IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse,
    version,
    {
      resources: resources.map(({ name, type = TOPIC, changes }) => ({
        resourceType: type,
        resourceName: name,
        configs: changes.map(operationOf),
      })),
      validateOnly,
    },
    { broker },
  );
  return responses.map(({ resourceName, errorCode }) => `${resourceName} ${errorName(errorCode)}`);
}

test.each(versionsOf(IncrementalAlterConfigsRequest))('v%i leaves the rest', async (version) => {
  const name = `of-version-${String(version)}`;
  await brokers.createTopic(name, { configs: { 'retention.ms': '1000', 'flush.ms': '5' } });
  const changes = ['set segment.ms=99', 'delete flush.ms'];
  expect(await alter([{ name, changes }], { version })).toEqual([`${name} NONE`]);
  expect(await ownValues(brokers, name)).toEqual({ 'retention.ms': '1000', 'segment.ms': '99' });
});

test.each`
  before              | change                               | after               | because
  ${'delete'}         | ${'append cleanup.policy=compact'}   | ${'delete,compact'} | ${'it comes last'}
  ${'delete,compact'} | ${'append cleanup.policy=compact'}   | ${'delete,compact'} | ${'it is there'}
  ${undefined}        | ${'append cleanup.policy=compact'}   | ${'delete,compact'} | ${'the default is what is appended to'}
  ${'compact,delete'} | ${'subtract cleanup.policy=compact'} | ${'delete'}         | ${'it is taken away'}
  ${'delete'}         | ${'subtract cleanup.policy=compact'} | ${'delete'}         | ${'it was not there'}
  ${'compact'}        | ${'set cleanup.policy=delete'}       | ${'delete'}         | ${'set replaces'}
  ${'compact'}        | ${'delete cleanup.policy'}           | ${undefined}        | ${'delete brings the default back'}
  ${undefined}        | ${'delete cleanup.policy'}           | ${undefined}        | ${'there is nothing to delete'}
`('$before, $change: $after because $because', async ({ before, change, after }) => {
  const name = 'lists';
  const first = before === undefined ? 'delete cleanup.policy' : `set cleanup.policy=${before}`;
  if (!(await describeResource(brokers, name)).configs.length) await brokers.createTopic(name);
  await alter([{ name, changes: [first] }]);
  expect(await alter([{ name, changes: [change as string] }])).toEqual(['lists NONE']);
  expect((await ownValues(brokers, name))['cleanup.policy']).toBe(after);
});

test.each`
  name        | type      | changes                                          | error                           | because
  ${'absent'} | ${TOPIC}  | ${['set retention.ms=1']}                        | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'there is no such topic'}
  ${'topic'}  | ${TOPIC}  | ${['set no.such=1']}                             | ${'INVALID_CONFIG'}             | ${'there is no such setting'}
  ${'topic'}  | ${TOPIC}  | ${['set retention.ms=soon']}                     | ${'INVALID_CONFIG'}             | ${'that is no number'}
  ${'topic'}  | ${TOPIC}  | ${['set retention.ms']}                          | ${'INVALID_REQUEST'}            | ${'a value is missing'}
  ${'topic'}  | ${TOPIC}  | ${['append cleanup.policy']}                     | ${'INVALID_REQUEST'}            | ${'a value is missing'}
  ${'topic'}  | ${TOPIC}  | ${['append retention.ms=1']}                     | ${'INVALID_CONFIG'}             | ${'that is no list'}
  ${'topic'}  | ${TOPIC}  | ${['subtract retention.ms=1']}                   | ${'INVALID_CONFIG'}             | ${'that is no list'}
  ${'topic'}  | ${TOPIC}  | ${['append cleanup.policy=burn']}                | ${'INVALID_CONFIG'}             | ${'that is no policy'}
  ${'topic'}  | ${TOPIC}  | ${['set retention.ms=1', 'delete retention.ms']} | ${'INVALID_REQUEST'}            | ${'a setting is named twice'}
  ${'topic'}  | ${TOPIC}  | ${['delete no.such']}                            | ${'NONE'}                       | ${'what is not set can be deleted'}
  ${'1'}      | ${BROKER} | ${['set broker.id=7']}                           | ${'INVALID_REQUEST'}            | ${'it cannot change while the broker runs'}
  ${'1'}      | ${BROKER} | ${['append log.cleanup.policy=compact']}         | ${'NONE'}                       | ${'brokers have lists too'}
  ${'1'}      | ${BROKER} | ${['append log.segment.bytes=1']}                | ${'INVALID_CONFIG'}             | ${'that is no list'}
  ${'2'}      | ${BROKER} | ${['set log.segment.bytes=99999']}               | ${'INVALID_REQUEST'}            | ${'broker 2 must be asked itself'}
`('$name: $changes: $error because $because', async ({ name, type, changes, error }) => {
  const resource = { name: name as string, type: type as number, changes: changes as string[] };
  expect(await alter([resource])).toEqual([`${name} ${error}`]);
});

test('validateOnly checks and changes nothing', async () => {
  const resources = [
    { name: 'topic', changes: ['set segment.ms=77'] },
    { name: 'absent', changes: [] },
  ];
  const outcomes = await alter(resources, { validateOnly: true });
  expect(outcomes.sort()).toEqual(['absent UNKNOWN_TOPIC_OR_PARTITION', 'topic NONE']);
  expect(await ownValues(brokers, 'topic')).toEqual({});
});

test('several changes are made or refused together', async () => {
  const changes = ['set segment.ms=55', 'set retention.ms=soon'];
  expect(await alter([{ name: 'topic', changes }])).toEqual(['topic INVALID_CONFIG']);
  expect(await ownValues(brokers, 'topic')).toEqual({});
});

test('a setting of all brokers reaches every broker', async () => {
  const changes = ['set log.segment.bytes=345678'];
  expect(await alter([{ name: '', type: BROKER, changes }])).toEqual([' NONE']);
  const names = ['log.segment.bytes'];
  for (const broker of [1, 2]) {
    const entry = await eventually('it is in force', async () => {
      const options = { type: BROKER, names, broker };
      const { configs } = await describeResource(brokers, String(broker), options);
      return configs[0]?.value === '345678' ? configs[0] : undefined;
    });
    expect(entry.configSource).toBe(3);
  }
});

test('no resources, no answer for any', async () => {
  expect(await alter([])).toEqual([]);
});

/** BROKER_LOGGER in DescribeConfigs (32) and IncrementalAlterConfigs (44): levels of loggers, of one broker and until its end. */
import { errorName } from '../../../src/protocol/errors';
import {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from '../../../src/protocol/messages/44-incremental-alter-configs';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { eventually } from '../../builders/process';
import { BROKER_LOGGER, describeResource } from '../../builders/resources';

/** Loggers that Kafka's brokers have too. */
const CONTROLLER = 'kafka.controller.KafkaController';
const CLEANER = 'kafka.log.LogCleaner';

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
}, 60_000);
afterAll(() => brokers.stop());

const OPERATION: Readonly<Record<string, number>> = { set: 0, delete: 1, append: 2, subtract: 3 };

/** `set root=INFO`, `delete root`; without `=` the value is null. */
function operationOf(change: string) {
  const [verb = '', setting = ''] = change.split(' ');
  const [name = '', value] = setting.split('=');
  return { name, configOperation: OPERATION[verb] ?? -1, value: value ?? null };
}

async function alter(
  changes: readonly string[],
  { name = '1', version = 1, validateOnly = false, broker = 1 } = {},
): Promise<string> {
  const { responses } = await brokers.ask(
    IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse,
    version,
    {
      resources: [
        { resourceType: BROKER_LOGGER, resourceName: name, configs: changes.map(operationOf) },
      ],
      validateOnly,
    },
    { broker },
  );
  return responses.map(({ errorCode }) => errorName(errorCode)).join();
}

async function levels(broker = 1): Promise<Record<string, string | null>> {
  const options = { type: BROKER_LOGGER, broker };
  const { configs } = await describeResource(brokers, String(broker), options);
  return Object.fromEntries(configs.map(({ name, value }) => [name, value]));
}

test.each`
  logger
  ${'root'}
  ${CONTROLLER}
  ${CLEANER}
  ${'state.change.logger'}
  ${'kafka.request.logger'}
  ${'kafka.server.KafkaServer'}
  ${'kafka.server.ReplicaManager'}
  ${'kafka.log.LogManager'}
`('$logger is a logger, and nothing about it is secret or fixed', async ({ logger }) => {
  const options = { type: BROKER_LOGGER, names: [logger as string], includeSynonyms: true };
  // Kafka has a logger once its class is loaded.
  const configs = await eventually('the logger is there', async () => {
    const answer = await describeResource(brokers, '1', options);
    return answer.configs.length > 0 ? answer.configs : undefined;
  });
  expect(configs).toEqual([
    expect.objectContaining({
      name: logger,
      value: 'INFO',
      readOnly: false,
      configSource: 6,
      isSensitive: false,
      synonyms: [],
      configType: 0,
      documentation: '',
    }),
  ]);
});

test.each`
  name       | error                | because
  ${'1'}     | ${'NONE'}            | ${'it is this broker'}
  ${'2'}     | ${'INVALID_REQUEST'} | ${'broker 2 must be asked itself'}
  ${''}      | ${'INVALID_REQUEST'} | ${'loggers of all brokers there are none'}
  ${'first'} | ${'INVALID_REQUEST'} | ${'ids are numbers'}
`('loggers of "$name", asked of broker 1: $error because $because', async ({ name, error }) => {
  const answer = await describeResource(brokers, name as string, { type: BROKER_LOGGER });
  expect(answer.error).toBe(error);
  expect(answer.configs.length > 0).toBe(error === 'NONE');
});

test.each(versionsOf(IncrementalAlterConfigsRequest))(
  'v%i sets a level, and takes it back',
  async (version) => {
    expect(await alter([`set ${CONTROLLER}=TRACE`, `set ${CLEANER}=ERROR`], { version })).toBe(
      'NONE',
    );
    expect(await levels()).toMatchObject({
      root: 'INFO',
      [CONTROLLER]: 'TRACE',
      [CLEANER]: 'ERROR',
      'kafka.request.logger': 'INFO',
    });
    expect(await alter([`delete ${CONTROLLER}`, `delete ${CLEANER}`], { version })).toBe('NONE');
    expect(await levels()).toMatchObject({ [CONTROLLER]: 'INFO', [CLEANER]: 'INFO' });
  },
);

test("the root's level is that of all loggers without one of their own", async () => {
  await alter([`set ${CONTROLLER}=DEBUG`, 'set root=WARN']);
  expect(await levels()).toMatchObject({ root: 'WARN', [CONTROLLER]: 'DEBUG', [CLEANER]: 'WARN' });
  await alter([`delete ${CONTROLLER}`]);
  expect(await levels()).toMatchObject({ [CONTROLLER]: 'WARN' });
  await alter(['set root=INFO']);
});

test('each broker has its own levels', async () => {
  expect(await alter([`set ${CLEANER}=DEBUG`], { name: '2', broker: 2 })).toBe('NONE');
  expect(await levels(2)).toMatchObject({ [CLEANER]: 'DEBUG' });
  expect(await levels(1)).toMatchObject({ [CLEANER]: 'INFO' });
});

test.each(['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'])('%s is a level', async (level) => {
  expect(await alter([`set ${CLEANER}=${level}`])).toBe('NONE');
  expect((await levels())[CLEANER]).toBe(level);
  await alter([`delete ${CLEANER}`]);
});

test.each`
  name       | changes                                         | error                | because
  ${'1'}     | ${[]}                                           | ${'NONE'}            | ${'nothing is asked for'}
  ${'1'}     | ${[`set ${CLEANER}=LOUD`]}                      | ${'INVALID_CONFIG'}  | ${'that is no level'}
  ${'1'}     | ${[`set ${CLEANER}=debug`]}                     | ${'INVALID_CONFIG'}  | ${'levels are written in capitals'}
  ${'1'}     | ${[`set ${CLEANER}=OFF`]}                       | ${'INVALID_CONFIG'}  | ${'log4j has it, the API has not'}
  ${'1'}     | ${[`set ${CLEANER}=`]}                          | ${'INVALID_CONFIG'}  | ${'that is no level'}
  ${'1'}     | ${[`set ${CLEANER}`]}                           | ${'INVALID_REQUEST'} | ${'a level is missing'}
  ${'1'}     | ${['set no.such.logger=INFO']}                  | ${'INVALID_CONFIG'}  | ${'there is no such logger'}
  ${'1'}     | ${['delete no.such.logger']}                    | ${'INVALID_CONFIG'}  | ${'there is no such logger'}
  ${'1'}     | ${['delete root']}                              | ${'INVALID_REQUEST'} | ${'the root has nothing to fall back to'}
  ${'1'}     | ${[`append ${CLEANER}=INFO`]}                   | ${'INVALID_REQUEST'} | ${'a level is no list'}
  ${'1'}     | ${[`subtract ${CLEANER}=INFO`]}                 | ${'INVALID_REQUEST'} | ${'a level is no list'}
  ${'1'}     | ${[`set ${CLEANER}=INFO`, `delete ${CLEANER}`]} | ${'INVALID_REQUEST'} | ${'a logger is named twice'}
  ${'1'}     | ${[`delete ${CLEANER}`]}                        | ${'NONE'}            | ${'what has no level can lose it'}
  ${'2'}     | ${[`set ${CLEANER}=INFO`]}                      | ${'INVALID_REQUEST'} | ${'broker 2 must be asked itself'}
  ${''}      | ${[`set ${CLEANER}=INFO`]}                      | ${'INVALID_REQUEST'} | ${'loggers of all brokers there are none'}
  ${'first'} | ${[`set ${CLEANER}=INFO`]}                      | ${'INVALID_REQUEST'} | ${'ids are numbers'}
`('"$name" $changes: $error because $because', async ({ name, changes, error }) => {
  expect(await alter(changes as string[], { name: name as string })).toBe(error);
});

test('several levels are set or refused together', async () => {
  expect(await alter([`set ${CONTROLLER}=DEBUG`, `set ${CLEANER}=LOUD`])).toBe('INVALID_CONFIG');
  expect(await levels()).toMatchObject({ [CONTROLLER]: 'INFO' });
});

test('validateOnly checks and changes nothing', async () => {
  expect(await alter([`set ${CLEANER}=DEBUG`], { validateOnly: true })).toBe('NONE');
  expect(await alter(['set no.such.logger=INFO'], { validateOnly: true })).toBe('INVALID_CONFIG');
  expect(await levels()).toMatchObject({ [CLEANER]: 'INFO' });
});

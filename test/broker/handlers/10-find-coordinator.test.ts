/** FindCoordinator (10): one key up to v3, several from v4 on; makes the topic of offsets when it is missing. */
import { errorName } from '../../../src/protocol/errors';
import {
  FindCoordinatorRequest,
  FindCoordinatorResponse,
} from '../../../src/protocol/messages/10-find-coordinator';
import { MetadataRequest, MetadataResponse } from '../../../src/protocol/messages/03-metadata';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { eventually } from '../../builders/process';

let brokers: Brokers;

const GROUP = 0;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
}, 60_000);
afterAll(() => brokers.stop());

/** The coordinators of keys, whichever version names them. */
async function find(version: number, keys: readonly string[], keyType = GROUP, broker = 1) {
  const type = version >= 1 ? { keyType } : {};
  const answer = await brokers.ask(
    FindCoordinatorRequest,
    FindCoordinatorResponse,
    version,
    version >= 4 ? { ...type, coordinatorKeys: [...keys] } : { ...type, key: keys[0] ?? '' },
    { broker },
  );
  const found = version >= 4 ? answer.coordinators : [{ ...answer, key: keys[0] ?? '' }];
  return found.map(({ key, nodeId, host, port, errorCode, errorMessage }) => ({
    key,
    nodeId,
    host,
    port,
    error: errorName(errorCode),
    errorMessage,
  }));
}

test('the first question makes the topic of offsets', async () => {
  const [first] = await find(4, ['group']);
  expect(first).toMatchObject({
    key: 'group',
    error: 'COORDINATOR_NOT_AVAILABLE',
    nodeId: -1,
    host: '',
    port: -1,
  });
  const [found] = await eventually('a coordinator', async () => {
    const answer = await find(4, ['group']);
    return answer[0]?.error === 'NONE' ? answer : undefined;
  });
  expect(found?.nodeId).toBeGreaterThan(0);
  const { topics } = await brokers.ask(MetadataRequest, MetadataResponse, 9, {
    topics: [{ name: '__consumer_offsets' }],
  });
  expect(topics).toMatchObject([{ errorCode: 0, isInternal: true }]);
  expect(topics[0]?.partitions).toHaveLength(3);
});

test.each(versionsOf(FindCoordinatorRequest))('v%i names the broker', async (version) => {
  const [found] = await find(version, ['group']);
  const port = brokers.portOf(found?.nodeId ?? 0);
  expect(found).toMatchObject({ key: 'group', error: 'NONE', host: '127.0.0.1', port });
});

test('all brokers name the same one', async () => {
  const keys = ['a', 'b', 'c', 'd', 'e'];
  expect(await find(4, keys, GROUP, 1)).toEqual(await find(4, keys, GROUP, 2));
});

test('v4 answers each key, an empty one too', async () => {
  const found = await find(4, ['one', 'two', 'one', '']);
  expect(found.map(({ key, error }) => `${key} ${error}`)).toEqual([
    'one NONE',
    'two NONE',
    'one NONE',
    ' NONE',
  ]);
});

test.each`
  version | keyType | error                | because
  ${1}    | ${2}    | ${'INVALID_REQUEST'} | ${'share groups need v6'}
  ${4}    | ${9}    | ${'INVALID_REQUEST'} | ${'there is no type 9'}
`('v$version, type $keyType: $error because $because', async ({ version, keyType, error }) => {
  const found = await find(version as number, ['key'], keyType as number);
  expect(found.map((each) => each.error)).toEqual([error]);
});

test('v4 without keys is answered without coordinators', async () => {
  expect(await find(4, [])).toEqual([]);
});

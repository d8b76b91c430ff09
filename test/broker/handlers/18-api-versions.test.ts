/** ApiVersions (18): what is served, in every version; how clients that are too new or nameless are answered. */
import { HANDLERS } from '../../../src/broker/handlers';
import { errorName } from '../../../src/protocol/errors';
import {
  ApiVersionsRequest,
  ApiVersionsResponse,
} from '../../../src/protocol/messages/18-api-versions';
import type { InputOf } from '../../../src/protocol/schema';
import { Brokers, isRealKafka, versionsOf } from '../../builders/broker-client';

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start();
}, 60_000);
afterAll(() => brokers.stop());

const NAMED = { clientSoftwareName: 'tests', clientSoftwareVersion: '1.0' };

const ask = (version: number, fields: InputOf<typeof ApiVersionsRequest> = {}) =>
  brokers.ask(
    ApiVersionsRequest,
    ApiVersionsResponse,
    version,
    version >= 3 ? { ...NAMED, ...fields } : {},
  );

test.each(versionsOf(ApiVersionsRequest))('v%i lists the APIs', async (version) => {
  const answer = await ask(version);
  expect(errorName(answer.errorCode)).toBe('NONE');
  const versions = new Map(
    answer.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]),
  );
  expect(versions.size).toBe(answer.apiKeys.length);
  expect(HANDLERS.map(({ apiKey }) => [apiKey, versions.get(apiKey)])).toEqual(
    HANDLERS.map(({ apiKey, versions: served }) => [apiKey, [...served]]),
  );
  expect(answer).toMatchObject({
    throttleTimeMs: 0,
    supportedFeatures: [],
    finalizedFeaturesEpoch: version >= 3 ? 0 : -1,
    finalizedFeatures: [],
    zkMigrationReady: false,
  });
});

test('nothing is listed that is not served', async () => {
  const { apiKeys } = await ask(4);
  expect(apiKeys.length).toBe(isRealKafka ? 62 : HANDLERS.length);
});

test.each`
  fields                              | error                | because
  ${{ clientSoftwareName: '' }}       | ${'INVALID_REQUEST'} | ${'a client has a name'}
  ${{ clientSoftwareVersion: '' }}    | ${'INVALID_REQUEST'} | ${'a client has a version'}
  ${{ clientSoftwareName: 'a b' }}    | ${'INVALID_REQUEST'} | ${'a blank is no part of it'}
  ${{ clientSoftwareName: '-a' }}     | ${'INVALID_REQUEST'} | ${'it starts with a letter or digit'}
  ${{ clientSoftwareName: 'a.' }}     | ${'INVALID_REQUEST'} | ${'it ends with a letter or digit'}
  ${{ clientSoftwareName: 'a-b.c1' }} | ${'NONE'}            | ${'dots and dashes may be inside'}
`('$fields: $error because $because', async ({ fields, error }) => {
  for (const version of [3, 4]) {
    const answer = await ask(version, fields as InputOf<typeof ApiVersionsRequest>);
    expect(errorName(answer.errorCode)).toBe(error);
    expect(answer.apiKeys.length > 0).toBe(error === 'NONE');
  }
});

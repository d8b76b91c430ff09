/** DescribeCluster (60): id, controller and brokers, which every broker knows. */
import { errorName } from '../../../src/protocol/errors';
import { MetadataRequest, MetadataResponse } from '../../../src/protocol/messages/03-metadata';
import {
  DescribeClusterRequest,
  DescribeClusterResponse,
} from '../../../src/protocol/messages/60-describe-cluster';
import { Brokers } from '../../builders/broker-client';

let brokers: Brokers;

beforeAll(async () => {
  brokers = await Brokers.start({ count: 2 });
}, 60_000);
afterAll(() => brokers.stop());

const ask = (
  version: number,
  fields: { operations?: boolean; type?: number; broker?: number } = {},
) =>
  brokers.ask(
    DescribeClusterRequest,
    DescribeClusterResponse,
    version,
    {
      includeClusterAuthorizedOperations: fields.operations ?? false,
      ...(version >= 1 ? { endpointType: fields.type ?? 1 } : {}),
    },
    { broker: fields.broker ?? 1 },
  );

test.each([0, 1])('v%i tells the same on every broker', async (version) => {
  const metadata = await brokers.ask(MetadataRequest, MetadataResponse, 9, { topics: [] });
  for (const broker of [1, 2]) {
    const answer = await ask(version, { broker });
    expect({ ...answer, brokers: [] }).toEqual({
      throttleTimeMs: 0,
      errorCode: 0,
      errorMessage: null,
      endpointType: 1,
      clusterId: metadata.clusterId,
      controllerId: metadata.controllerId,
      brokers: [],
      clusterAuthorizedOperations: -(2 ** 31),
    });
    expect([...answer.brokers].sort((a, b) => a.brokerId - b.brokerId)).toEqual(
      [1, 2].map((brokerId) => ({
        brokerId,
        host: '127.0.0.1',
        port: brokers.portOf(brokerId),
        rack: null,
      })),
    );
  }
});

test('operations are told if asked for', async () => {
  const { clusterAuthorizedOperations } = await ask(0, { operations: true });
  expect(clusterAuthorizedOperations).toBe(0b1_1111_1010_0000);
});

test.each`
  type | error                          | because
  ${2} | ${'MISMATCHED_ENDPOINT_TYPE'}  | ${'controllers have no endpoints of their own'}
  ${0} | ${'UNSUPPORTED_ENDPOINT_TYPE'} | ${'there is no type 0'}
  ${9} | ${'UNSUPPORTED_ENDPOINT_TYPE'} | ${'there is no type 9'}
`('v1, endpoint type $type: $error because $because', async ({ type, error }) => {
  const answer = await ask(1, { type: type as number });
  expect(errorName(answer.errorCode)).toBe(error);
  expect(answer.brokers).toEqual([]);
});

import { errorCounterOf } from '../../src/broker/error-counter';
import { ProduceResponse } from '../../src/protocol/messages/00-produce';
import { FetchResponse } from '../../src/protocol/messages/01-fetch';
import { HeartbeatResponse } from '../../src/protocol/messages/12-heartbeat';
import { UpdateMetadataResponse } from '../../src/protocol/messages/06-update-metadata';
import type { MessageSpec } from '../../src/protocol/schema';

function codesIn(spec: MessageSpec, answer: Readonly<Record<string, unknown>>): number[] {
  const codes: number[] = [];
  errorCounterOf(spec)?.(answer, (code) => codes.push(code));
  return codes;
}

test.each`
  api                 | spec                      | answer                                                                                                                       | codes        | because
  ${'Heartbeat'}      | ${HeartbeatResponse}      | ${{ errorCode: 25 }}                                                                                                         | ${[25]}      | ${'it has one code'}
  ${'UpdateMetadata'} | ${UpdateMetadataResponse} | ${{ errorCode: 0 }}                                                                                                          | ${[0]}       | ${'NONE is counted too'}
  ${'Produce'}        | ${ProduceResponse}        | ${{ responses: [{ partitionResponses: [{ errorCode: 0 }, { errorCode: 6 }] }, { partitionResponses: [{ errorCode: 3 }] }] }} | ${[0, 6, 3]} | ${'each partition has its own'}
  ${'Fetch'}          | ${FetchResponse}          | ${{ errorCode: 0, responses: [{ partitions: [{ errorCode: 1 }] }] }}                                                         | ${[0, 1]}    | ${'the whole has one besides'}
  ${'Fetch'}          | ${FetchResponse}          | ${{ responses: [] }}                                                                                                         | ${[0]}       | ${'what is left out is NONE'}
`('$api: $because', ({ spec, answer, codes }) => {
  expect(codesIn(spec as MessageSpec, answer as Record<string, unknown>)).toEqual(codes);
});

test('an answer without codes needs no walk', () => {
  expect(
    errorCounterOf({ versions: [0, 0], fields: { name: { type: 'string' } } }),
  ).toBeUndefined();
});

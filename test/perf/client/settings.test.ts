import { parseConsumerSettings, parseProducerSettings } from '../../../src/perf/client/settings';

test('defaults are those of the clients of Kafka 3.9', () => {
  expect(parseProducerSettings({})).toMatchObject({
    acks: -1,
    lingerMs: 0,
    batchBytes: 16_384,
    compression: 'none',
    maxInFlight: 5,
    isIdempotent: true,
    bufferBytes: 33_554_432,
    maxRequestBytes: 1_048_576,
    requestTimeoutMs: 30_000,
    deliveryTimeoutMs: 120_000,
    retryBackoffMs: 100,
  });
  expect(parseConsumerSettings({})).toMatchObject({
    minBytes: 1,
    maxWaitMs: 500,
    maxBytes: 52_428_800,
    maxPartitionBytes: 1_048_576,
    checksCrcs: true,
  });
});

test.each`
  given                                               | isIdempotent | because
  ${{}}                                               | ${true}      | ${'it is the default'}
  ${{ acks: '1' }}                                    | ${false}     | ${'it needs acks=all'}
  ${{ 'max.in.flight.requests.per.connection': '6' }} | ${false}     | ${'the broker remembers five batches'}
  ${{ 'enable.idempotence': 'false' }}                | ${false}     | ${'it is not wanted'}
`('idempotent with $given: $isIdempotent, as $because', ({ given, isIdempotent }) => {
  expect(parseProducerSettings(given).isIdempotent).toBe(isIdempotent);
});

test.each`
  given                                          | problem
  ${{ acks: '2' }}                               | ${'acks=2: one of all, -1, 0, 1 is needed'}
  ${{ 'linger.ms': '-1' }}                       | ${'linger.ms=-1: a whole number from 0 to 2147483647 is needed'}
  ${{ 'batch.size': '16k' }}                     | ${'batch.size=16k: a whole number from 128 to 2147483647 is needed'}
  ${{ 'compression.type': 'brotli' }}            | ${'compression.type=brotli: one of none, gzip, snappy, lz4, zstd is needed'}
  ${{ 'compression.gzip.level': '10' }}          | ${'compression.gzip.level=10: a whole number from 1 to 9 is needed'}
  ${{ 'buffer.memory': '1000' }}                 | ${'buffer.memory is smaller than one batch (batch.size)'}
  ${{ acks: '1', 'enable.idempotence': 'true' }} | ${'enable.idempotence=true needs acks=all and at most 5 requests in flight'}
  ${{ 'linger.millis': '5' }}                    | ${/^there is no setting linger\.millis here; there are acks, batch\.size, /}
`('refuses $given', ({ given, problem }) => {
  expect(() => parseProducerSettings(given)).toThrow(problem);
});

test('a setting of the producer is none of the consumer', () => {
  expect(() => parseConsumerSettings({ acks: '1' })).toThrow('there is no setting acks here');
});

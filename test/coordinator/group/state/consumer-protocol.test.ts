import { topicsOfSubscription } from '../../../../src/coordinator/group/state/consumer-protocol';

// The subscriptions were written by Kafka 3.9.1's ConsumerProtocol; later versions only add to the end.
test.each`
  bytes                                                                                                               | topics                   | because
  ${'0000000000020007612e625f632d3100066f7264657273ffffffff'}                                                         | ${['a.b_c-1', 'orders']} | ${'version 0'}
  ${'0001000000020007612e625f632d3100066f7264657273ffffffff0000000100066f72646572730000000100000000'}                 | ${['a.b_c-1', 'orders']} | ${'version 1 adds owned partitions'}
  ${'0002000000020007612e625f632d3100066f7264657273ffffffff0000000100066f7264657273000000010000000000000005'}         | ${['a.b_c-1', 'orders']} | ${'version 2 adds the generation'}
  ${'0003000000020007612e625f632d3100066f7264657273ffffffff0000000100066f726465727300000001000000000000000500027231'} | ${['a.b_c-1', 'orders']} | ${'version 3 adds the rack'}
  ${'000000000000'}                                                                                                   | ${[]}                    | ${'nothing is subscribed to'}
  ${''}                                                                                                               | ${undefined}             | ${'there is nothing'}
  ${'0000'}                                                                                                           | ${undefined}             | ${'the topics are missing'}
  ${'ffff00000000'}                                                                                                   | ${undefined}             | ${'the version is negative'}
  ${'0000ffffffff'}                                                                                                   | ${undefined}             | ${'the topics are null'}
  ${'00007fffffff0001'}                                                                                               | ${undefined}             | ${'more topics are announced than there are bytes'}
  ${'0000000000010005'}                                                                                               | ${undefined}             | ${'a name is cut off'}
  ${'000000000001ffff'}                                                                                               | ${undefined}             | ${'a name is null'}
  ${'0000000000010001'}                                                                                               | ${undefined}             | ${'a name is missing'}
`('subscription $bytes: $because', ({ bytes, topics }) => {
  expect(topicsOfSubscription(Buffer.from(bytes as string, 'hex'))).toEqual(topics);
});

import { groupWriteError, offsetWriteError } from '../../../src/coordinator/runtime/write-errors';

test.each`
  error                                 | ofGroup                        | ofOffsets
  ${'NONE'}                             | ${'NONE'}                      | ${'NONE'}
  ${'UNKNOWN_TOPIC_OR_PARTITION'}       | ${'COORDINATOR_NOT_AVAILABLE'} | ${'COORDINATOR_NOT_AVAILABLE'}
  ${'NOT_ENOUGH_REPLICAS'}              | ${'COORDINATOR_NOT_AVAILABLE'} | ${'COORDINATOR_NOT_AVAILABLE'}
  ${'NOT_ENOUGH_REPLICAS_AFTER_APPEND'} | ${'COORDINATOR_NOT_AVAILABLE'} | ${'COORDINATOR_NOT_AVAILABLE'}
  ${'NOT_LEADER_OR_FOLLOWER'}           | ${'NOT_COORDINATOR'}           | ${'NOT_COORDINATOR'}
  ${'KAFKA_STORAGE_ERROR'}              | ${'NOT_COORDINATOR'}           | ${'NOT_COORDINATOR'}
  ${'REQUEST_TIMED_OUT'}                | ${'REBALANCE_IN_PROGRESS'}     | ${'REQUEST_TIMED_OUT'}
  ${'MESSAGE_TOO_LARGE'}                | ${'UNKNOWN_SERVER_ERROR'}      | ${'INVALID_COMMIT_OFFSET_SIZE'}
  ${'RECORD_LIST_TOO_LARGE'}            | ${'UNKNOWN_SERVER_ERROR'}      | ${'INVALID_COMMIT_OFFSET_SIZE'}
  ${'INVALID_FETCH_SIZE'}               | ${'UNKNOWN_SERVER_ERROR'}      | ${'INVALID_COMMIT_OFFSET_SIZE'}
  ${'NETWORK_EXCEPTION'}                | ${'NETWORK_EXCEPTION'}         | ${'COORDINATOR_LOAD_IN_PROGRESS'}
  ${'INVALID_TXN_STATE'}                | ${'INVALID_TXN_STATE'}         | ${'INVALID_TXN_STATE'}
`('a write refused with $error', ({ error, ofGroup, ofOffsets }) => {
  expect(groupWriteError(error)).toBe(ofGroup);
  expect(offsetWriteError(error)).toBe(ofOffsets);
});

import { expiredOffsets } from '../../../../src/coordinator/group/state/expiration';
import { OffsetStore } from '../../../../src/coordinator/group/state/offsets';
import { aGroup, GROUP_TIME_MS } from '../../../builders/group-builder';

const HOUR = 3_600_000;

/** Offsets of t-0 and u-0, committed at the start; of u-1 with an expiration of its own after ten hours. */
function someOffsets(): OffsetStore {
  const offsets = new OffsetStore();
  const value = {
    offset: 1,
    leaderEpoch: -1,
    metadata: '',
    commitTimestampMs: GROUP_TIME_MS,
    expireTimestampMs: undefined,
  };
  offsets.set('t', 0, value, 1);
  offsets.set('u', 0, value, 1);
  offsets.set('u', 1, { ...value, expireTimestampMs: GROUP_TIME_MS + 10 * HOUR }, 1);
  return offsets;
}

// The retention time is five hours.
test.each`
  state                    | type          | stateAge | age   | expired                  | because
  ${'Empty'}               | ${undefined}  | ${0}     | ${4}  | ${[]}                    | ${'five hours are not over'}
  ${'Empty'}               | ${undefined}  | ${0}     | ${5}  | ${['t-0', 'u-0']}        | ${'nobody manages the group: by commit time'}
  ${'Empty'}               | ${undefined}  | ${0}     | ${10} | ${['t-0', 'u-0', 'u-1']} | ${'its own expiration has come'}
  ${'Empty'}               | ${'consumer'} | ${3}     | ${7}  | ${[]}                    | ${'the group became empty four hours ago'}
  ${'Empty'}               | ${'consumer'} | ${3}     | ${8}  | ${['t-0', 'u-0']}        | ${'the group became empty five hours ago'}
  ${'Empty'}               | ${'connect'}  | ${3}     | ${8}  | ${['t-0', 'u-0']}        | ${'so it is with any type of group'}
  ${'Empty'}               | ${'consumer'} | ${null}  | ${5}  | ${['t-0', 'u-0']}        | ${'an old record does not say since when it is empty'}
  ${'Stable'}              | ${'consumer'} | ${0}     | ${9}  | ${['u-0']}               | ${'t is being read'}
  ${'Stable'}              | ${'consumer'} | ${0}     | ${11} | ${['u-0', 'u-1']}        | ${'t is being read'}
  ${'Stable'}              | ${'connect'}  | ${0}     | ${99} | ${[]}                    | ${'what the members read is not known'}
  ${'PreparingRebalance'}  | ${'consumer'} | ${0}     | ${99} | ${[]}                    | ${'subscriptions are about to change'}
  ${'CompletingRebalance'} | ${'consumer'} | ${0}     | ${99} | ${[]}                    | ${'the group is not settled'}
`(
  '$state $type after $age hours: $expired, $because',
  ({ state, type, stateAge, age, expired }) => {
    const group = aGroup({ state, protocolType: type });
    group.protocolType = type;
    group.stateTimestampMs = stateAge === null ? undefined : GROUP_TIME_MS + stateAge * HOUR;
    const found = expiredOffsets(group, someOffsets(), GROUP_TIME_MS + age * HOUR, 5 * HOUR);
    expect(found.map(({ topic, partition }) => `${topic}-${String(partition)}`)).toEqual(expired);
  },
);

test('an offset that is being written, or is in an open transaction, does not expire', () => {
  const offsets = someOffsets();
  const [first] = offsets.all();
  if (!first) throw new Error('no offsets');
  offsets.beginCommit([first]);
  offsets.setInTransaction(7, { ...first, topic: 'u' }, 2);
  const found = expiredOffsets(
    aGroup({ state: 'Empty' }),
    offsets,
    GROUP_TIME_MS + 99 * HOUR,
    HOUR,
  );
  expect(found).toEqual([{ topic: 'u', partition: 1 }]);
});

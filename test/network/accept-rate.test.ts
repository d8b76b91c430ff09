import { AcceptRate } from '../../src/network/accept-rate';

test.each`
  perSecond     | comeAtMs                 | delaysMs             | because
  ${10}         | ${[0, 100, 200, 300]}    | ${[0, 0, 0, 0]}      | ${'they come at the rate'}
  ${2}          | ${[0, 0, 0, 0]}          | ${[0, 0, 500, 1000]} | ${'a second of them may come at once'}
  ${2}          | ${[0, 0, 0, 5000, 5000]} | ${[0, 0, 500, 0, 0]} | ${'a pause is forgiven'}
  ${1}          | ${[0, 0, 2500]}          | ${[0, 1000, 0]}      | ${'one a second is the rate'}
  ${2147483647} | ${[0, 0, 0]}             | ${[0, 0, 0]}         | ${'there is no limit'}
`(
  'at $perSecond a second $comeAtMs wait $delaysMs: $because',
  ({ perSecond, comeAtMs, delaysMs }) => {
    const rate = new AcceptRate();
    const delays = (comeAtMs as number[]).map((ms) => rate.delayMs(ms, perSecond as number));
    expect(delays).toEqual(delaysMs);
  },
);

import { SessionTable } from '../../src/zookeeper-server/sessions';

const limits = { minTimeoutMs: 4_000, maxTimeoutMs: 40_000 };
const password = Buffer.alloc(16, 7);
const session = (id: bigint, timeoutMs = 4_000) => ({ id, password, timeoutMs });

test.each`
  requestedMs | negotiatedMs | because
  ${0}        | ${4_000}     | ${'two ticks are the least'}
  ${-5}       | ${4_000}     | ${'two ticks are the least'}
  ${6_000}    | ${6_000}     | ${'it lies between the bounds'}
  ${90_000}   | ${40_000}    | ${'twenty ticks are the most'}
`('who asks for $requestedMs ms gets $negotiatedMs because $because', (row) => {
  expect(new SessionTable(limits).negotiate(row.requestedMs)).toBe(row.negotiatedMs);
});

test('a session expires once its time-out has passed since it was last heard of', () => {
  const table = new SessionTable(limits);
  table.open(session(1n), 0);
  table.open(session(2n, 6_000), 0);
  expect(table.nextDeadlineMs()).toBe(4_000);
  expect(table.expired(3_999)).toEqual([]);
  table.touch(1n, 3_999);
  expect(table.expired(7_000).map(({ id }) => id)).toEqual([2n]);
  table.close(2n);
  expect(table.expired(7_999).map(({ id }) => id)).toEqual([1n]);
});

test('a session that is gone cannot be touched', () => {
  const table = new SessionTable(limits);
  table.open(session(1n), 0);
  table.close(1n);
  expect(table.touch(1n, 10)).toBe(false);
  expect(table.nextDeadlineMs()).toBe(Infinity);
});

test.each`
  id    | secret              | resumes  | because
  ${1n} | ${password}         | ${true}  | ${'id and password are right'}
  ${1n} | ${Buffer.alloc(16)} | ${false} | ${'the password is wrong'}
  ${1n} | ${Buffer.alloc(0)}  | ${false} | ${'the password is missing'}
  ${2n} | ${password}         | ${false} | ${'there is no such session'}
`('resuming is $resumes because $because', ({ id, secret, resumes }) => {
  const table = new SessionTable(limits);
  table.open(session(1n), 0);
  const resumed = table.resume(id, secret, 8_000, 3_000);
  expect(resumed !== undefined).toBe(resumes);
  expect(table.nextDeadlineMs()).toBe(resumes ? 11_000 : 4_000);
});

test('ids start from the clock, fit into 63 bits and are not given twice', () => {
  const table = new SessionTable(limits);
  const first = table.newId(1_700_000_000_000);
  table.open(session(first + 1n), 0);
  expect(first >> 56n).toBe(1n);
  expect(table.newId(1_700_000_000_000)).toBe(first + 2n);
  expect(new SessionTable(limits).newId(1_700_000_000_001)).toBeGreaterThan(first + 1_000n);
});

import {
  ALL,
  authenticate,
  isAllowed,
  OPEN_ACL,
  READ,
  resolveAcl,
  withoutDigests,
  WRITE,
} from '../../src/zookeeper-server/access';
import { isInRange, parseAddressRange } from '../../src/zookeeper-server/address';
import { Refusal } from '../../src/zookeeper-server/errors';

// `echo -n ann:secret | openssl dgst -binary -sha1 | base64`
const ANN = 'ann:7RJfAeIvrl4zdj6sS2fXrQHDvHM=';
const digest = { scheme: 'digest', id: ANN };
const ip = { scheme: 'ip', id: '10.1.2.3' };

test.each`
  address             | range            | isIn     | because
  ${'10.1.2.3'}       | ${'10.1.2.3'}    | ${true}  | ${'it is the same'}
  ${'10.1.2.3'}       | ${'10.1.2.4'}    | ${false} | ${'it is another'}
  ${'10.1.2.3'}       | ${'10.1.2.0/24'} | ${true}  | ${'24 bits agree'}
  ${'10.1.3.3'}       | ${'10.1.2.0/24'} | ${false} | ${'24 bits differ'}
  ${'10.1.3.3'}       | ${'10.1.2.0/23'} | ${true}  | ${'23 bits agree'}
  ${'1.2.3.4'}        | ${'0.0.0.0/0'}   | ${true}  | ${'no bits are asked for'}
  ${'fe80::1'}        | ${'fe80::/10'}   | ${true}  | ${'10 bits agree'}
  ${'fe80:0:0::1'}    | ${'fe80::1'}     | ${true}  | ${'it is the same, written differently'}
  ${'::1'}            | ${'10.0.0.0/0'}  | ${false} | ${'the families differ'}
  ${'not an address'} | ${'10.0.0.0/0'}  | ${false} | ${'it is no address'}
  ${'10.1.2.3'}       | ${'10.1.2'}      | ${false} | ${'the range is none'}
`(
  '$address in $range is $isIn because $because',
  ({ address, range, isIn }: { address: string; range: string; isIn: boolean }) => {
    expect(isInRange(address, range)).toBe(isIn);
  },
);

test.each([
  '10.1.2.256',
  '10.1.2.3/33',
  '10.1.2.3/x',
  '1::2::3',
  '1:2:3',
  '::1/129',
  'a.b.c.d',
  '',
])('%s is no range of addresses', (range) => {
  expect(parseAddressRange(range)).toBeUndefined();
});

test.each`
  acl                                                                                          | identities  | allowed  | because
  ${[]}                                                                                        | ${[]}       | ${true}  | ${'no list lets everybody in'}
  ${[{ permissions: READ, scheme: 'world', id: 'anyone' }]}                                    | ${[]}       | ${true}  | ${'everybody may read'}
  ${[{ permissions: WRITE, scheme: 'world', id: 'anyone' }]}                                   | ${[digest]} | ${false} | ${'nobody may read'}
  ${[{ permissions: ALL, ...digest }]}                                                         | ${[ip]}     | ${false} | ${'it is not ann'}
  ${[{ permissions: ALL, ...digest }]}                                                         | ${[digest]} | ${true}  | ${'it is ann'}
  ${[{ permissions: ALL, scheme: 'ip', id: '10.0.0.0/8' }]}                                    | ${[ip]}     | ${true}  | ${'it comes from there'}
  ${[{ permissions: ALL, scheme: 'ip', id: '10.0.0.0/16' }]}                                   | ${[ip]}     | ${false} | ${'it comes from elsewhere'}
  ${[{ permissions: WRITE, ...digest }, { permissions: READ, scheme: 'world', id: 'anyone' }]} | ${[]}       | ${true}  | ${'one entry is enough'}
`('reading is $allowed because $because', ({ acl, identities, allowed }) => {
  expect(isAllowed(acl, READ, identities)).toBe(allowed);
});

test('auth stands for the digests that were proved', () => {
  const asked = [{ permissions: READ, scheme: 'auth', id: '' }];
  expect(resolveAcl(asked, [ip, digest], '/a')).toEqual([{ permissions: READ, ...digest }]);
});

test('duplicates are dropped, and the open list is shared', () => {
  expect(resolveAcl([...OPEN_ACL, ...OPEN_ACL.map((acl) => ({ ...acl }))], [], '/a')).toBe(
    OPEN_ACL,
  );
});

test.each`
  acl                                                        | because
  ${[]}                                                      | ${'it is empty'}
  ${[{ permissions: ALL, scheme: 'auth', id: '' }]}          | ${'nothing was proved'}
  ${[{ permissions: ALL, scheme: 'digest', id: 'ann' }]}     | ${'a digest has two parts'}
  ${[{ permissions: ALL, scheme: 'ip', id: 'here' }]}        | ${'that is no address'}
  ${[{ permissions: ALL, scheme: 'world', id: 'me' }]}       | ${'the world is anyone'}
  ${[{ permissions: ALL, scheme: 'sasl', id: 'ann' }]}       | ${'the scheme is not served'}
  ${[...OPEN_ACL, { permissions: 1, scheme: 'x', id: 'y' }]} | ${'one bad entry is enough'}
`('a list is INVALID_ACL because $because', ({ acl }) => {
  expect(() => resolveAcl(acl, [ip], '/a')).toThrow(Refusal);
  expect(() => resolveAcl(acl, [ip], '/a')).toThrow('INVALID_ACL');
});

test('a digest is user and SHA-1 of user:password', () => {
  expect(authenticate('digest', Buffer.from('ann:secret'), '10.1.2.3')).toEqual(digest);
  expect(authenticate('ip', Buffer.alloc(0), '10.1.2.3')).toEqual(ip);
  expect(authenticate('world', Buffer.alloc(0), '10.1.2.3')).toBeUndefined();
});

test('digests are hidden from those who may only read', () => {
  expect(withoutDigests([{ permissions: ALL, ...digest }])).toEqual([
    { permissions: ALL, scheme: 'digest', id: 'ann:x' },
  ]);
});

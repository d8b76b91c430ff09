import { xxHash32 } from '../../../src/protocol/records/xxhash32';

/** Hashes as lz4-java gives them. */
test.each`
  hex                                 | hash
  ${''}                               | ${0x02cc5d05}
  ${'61'}                             | ${0x550d7456}
  ${'616263'}                         | ${0x32d153ff}
  ${'01020304'}                       | ${0xfe96d19c}
  ${'0102030405060708090a0b0c0d0e0f'} | ${0x6d3913e7}
  ${'6040'}                           | ${0x301a8268}
  ${'04224d186040'}                   | ${0xc8581a3a}
`('the hash of $hex', ({ hex, hash }: { hex: string; hash: number }) => {
  expect(xxHash32(Buffer.from(hex, 'hex'))).toBe(hash);
});

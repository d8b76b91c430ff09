import { crc32 } from '../../src/base/crc32';

test.each`
  text                                             | expected
  ${''}                                            | ${0}
  ${'123456789'}                                   | ${0xcbf43926}
  ${'The quick brown fox jumps over the lazy dog'} | ${0x414fa339}
`('the CRC-32 of "$text"', ({ text, expected }: { text: string; expected: number }) => {
  expect(crc32(Buffer.from(text))).toBe(expected);
});

import { javaHash } from '../../src/protocol/java-hash';

test.each`
  text                    | hash           | because
  ${''}                   | ${0}           | ${'nothing is added up'}
  ${'a'}                  | ${97}          | ${'one character is its code'}
  ${'hello'}              | ${99162322}    | ${'each step multiplies by 31'}
  ${'polygenelubricants'} | ${-2147483648} | ${'the sum wraps at 32 bits'}
  ${'\u00e9\ud83d\ude00'} | ${1996812}     | ${'characters are UTF-16 units'}
`('the hash of "$text": $because', ({ text, hash }: { text: string; hash: number }) => {
  expect(javaHash(text)).toBe(hash);
});

import { EXIT_CODES } from '../../src/cli/exit-codes';
import { describeFailure, exitCodeOf, notFound, OperatorError } from '../../src/cli/failure';
import { ConfigError } from '../../src/config/config-error';

test.each`
  error                                                               | expected                                    | because
  ${new OperatorError('there is no topic x')}                         | ${'odradek: there is no topic x'}           | ${'the operator can mend it'}
  ${new OperatorError('cannot read', { cause: new Error('ENOENT') })} | ${'odradek: cannot read (ENOENT)'}          | ${'the cause says more'}
  ${new OperatorError('a: ENOENT', { cause: new Error('ENOENT') })}   | ${'odradek: a: ENOENT'}                     | ${'the cause is said already'}
  ${new ConfigError('f', ['a=1: x', 'b=2: y'])}                       | ${'odradek: f: a=1: x\nodradek: f: b=2: y'} | ${'one line for each mistake'}
`('$expected: $because', ({ error, expected }) => {
  expect(describeFailure(error)).toBe(expected);
});

test('a bug shows where it happened', () => {
  expect(describeFailure(new TypeError('x is not a function'))).toMatch(
    /unexpected failure\nTypeError: .*\n +at /,
  );
});

test.each`
  error                                           | code | because
  ${new OperatorError('no')}                      | ${1} | ${'nothing else was said'}
  ${notFound('there is no topic x')}              | ${4} | ${'what was named does not exist'}
  ${new OperatorError('no', { exit: 'refused' })} | ${5} | ${'nobody agreed'}
  ${new TypeError('x is not a function')}         | ${1} | ${'a bug is a failure'}
`('$error ends with $code: $because', ({ error, code }) => {
  expect(exitCodeOf(error)).toBe(code);
});

test('no two ways to end share a number', () => {
  const codes = Object.values(EXIT_CODES).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});

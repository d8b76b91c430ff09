import { nameOf, parentOf, pathProblem } from '../../src/zookeeper-server/paths';

test.each`
  path             | problem
  ${'/'}           | ${undefined}
  ${'/a'}          | ${undefined}
  ${'/a/b.c/.d..'} | ${undefined}
  ${'/a/...'}      | ${undefined}
  ${'/ä/日本'}     | ${undefined}
  ${''}            | ${'does not start with /'}
  ${'a'}           | ${'does not start with /'}
  ${'/a/'}         | ${'ends with /'}
  ${'/a//b'}       | ${'has an empty or relative name'}
  ${'/a/./b'}      | ${'has an empty or relative name'}
  ${'/a/..'}       | ${'has an empty or relative name'}
  ${'/a\u0000'}    | ${'has an invalid character'}
  ${'/a\u001f'}    | ${'has an invalid character'}
  ${'/a\u0085'}    | ${'has an invalid character'}
  ${'/a\ue000'}    | ${'has an invalid character'}
  ${'/a\uffff'}    | ${'has an invalid character'}
`('$path: $problem', ({ path, problem }: { path: string; problem: string | undefined }) => {
  expect(pathProblem(path)).toBe(problem);
});

test.each`
  path        | parent    | name
  ${'/a'}     | ${'/'}    | ${'a'}
  ${'/a/b'}   | ${'/a'}   | ${'b'}
  ${'/a/b/c'} | ${'/a/b'} | ${'c'}
`('$path is $name in $parent', ({ path, parent, name }: Record<string, string>) => {
  expect(parentOf(path ?? '')).toBe(parent);
  expect(nameOf(path ?? '')).toBe(name);
});

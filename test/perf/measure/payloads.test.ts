import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { payloads } from '../../../src/perf/measure/payloads';
import { nodePlatform } from '../../../src/platform/node';
import { temporaryFolder } from '../../builders/process';

const platform = nodePlatform();
const folder = temporaryFolder('payloads');
afterAll(() => folder.remove());

test.each([1, 100, 1_024, 1_000_000])(
  'random values of %s bytes are capital letters',
  (sizeBytes) => {
    const values = payloads({ kind: 'random', sizeBytes }, platform);
    expect(values.length).toBeGreaterThanOrEqual(4);
    for (const value of values.slice(0, 100)) {
      expect(value).toHaveLength(sizeBytes);
      expect(value.toString('latin1')).toMatch(/^[A-Z]+$/);
    }
  },
);

test('random values differ, so that compression finds no repetition in a batch', () => {
  const values = payloads({ kind: 'random', sizeBytes: 1_024 }, platform);
  expect(new Set(values.map((value) => value.toString('latin1'))).size).toBe(values.length);
});

test.each`
  content         | delimiter | expected              | because
  ${'a\nbb\nccc'} | ${'\n'}   | ${['a', 'bb', 'ccc']} | ${'the last needs no delimiter'}
  ${'a\n\nb\n'}   | ${'\n'}   | ${['a', 'b']}         | ${'empty ones are no values'}
  ${'a--b-c'}     | ${'--'}   | ${['a', 'b-c']}       | ${'a delimiter may be longer'}
  ${'ä\nö'}       | ${'\n'}   | ${['ä', 'ö']}         | ${'bytes are taken as they are'}
`('values of a file: $because', ({ content, delimiter, expected }) => {
  const path = join(folder.path, 'values');
  writeFileSync(path, content);
  const values = payloads({ kind: 'file', path, delimiter }, platform);
  expect(values.map(String)).toEqual(expected);
});

test('a file that is missing or without values is named', () => {
  const path = join(folder.path, 'empty');
  writeFileSync(path, '\n\n');
  const read = (name: string) => () =>
    payloads({ kind: 'file', path: name, delimiter: '\n' }, platform);
  expect(read(path)).toThrow(`the payload file ${path} has no value in it`);
  expect(read('/nowhere/x')).toThrow('there is no payload file /nowhere/x');
});

import {
  CheckpointError,
  formatCheckpoint,
  formatOffsetCheckpoint,
  parseCheckpoint,
  parseOffsetCheckpoint,
} from '../../../src/storage/formats/checkpoint';

test('has the version, the number of entries, and one entry a line', () => {
  expect(formatCheckpoint([[0, 0]]).toString()).toBe('0\n1\n0 0\n');
  expect(formatCheckpoint([]).toString()).toBe('0\n0\n');
});

test('keeps partition offsets', () => {
  const offsets = new Map([
    ['my-topic.x-0', 42],
    ['other-12', 9_007_199_254_740_991],
  ]);
  const content = formatOffsetCheckpoint(offsets);
  expect(content.toString()).toBe('0\n2\nmy-topic.x 0 42\nother 12 9007199254740991\n');
  expect(parseOffsetCheckpoint(content)).toEqual(offsets);
});

test('a file of 0 bytes has no entries', () => {
  expect(parseCheckpoint(Buffer.alloc(0), 2)).toEqual([]);
});

test.each`
  content                           | because
  ${'1\n0\n'}                       | ${'the version is unknown'}
  ${'\n0\n'}                        | ${'there is no version'}
  ${'0\n'}                          | ${'there is no number of entries'}
  ${'0\nmany\n'}                    | ${'the number of entries is none'}
  ${'0\n2\nt 0 1\n'}                | ${'an entry is missing'}
  ${'0\n1\nt 0 1\nt 1 1\n'}         | ${'there is an entry too many'}
  ${'0\n1\nt 0\n'}                  | ${'a field is missing'}
  ${'0\n1\nt 0 1 2\n'}              | ${'there is a field too many'}
  ${'0\n1\nt x 1\n'}                | ${'the partition is no number'}
  ${'0\n1\nt 0 -1\n'}               | ${'the offset is negative'}
  ${'0\n1\nt 0 9007199254740992\n'} | ${'the offset is not exact'}
`('refuses $content because $because', ({ content }: { content: string }) => {
  expect(() => parseOffsetCheckpoint(Buffer.from(content))).toThrow(CheckpointError);
});

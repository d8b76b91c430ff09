import {
  deletedFolderName,
  offsetFileName,
  parseLogFolder,
  parseOffsetFile,
} from '../../../src/storage/formats/file-names';

test('offsets have twenty digits', () => {
  expect(offsetFileName(42, '.log')).toBe('00000000000000000042.log');
});

test.each`
  name                                       | expected
  ${'00000000000000000042.log'}              | ${{ offset: 42, kind: '.log', state: '' }}
  ${'00000000000000000000.timeindex.swap'}   | ${{ offset: 0, kind: '.timeindex', state: '.swap' }}
  ${'00000000000000000007.txnindex.cleaned'} | ${{ offset: 7, kind: '.txnindex', state: '.cleaned' }}
  ${'00000000000000000007.snapshot.deleted'} | ${{ offset: 7, kind: '.snapshot', state: '.deleted' }}
  ${'42.log'}                                | ${undefined}
  ${'leader-epoch-checkpoint'}               | ${undefined}
  ${'00000000000000000042.log.tmp'}          | ${undefined}
`('reads $name', ({ name, expected }: { name: string; expected: object | undefined }) => {
  expect(parseOffsetFile(name)).toEqual(expected && { name, ...expected });
});

const HEX = '0123456789abcdef0123456789abcdef';

test.each`
  name                   | expected                                                         | because
  ${'t-0'}               | ${{ kind: 'log', partition: { topic: 't', partition: 0 } }}      | ${'it is a log'}
  ${'a-b-c-12'}          | ${{ kind: 'log', partition: { topic: 'a-b-c', partition: 12 } }} | ${'the topic ends at the last dash'}
  ${`t-0.${HEX}-delete`} | ${{ kind: 'deleted' }}                                           | ${'it waits for removal'}
  ${`t-0.${HEX}-future`} | ${{ kind: 'future' }}                                            | ${'it is being moved here'}
  ${`t-0.${HEX}-stray`}  | ${{ kind: 'stray' }}                                             | ${'it was set aside'}
  ${'lost+found'}        | ${undefined}                                                     | ${'it has no partition'}
  ${'t-x'}               | ${undefined}                                                     | ${'its partition is no number'}
`('$name: $because', ({ name, expected }: { name: string; expected: object | undefined }) => {
  expect(parseLogFolder(name)).toEqual(expected);
});

test('the name of a deleted log fits a file name', () => {
  const name = deletedFolderName({ topic: 'x'.repeat(249), partition: 1234 }, HEX);
  expect(name).toHaveLength(255);
  expect(name.endsWith(`-1234.${HEX}-delete`)).toBe(true);
  expect(parseLogFolder(name)).toEqual({ kind: 'deleted' });
});

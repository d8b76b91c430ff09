/** Files of offsets, as kafka-consumer-groups writes and reads them. */
import { formatOffsetFile, parseOffsetFile } from '../../../src/cli/group/offset-file';

const parse = (text: string) => [...parseOffsetFile(text, 'g', 'file').offsets];

test.each`
  text                        | offsets                     | because
  ${'t,0,5\nt,1,6\n'}         | ${[['t-0', 5], ['t-1', 6]]} | ${'one group needs no name'}
  ${'"t","0","5"\r\n'}        | ${[['t-0', 5]]}             | ${'fields may be quoted, lines end as on Windows'}
  ${'g,t,0,5\nother,t,0,9\n'} | ${[['t-0', 5]]}             | ${'lines of other groups do not count'}
  ${'\n t , 0 , 5 \n\n'}      | ${[['t-0', 5]]}             | ${'blanks and empty lines mean nothing'}
`('$text: $because', ({ text, offsets }) => {
  expect(parse(text)).toEqual(offsets);
});

test.each`
  text              | complaint
  ${'t,0'}          | ${'file, line 1: topic,partition,offset is needed'}
  ${'t,0,5\nt,x,5'} | ${'file, line 2: topic,partition,offset is needed'}
  ${'t,0,-1'}       | ${'file, line 1: topic,partition,offset is needed'}
  ${',0,1'}         | ${'file, line 1: topic,partition,offset is needed'}
  ${'t,0,5\nt,0,6'} | ${'file, line 2: t-0 is there twice'}
  ${''}             | ${'file names no offset of group g'}
  ${'other,t,0,9'}  | ${'file names no offset of group g'}
`('$text is refused: $complaint', ({ text, complaint }) => {
  expect(() => parse(text)).toThrow(complaint);
});

test('what is written can be read', () => {
  const plan = [
    { topic: 'a.b', partition: 0, to: 3 },
    { topic: 't', partition: 12, to: 0 },
  ];
  expect(parse(formatOffsetFile(plan))).toEqual([
    ['a.b-0', 3],
    ['t-12', 0],
  ]);
});

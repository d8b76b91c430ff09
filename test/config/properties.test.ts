import { formatProperties, parseProperties } from '../../src/config/properties';

test.each`
  text                                | expected                                 | because
  ${'a=1'}                            | ${{ a: '1' }}                            | ${'the plain form'}
  ${'a : 1\nb 2'}                     | ${{ a: '1', b: '2' }}                    | ${'colon and blank separate too'}
  ${'# c\n! d\n\n  a=1'}              | ${{ a: '1' }}                            | ${'comments and leading blanks are skipped'}
  ${'a=1\\\n   ,2\\\n,3'}             | ${{ a: '1,2,3' }}                        | ${'a backslash at the end goes on with the next line'}
  ${'a=1\\\\\nb=2'}                   | ${{ a: '1\\', b: '2' }}                  | ${'two backslashes are one backslash'}
  ${'a\\=b=c=d'}                      | ${{ 'a=b': 'c=d' }}                      | ${'only the first separator counts, unless escaped'}
  ${'a=\\u00e9\\t'}                   | ${{ a: 'é\t' }}                          | ${'escapes'}
  ${'a=1\r\na=2\r\n'}                 | ${{ a: '2' }}                            | ${'the last one wins, Windows line ends'}
  ${'a'}                              | ${{ a: '' }}                             | ${'a key alone'}
  ${'a=1 '}                           | ${{ a: '1 ' }}                           | ${'blanks at the end belong to the value'}
  ${'a=1\\'}                          | ${{ a: '1' }}                            | ${'a backslash at the very end'}
  ${'# c \\\na=1'}                    | ${{ a: '1' }}                            | ${'comments do not go on'}
  ${'l=PLAINTEXT://:9092,S://h:9093'} | ${{ l: 'PLAINTEXT://:9092,S://h:9093' }} | ${'values keep colons'}
`('parses $text: $because', ({ text, expected }) => {
  expect(parseProperties(text)).toEqual(expected);
});

test('what is formatted reads back as it was', () => {
  const properties = { 'a b': ' x=y#z ', 'c:d': 'é\\\n\t', '#e': '', f: '1,2' };
  expect(parseProperties(formatProperties(properties))).toEqual(properties);
});

test('formats one line each', () => {
  expect(formatProperties({ 'broker.id': '1', 'cluster.id': 'x=y' })).toBe(
    'broker.id=1\ncluster.id=x=y\n',
  );
});

import { entityOf, parseChange, quotaChange } from '../../../src/cli/config/entity';

test.each`
  type               | name         | entity
  ${'topic'}         | ${'default'} | ${{ kind: 'resource', resource: { type: 'topic', name: 'default' } }}
  ${'broker'}        | ${'1'}       | ${{ kind: 'resource', resource: { type: 'broker', name: '1' } }}
  ${'broker'}        | ${'default'} | ${{ kind: 'resource', resource: { type: 'broker', name: '' } }}
  ${'broker-logger'} | ${'2'}       | ${{ kind: 'resource', resource: { type: 'broker-logger', name: '2' } }}
  ${'client'}        | ${'c'}       | ${{ kind: 'quota', entity: { type: 'client-id', name: 'c' } }}
  ${'user'}          | ${'default'} | ${{ kind: 'quota', entity: { type: 'user', name: null } }}
  ${'ip'}            | ${'::1'}     | ${{ kind: 'quota', entity: { type: 'ip', name: '::1' } }}
`('$type $name', ({ type, name, entity }) => {
  expect(entityOf(type, name)).toEqual(entity);
});

test.each`
  type               | name         | complaint
  ${'group'}         | ${'g'}       | ${'"group" has no settings: topic, broker, broker-logger, client, user, ip have'}
  ${'broker'}        | ${'one'}     | ${'"one" is no broker: its id is needed, or "default"'}
  ${'broker-logger'} | ${'default'} | ${'each broker has loggers of its own: its id is needed'}
`('$type $name is refused: $complaint', ({ type, name, complaint }) => {
  expect(() => entityOf(type, name)).toThrow(complaint);
});

test.each`
  text                        | change
  ${'a.b=1'}                  | ${{ name: 'a.b', operation: 'set', value: '1' }}
  ${'a='}                     | ${{ name: 'a', operation: 'set', value: '' }}
  ${'a=b=c'}                  | ${{ name: 'a', operation: 'set', value: 'b=c' }}
  ${'cleanup.policy+=delete'} | ${{ name: 'cleanup.policy', operation: 'append', value: 'delete' }}
  ${'list-=x,y'}              | ${{ name: 'list', operation: 'subtract', value: 'x,y' }}
  ${'a-b=1'}                  | ${{ name: 'a-b', operation: 'set', value: '1' }}
`('$text', ({ text, change }) => {
  expect(parseChange(text)).toEqual(change);
});

test.each(['', 'a', '=1', '+=1'])('"%s" changes nothing', (text) => {
  expect(() => parseChange(text)).toThrow(/changes nothing/);
});

test('a quota is a number', () => {
  expect(quotaChange(parseChange('q=1.5'))).toEqual({ name: 'q', value: 1.5 });
  expect(quotaChange({ name: 'q', operation: 'delete', value: null })).toEqual({
    name: 'q',
    value: null,
  });
  for (const text of ['q=', 'q=fast', 'q+=1'])
    expect(() => quotaChange(parseChange(text))).toThrow(/a quota is a number/);
});

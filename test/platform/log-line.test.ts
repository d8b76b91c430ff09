import { formatLine } from '../../src/platform/node/log/log-line';
import type { LogLine } from '../../src/platform/node/log/log-line';

function aLine(line: Partial<LogLine> = {}): LogLine {
  return {
    timestamp: '2026-01-31T12:00:00.000Z',
    level: 'info',
    area: 'server',
    message: 'started',
    fields: {},
    ...line,
  };
}

const failure = new Error('cannot write', { cause: new Error('EIO') });

test.each`
  line                                                | text
  ${{}}                                               | ${'INFO  started (server)'}
  ${{ level: 'error', area: 'controller' }}           | ${'ERROR started (controller)'}
  ${{ fields: { broker: 1, host: 'a b' } }}           | ${'INFO  started broker=1 host=a b (server)'}
  ${{ fields: { error: failure } }}                   | ${'INFO  started error=cannot write (EIO) (server)'}
  ${{ fields: { session: 255n } }}                    | ${'INFO  started session=0xff (server)'}
  ${{ fields: { left: undefined, none: null } }}      | ${'INFO  started none=null (server)'}
  ${{ fields: { clientId: 'a\n2026 FATAL forged' } }} | ${'INFO  started clientId=a\\u000a2026 FATAL forged (server)'}
  ${{ message: 'red \u001b[31m' }}                    | ${'INFO  red \\u001b[31m (server)'}
`('as text: $text', ({ line, text }) => {
  expect(formatLine(aLine(line as Partial<LogLine>), 'text')).toBe(
    `2026-01-31T12:00:00.000Z ${text}`,
  );
});

test.each`
  line                                                 | json
  ${{}}                                                | ${{}}
  ${{ fields: { broker: 1, error: failure } }}         | ${{ broker: 1, error: 'cannot write (EIO)' }}
  ${{ fields: { session: 255n, clientId: 'a\nb' } }}   | ${{ session: '0xff', clientId: 'a\nb' }}
  ${{ fields: { message: 'forged', level: 'fatal' } }} | ${{}}
`('as JSON, $line adds $json to what every line has', ({ line, json }) => {
  const text = formatLine(aLine(line as Partial<LogLine>), 'json');
  expect(text).not.toContain('\n');
  expect(JSON.parse(text)).toEqual({
    timestamp: '2026-01-31T12:00:00.000Z',
    level: 'info',
    area: 'server',
    message: 'started',
    ...(json as object),
  });
});

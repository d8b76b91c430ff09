import type { Handler, IncomingRequest } from '../../src/broker/handler';
import { RequestLog } from '../../src/broker/request-log';
import { LeveledLog, LogLevels } from '../../src/platform/log-levels';
import { ManualClock } from '../builders/manual-clock';
import { RecordingLog } from '../builders/recording-log';

const clock = new ManualClock();

/** A Metadata request; nothing of it is looked at but what the line tells. */
const request = {
  frame: Buffer.alloc(30),
  bodyOffset: 20,
  apiKey: 3,
  apiVersion: 9,
  correlationId: 7,
  clientId: 'app',
  connection: { id: 1, listenerName: 'PLAINTEXT', remoteAddress: '10.0.0.9', remotePort: 5555 },
} as unknown as IncomingRequest;

function aHandler(serve: Handler['serve']): Handler {
  return { apiKey: 3, versions: [0, 12], serve };
}

const REPLY = { buffers: [Buffer.alloc(4), Buffer.alloc(8)] };
const LINE = {
  version: 9,
  correlationId: 7,
  clientId: 'app',
  client: '10.0.0.9:5555',
  listener: 'PLAINTEXT',
  requestBytes: 30,
};

const refusal = new Error('malformed');

async function inFiveMs(reply: typeof REPLY | Error): Promise<typeof REPLY> {
  clock.advance(5);
  await Promise.resolve();
  if (reply instanceof Error) throw reply;
  return reply;
}

function refuse(): never {
  throw refusal;
}

test.each`
  answer                            | outcome                             | because
  ${() => REPLY}                    | ${{ responseBytes: 12, tookMs: 0 }} | ${'it was answered at once'}
  ${() => ({ buffers: undefined })} | ${{ responseBytes: 0, tookMs: 0 }}  | ${'there is no answer to acks=0'}
  ${() => inFiveMs(REPLY)}          | ${{ responseBytes: 12, tookMs: 5 }} | ${'it waited for 5 ms'}
  ${() => inFiveMs(refusal)}        | ${{ tookMs: 5, error: refusal }}    | ${'it failed after 5 ms'}
  ${refuse}                         | ${{ tookMs: 0, error: refusal }}    | ${'it failed at once'}
`('one line a request, with $outcome because $because', async ({ answer, outcome }) => {
  const lines = new RecordingLog();
  const log = new RequestLog({ clock, log: lines });
  const serve = async (): Promise<unknown> =>
    log.serve(aHandler(answer as Handler['serve']), request);
  const ended = await serve().then(
    () => 'answered',
    (error: unknown) => error,
  );
  expect(ended).toBe('error' in (outcome as object) ? refusal : 'answered');
  expect(lines.lines).toEqual([
    { level: 'debug', message: 'Metadata', fields: { ...LINE, ...(outcome as object) } },
  ]);
});

test.each`
  level      | isEnabled
  ${'info'}  | ${false}
  ${'debug'} | ${true}
  ${'trace'} | ${true}
`('at $level, written: $isEnabled', ({ level, isEnabled }) => {
  const levels = new LogLevels('info');
  const log = new RequestLog({ clock, log: new LeveledLog(new RecordingLog(), levels) });
  levels.set('kafka.request.logger', level as 'info');
  expect(log.isEnabled).toBe(isEnabled);
});

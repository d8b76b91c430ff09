import { scanBatches } from '../../../src/storage/inspect/batch-scan';
import type { ScanEnd, ScannedBatch } from '../../../src/storage/inspect/batch-scan';
import { DeviceFiles } from '../../builders/device-files';
import { aBatch } from '../../builders/storage';

const PATH = '/log';

interface Scan {
  readonly positions: number[];
  readonly intact: boolean[];
  readonly end: ScanEnd;
}

async function scan(content: Buffer, from = 0): Promise<Scan> {
  const { files } = new DeviceFiles(['/']);
  files.replaceFileSync(PATH, content);
  const file = files.openSync(PATH, 'read');
  const found: Pick<ScannedBatch, 'position' | 'isIntact'>[] = [];
  const steps = scanBatches(file, from);
  let step = await steps.next();
  while (!step.done) {
    found.push({ position: step.value.position, isIntact: step.value.isIntact });
    step = await steps.next();
  }
  file.closeSync();
  return {
    positions: found.map(({ position }) => position),
    intact: found.map(({ isIntact }) => isIntact),
    end: step.value,
  };
}

const small = aBatch(['a']);
const large = aBatch(['x'.repeat(3 * 1024 * 1024)]);

test('batches of all sizes are given, whatever is read at once', async () => {
  const content = Buffer.concat([small, large, small]);
  const { positions, intact, end } = await scan(content);
  expect(positions).toEqual([0, small.length, small.length + large.length]);
  expect(intact).toEqual([true, true, true]);
  expect(end).toEqual({ position: content.length, reason: 'end', restBytes: 0 });
});

test('an empty file has an end and nothing else', async () => {
  expect(await scan(Buffer.alloc(0))).toEqual({
    positions: [],
    intact: [],
    end: { position: 0, reason: 'end', restBytes: 0 },
  });
});

test('a batch whose checksum does not fit is given as that', async () => {
  const damaged = Buffer.from(small);
  damaged[damaged.length - 1] = 0xff;
  expect((await scan(Buffer.concat([damaged, small]))).intact).toEqual([false, true]);
});

test.each`
  rest                                   | reason        | because
  ${small.subarray(0, small.length - 1)} | ${'torn'}     | ${'the last byte is missing'}
  ${small.subarray(0, 20)}               | ${'torn'}     | ${'the header is not there whole'}
  ${small.subarray(0, 5)}                | ${'torn'}     | ${'so few bytes may begin a batch'}
  ${Buffer.alloc(100)}                   | ${'no batch'} | ${'a batch has a length'}
  ${Buffer.alloc(100, 0x7f)}             | ${'no batch'} | ${'there is no such magic'}
`('ends with $reason: $because', async ({ rest, reason }) => {
  const { positions, end } = await scan(Buffer.concat([small, rest]));
  expect(positions).toEqual([0]);
  expect(end).toEqual({ position: small.length, reason, restBytes: rest.length });
});

test('begins where it is told to', async () => {
  const { positions } = await scan(Buffer.concat([small, small]), small.length);
  expect(positions).toEqual([small.length]);
});

test('goes on with what is appended meanwhile', async () => {
  const { files } = new DeviceFiles(['/']);
  files.replaceFileSync(PATH, Buffer.concat([small, small.subarray(0, 10)]));
  const reading = files.openSync(PATH, 'read');
  const writing = files.openSync(PATH, 'update');
  const steps = scanBatches(reading);
  await steps.next();
  writing.writeSync([small], small.length);
  const second = await steps.next();
  expect(second.value).toMatchObject({ position: small.length, isIntact: true });
});

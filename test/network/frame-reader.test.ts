import { FrameReader, FrameSizeError } from '../../src/network/frame-reader';

function frameOf(content: string | Buffer): Buffer {
  const body = Buffer.from(content);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

function readAll(chunks: readonly Buffer[], limit = 1_000_000): string[] {
  const frames: string[] = [];
  const reader = new FrameReader(limit, (frame) => frames.push(frame.toString('latin1')));
  for (const chunk of chunks) reader.feed(chunk);
  return frames;
}

const STREAM = Buffer.concat([frameOf('first'), frameOf(''), frameOf('third, longer')]);

test.each(Array.from({ length: STREAM.length - 1 }, (_, i) => i + 1))(
  'the same frames come out when the stream is cut every %i bytes',
  (step) => {
    const chunks: Buffer[] = [];
    for (let at = 0; at < STREAM.length; at += step) chunks.push(STREAM.subarray(at, at + step));
    expect(readAll(chunks)).toEqual(['first', '', 'third, longer']);
  },
);

test('a large frame is gathered from many chunks', () => {
  const content = Buffer.alloc(700_000, 'odradek');
  const stream = frameOf(content);
  const chunks: Buffer[] = [];
  for (let at = 0; at < stream.length; at += 65_536) chunks.push(stream.subarray(at, at + 65_536));
  expect(readAll(chunks)).toEqual([content.toString('latin1')]);
});

test.each`
  size           | because
  ${-1}          | ${'sizes are not negative'}
  ${-(2 ** 31)}  | ${'sizes are not negative'}
  ${1001}        | ${'it is over the limit'}
  ${2 ** 31 - 1} | ${'it is over the limit'}
  ${0x47455420}  | ${'it is the start of an HTTP request'}
`('a frame of size $size is refused because $because', ({ size }) => {
  const head = Buffer.alloc(4);
  head.writeInt32BE(size as number);
  expect(() => readAll([head], 1000)).toThrow(FrameSizeError);
  expect(() => readAll([head.subarray(0, 3), head.subarray(3)], 1000)).toThrow(FrameSizeError);
});

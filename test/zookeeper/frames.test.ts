import fc from 'fast-check';
import { FrameAssembler } from '../../src/zookeeper/frames';

function frame(body: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

test('cuts the same frames however the stream is chunked', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
  const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(bodies, sizes, (all, chunkSizes) => {
      const frames = all.map(frame);
      const stream = Buffer.concat(frames);
      const assembler = new FrameAssembler();
      const seen: Buffer[] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const size = chunkSizes[i % chunkSizes.length] ?? 1;
        assembler.push(stream.subarray(at, at + size), (each) => seen.push(Buffer.from(each)));
        at += size;
      }
      expect(seen).toEqual(frames);
    }),
  );
});

test('an unfinished frame is forgotten with its connection', () => {
  const assembler = new FrameAssembler();
  const seen: Buffer[] = [];
  const whole = frame(Buffer.from('whole'));
  assembler.push(frame(Buffer.from('half')).subarray(0, 6), (each) => seen.push(each));
  assembler.reset();
  assembler.push(whole, (each) => seen.push(each));
  expect(seen).toEqual([whole]);
});

test.each([-1, -2_147_483_648, 64 * 1024 * 1024 + 1])('refuses a length of %i', (length) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(length);
  expect(() => new FrameAssembler().push(bytes, () => undefined)).toThrow(
    `frame of ${String(length)} bytes`,
  );
});

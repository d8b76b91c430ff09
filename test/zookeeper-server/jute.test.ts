import fc from 'fast-check';

import { JuteError, JuteReader, JuteWriter } from '../../src/zookeeper-server/jute';

test('reads back whatever was written', () => {
  const values = fc.record({
    int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    long: fc.maxSafeInteger(),
    opaque: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    bool: fc.boolean(),
    string: fc.option(fc.string({ unit: 'binary' })),
    bytes: fc.option(fc.uint8Array({ maxLength: 600 })),
    strings: fc.array(fc.string()),
  });
  fc.assert(
    fc.property(values, ({ int, long, opaque, bool, string, bytes, strings }) => {
      const writer = new JuteWriter().int(int).long(long).opaqueLong(opaque).bool(bool);
      writer.string(string).buffer(bytes && Buffer.from(bytes));
      writer.vector(strings, (to, each) => to.string(each));
      const reader = new JuteReader(writer.finish());
      expect(reader.int()).toBe(int);
      expect(reader.long()).toBe(long === 0 ? 0 : long);
      expect(reader.opaqueLong()).toBe(opaque);
      expect(reader.bool()).toBe(bool);
      expect(reader.string()).toBe(string);
      expect(reader.buffer()).toEqual(bytes && Buffer.from(bytes));
      expect(reader.vector((from) => from.string())).toEqual(strings);
      expect(reader.bytesLeft).toBe(0);
    }),
  );
});

test.each`
  hex           | read        | because
  ${'000000'}   | ${'int'}    | ${'three bytes are no int'}
  ${'00000005'} | ${'string'} | ${'five bytes are announced, none follow'}
  ${'fffffffe'} | ${'string'} | ${'only -1 stands for null'}
  ${'7fffffff'} | ${'buffer'} | ${'nothing is allocated for a length that cannot be'}
  ${'7fffffff'} | ${'vector'} | ${'nothing is allocated for a count that cannot be'}
  ${''}         | ${'bool'}   | ${'there is no byte'}
`('$read refuses "$hex": $because', ({ hex, read }: { hex: string; read: string }) => {
  const reader = new JuteReader(Buffer.from(hex, 'hex'));
  const reads: Record<string, () => unknown> = {
    int: () => reader.int(),
    bool: () => reader.bool(),
    string: () => reader.string(),
    buffer: () => reader.buffer(),
    vector: () => reader.vector((from) => from.int()),
  };
  expect(reads[read]).toThrow(JuteError);
});

test('a buffer read is a copy, since the bytes read from are reused', () => {
  const bytes = new JuteWriter().buffer(Buffer.from('abc')).finish();
  const data = new JuteReader(bytes).buffer();
  bytes.fill(0);
  expect(data?.toString()).toBe('abc');
});

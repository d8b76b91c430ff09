import * as fc from 'fast-check';
import { codecOf } from '../../src/protocol/codec';
import { API_SPECS } from '../../src/protocol/messages/index';
import type { InputOf, MessageSpec } from '../../src/protocol/schema';
import { messageArbitrary } from '../builders/message-arbitrary';

const RUNS_PER_VERSION = 25;

const messages = [...API_SPECS].flatMap(([key, { name, request, response }]) => [
  { title: `${name} (${String(key)}) request`, spec: request },
  { title: `${name} (${String(key)}) response`, spec: response },
]);

function versionsOf(spec: MessageSpec): number[] {
  const [lowest, highest] = spec.versions;
  return Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index);
}

test.each(messages)('$title: what is encoded is decoded again, in every version', ({ spec }) => {
  const codec = codecOf(spec);
  for (const version of versionsOf(spec)) {
    fc.assert(
      fc.property(messageArbitrary(spec, version), fc.nat(8), (message, offset) => {
        const encoded = Buffer.concat(codec.encode(message as InputOf<MessageSpec>, version));
        const padded = Buffer.concat([Buffer.alloc(offset, 0xff), encoded, Buffer.alloc(3, 0xff)]);
        const decoded = codec.decode(padded, version, offset);
        expect(decoded).toEqual({ message, end: offset + encoded.length });
      }),
      { numRuns: RUNS_PER_VERSION },
    );
  }
});

test('there are 62 APIs', () => {
  expect(API_SPECS.size).toBe(62);
});

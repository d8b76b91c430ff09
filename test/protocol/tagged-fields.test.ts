import { Writer } from '../../src/protocol/writer';

/** A writer with so many bytes left in its slab, and records before them: these are a chunk of their own. */
function writerWithRoom(bytes: number): Writer {
  for (;;) {
    const writer = new Writer();
    writer.records(Buffer.from('records'));
    const filler = writer['buffer'].length - writer['position'] - 4 - bytes;
    if (filler >= 0) writer.bytes(Buffer.alloc(filler));
    else writer.bytes(Buffer.alloc(1_000));
    if (filler >= 0) return writer;
    writer.finish();
  }
}

test('a tagged field is whole wherever in the shared slab it comes to lie', () => {
  for (let room = 0; room <= 40; room++) {
    const writer = writerWithRoom(room);
    const begin = writer.beginTagged(0);
    writer.int32(3);
    writer.int64(14);
    writer.unsignedVarint(0);
    writer.endTagged(begin);
    writer.int16(7);
    const written = Buffer.concat(writer.finish()).toString('hex');
    expect({ room, end: written.slice(-34) }).toEqual({
      room,
      end: '000d00000003000000000000000e000007',
    });
  }
});

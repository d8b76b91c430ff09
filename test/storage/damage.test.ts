import { DamagedLog } from '../builders/damaged-log';
import type { Sight } from '../builders/damaged-log';

const built = new DamagedLog();

beforeAll(async () => {
  await built.build(true);
  await built.build(false);
});

/**
 * What became of a log, seen from outside: `whole`, everything is served as it was; `refused`, some of it is answered with
 * CORRUPT_MESSAGE, the rest as it was; `cut`, it ends earlier, before what is damaged; `start moved`, where the log begins.
 * Whatever else is different was served wrong.
 */
function outcome(before: Sight, after: Sight): string {
  const found = new Set<string>();
  for (let offset = after.start; offset < after.end; offset++) {
    const [was, is] = [before.batches[offset], after.batches[offset]];
    if (is === 'CORRUPT_MESSAGE') found.add('refused');
    else if (is !== was && offset >= before.start)
      found.add(`wrong at ${String(offset)}: ${String(is)}`);
  }
  if (after.end < before.end) found.add('cut');
  if (after.end > before.end) found.add('grown');
  if (after.start !== before.start) found.add('start moved');
  const isShorter = after.end < before.end;
  after.times.forEach((offset, i) => {
    if (offset === before.times[i] || isShorter || after.start < before.start) return;
    found.add(offset === 'CORRUPT_MESSAGE' ? 'refused' : `wrong time ${String(i)}: ${offset}`);
  });
  if (after.aborted !== before.aborted && !isShorter) found.add(`wrong aborted: ${after.aborted}`);
  if (after.epochs !== before.epochs && !isShorter) found.add(`wrong epochs: ${after.epochs}`);
  return found.size === 0 ? 'whole' : [...found].sort().join(', ');
}

async function flip(isClean: boolean, file: string, at: number, bit: number): Promise<string> {
  const { sight: before } = await built.after(isClean, file, (content) => content);
  const place = at < 0 ? built.content(isClean, file).length + at : at;
  const { sight, error } = await built.after(isClean, file, (content) => {
    content[place] = (content[place] ?? 0) ^ bit;
    return content;
  });
  if (!before || !sight) return `no start: ${error}`;
  return outcome(before, sight);
}

describe('a damaged batch', () => {
  const damage = (content: Buffer): Buffer => {
    content[70] = (content[70] ?? 0) ^ 1;
    return content;
  };

  test('is named once in the log and counted once, however often it is asked for', async () => {
    const { warnings, counted } = await built.after(true, 'middle.log', damage);
    expect(counted).toBe(1);
    expect(warnings.filter((line) => line.startsWith('a damaged batch'))).toHaveLength(1);
  });

  test('does not keep the batches before and after it from being served', async () => {
    const { sight: before } = await built.after(true, 'middle.log', (content) => content);
    const { sight } = await built.after(true, 'middle.log', damage);
    const refused = sight?.batches.filter((each) => each === 'CORRUPT_MESSAGE');
    expect(refused).toHaveLength(1);
    expect(sight?.batches.filter((each, offset) => each === before?.batches[offset])).toHaveLength(
      (before?.batches.filter((each) => each !== undefined).length ?? 0) - 1,
    );
  });
});

describe('a flipped bit', () => {
  test.each`
    file                                  | field                                  | at     | bit     | clean            | crash
    ${'first.log'}                        | ${'base offset, up'}                   | ${7}   | ${0x40} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'base offset, down'}                 | ${7}   | ${0x02} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'batch length'}                      | ${11}  | ${0x01} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'batch length, far'}                 | ${8}   | ${0x40} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'leader epoch'}                      | ${15}  | ${0x04} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'magic'}                             | ${16}  | ${0x01} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'CRC'}                               | ${18}  | ${0x10} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'attributes'}                        | ${22}  | ${0x01} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'last offset delta'}                 | ${26}  | ${0x01} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'base timestamp'}                    | ${34}  | ${0x08} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'max timestamp'}                     | ${42}  | ${0x08} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'producer id'}                       | ${50}  | ${0x01} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'producer epoch'}                    | ${52}  | ${0x01} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'base sequence'}                     | ${56}  | ${0x01} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'record count'}                      | ${60}  | ${0x01} | ${'refused'}     | ${'refused'}
    ${'middle.log'}                       | ${'a record'}                          | ${70}  | ${0x01} | ${'refused'}     | ${'refused'}
    ${'last.log'}                         | ${'a record of the last batch'}        | ${-3}  | ${0x01} | ${'refused'}     | ${'cut'}
    ${'last.log'}                         | ${'base offset, up, last batch'}       | ${-73} | ${0x40} | ${'cut'}         | ${'cut'}
    ${'first.index'}                      | ${'offset of an entry, up'}            | ${3}   | ${0x08} | ${'whole'}       | ${'whole'}
    ${'first.index'}                      | ${'offset of an entry, down'}          | ${3}   | ${0x01} | ${'whole'}       | ${'whole'}
    ${'first.index'}                      | ${'position, inside a batch'}          | ${7}   | ${0x01} | ${'whole'}       | ${'whole'}
    ${'first.index'}                      | ${'position, outside the file'}        | ${5}   | ${0x40} | ${'whole'}       | ${'whole'}
    ${'first.index'}                      | ${'position, negative'}                | ${4}   | ${0x80} | ${'whole'}       | ${'whole'}
    ${'middle.index'}                     | ${'position, inside a batch'}          | ${-1}  | ${0x02} | ${'whole'}       | ${'whole'}
    ${'last.index'}                       | ${'position, inside a batch'}          | ${-1}  | ${0x02} | ${'whole'}       | ${'whole'}
    ${'first.timeindex'}                  | ${'timestamp of an entry, up'}         | ${5}   | ${0x40} | ${'whole'}       | ${'whole'}
    ${'first.timeindex'}                  | ${'timestamp of an entry, down'}       | ${5}   | ${0x01} | ${'whole'}       | ${'whole'}
    ${'first.timeindex'}                  | ${'offset of an entry'}                | ${11}  | ${0x04} | ${'whole'}       | ${'whole'}
    ${'first.timeindex'}                  | ${'timestamp of the last, up'}         | ${-8}  | ${0x40} | ${'whole'}       | ${'whole'}
    ${'first.timeindex'}                  | ${'timestamp of the last, down'}       | ${-10} | ${0x01} | ${'whole'}       | ${'whole'}
    ${'last.timeindex'}                   | ${'timestamp of the last'}             | ${-8}  | ${0x40} | ${'whole'}       | ${'whole'}
    ${'first.txnindex'}                   | ${'version'}                           | ${1}   | ${0x01} | ${'whole'}       | ${'whole'}
    ${'first.txnindex'}                   | ${'producer id, negative'}             | ${2}   | ${0x80} | ${'whole'}       | ${'whole'}
    ${'first.txnindex'}                   | ${'first offset, above the last'}      | ${17}  | ${0x40} | ${'whole'}       | ${'whole'}
    ${'first.txnindex'}                   | ${'first offset, negative'}            | ${10}  | ${0x80} | ${'whole'}       | ${'whole'}
    ${'first.txnindex'}                   | ${'last offset, below the first'}      | ${25}  | ${0x08} | ${'whole'}       | ${'whole'}
    ${'first.txnindex'}                   | ${'last offset, above the segment'}    | ${25}  | ${0x40} | ${'whole'}       | ${'whole'}
    ${'first.txnindex'}                   | ${'last stable offset, above the end'} | ${33}  | ${0x40} | ${'whole'}       | ${'whole'}
    ${'last.snapshot'}                    | ${'version'}                           | ${1}   | ${0x02} | ${'whole'}       | ${'whole'}
    ${'last.snapshot'}                    | ${'CRC'}                               | ${3}   | ${0x02} | ${'whole'}       | ${'whole'}
    ${'last.snapshot'}                    | ${'count'}                             | ${9}   | ${0x02} | ${'whole'}       | ${'whole'}
    ${'last.snapshot'}                    | ${'an entry'}                          | ${20}  | ${0x02} | ${'whole'}       | ${'whole'}
    ${'leader-epoch-checkpoint'}          | ${'version'}                           | ${0}   | ${0x01} | ${'whole'}       | ${'whole'}
    ${'leader-epoch-checkpoint'}          | ${'count'}                             | ${2}   | ${0x01} | ${'whole'}       | ${'whole'}
    ${'leader-epoch-checkpoint'}          | ${'an epoch, no longer a number'}      | ${4}   | ${0x40} | ${'whole'}       | ${'whole'}
    ${'partition.metadata'}               | ${'version'}                           | ${9}   | ${0x01} | ${'whole'}       | ${'whole'}
    ${'partition.metadata'}               | ${'topic id'}                          | ${25}  | ${0x80} | ${'whole'}       | ${'whole'}
    ${'recovery-point-offset-checkpoint'} | ${'version'}                           | ${0}   | ${0x01} | ${'whole'}       | ${'whole'}
    ${'recovery-point-offset-checkpoint'} | ${'topic'}                             | ${4}   | ${0x01} | ${'whole'}       | ${'whole'}
    ${'recovery-point-offset-checkpoint'} | ${'offset'}                            | ${-2}  | ${0x02} | ${'whole'}       | ${'whole'}
    ${'log-start-offset-checkpoint'}      | ${'version'}                           | ${0}   | ${0x01} | ${'start moved'} | ${'start moved'}
    ${'replication-offset-checkpoint'}    | ${'version'}                           | ${0}   | ${0x01} | ${'whole'}       | ${'whole'}
    ${'cleaner-offset-checkpoint'}        | ${'version'}                           | ${0}   | ${0x01} | ${'whole'}       | ${'whole'}
    ${'cleaner-offset-checkpoint'}        | ${'offset'}                            | ${-2}  | ${0x02} | ${'whole'}       | ${'whole'}
  `(
    'in $file, $field: after a stop $clean, after a crash $crash',
    async ({ file, at, bit, clean, crash }) => {
      expect([await flip(true, file, at, bit), await flip(false, file, at, bit)]).toEqual([
        clean,
        crash,
      ]);
    },
  );
});

test('nothing depends on what the marker of an orderly stop says', async () => {
  expect(await flip(true, '.kafka_cleanshutdown', 3, 0x01)).toBe('whole');
});

test('a `.txnindex` with half an entry too much is built anew', async () => {
  const { sight: before } = await built.after(true, 'first.txnindex', (content) => content);
  const { sight, warnings } = await built.after(true, 'first.txnindex', (content) =>
    Buffer.concat([content, content.subarray(0, 17)]),
  );
  expect(sight?.aborted).toBe(before?.aborted);
  expect(warnings).toContain('an index does not fit its log and is built anew');
});

/** What a start does to each kind of file and folder that it finds, as Kafka's `LogLoader` and `LogManager` do. */
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { StorageFixture, aBatch, append, readAll, settled } from '../builders/storage';

let fixture: StorageFixture;

beforeEach(() => {
  fixture = new StorageFixture({ config: { 'segment.bytes': 200 } });
});
afterEach(() => fixture.end());

const folder = (): string => join(fixture.directory, 'topic-0');
const nameOf = (name: string): string => name.replace(/^\d+/, (base) => base.padStart(20, '0'));
const path = (name: string): string => join(folder(), nameOf(name));

/** Two records a segment: 0, 2, 4, and 6, which is active. */
async function fill(): Promise<void> {
  const manager = await fixture.start();
  const log = fixture.log(manager);
  for (let i = 0; i < 7; i++) append(fixture, log, aBatch([`v${String(i)}`]));
  expect(log.segmentBaseOffsets()).toEqual([0, 2, 4, 6]);
  await manager.stop();
}

/** Files of segments and snapshots, without the zeros in front and without those of the active segment. */
const files = (): string[] =>
  readdirSync(folder())
    .filter((name) => /^\d/.test(name))
    .map((name) => name.replace(/^0+(?=\d)/, ''))
    .filter((name) => !/^[67]\./.test(name))
    .sort();

const SEGMENT = ['log', 'index', 'timeindex'];
const live = (...bases: number[]): string[] =>
  bases.flatMap((base) => SEGMENT.map((suffix) => `${String(base)}.${suffix}`));

/** The segment's files once more, under names with this suffix. */
function copy(base: number, suffix: string, kinds = SEGMENT): void {
  for (const kind of kinds) {
    copyFileSync(path(`${String(base)}.${kind}`), path(`${String(base)}.${kind}${suffix}`));
  }
}

function rename(base: number, suffix: string, kinds = SEGMENT): void {
  for (const kind of kinds) {
    renameSync(path(`${String(base)}.${kind}`), path(`${String(base)}.${kind}${suffix}`));
  }
}

const ALL = ['v0', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6'];

test.each`
  found                                       | change                                                             | kept         | values                            | because
  ${'.deleted'}                               | ${() => copy(0, '.deleted')}                                       | ${[0, 2, 4]} | ${ALL}                            | ${'its time had come before'}
  ${'.snapshot.deleted'}                      | ${() => writeFileSync(path('3.snapshot.deleted'), '')}             | ${[0, 2, 4]} | ${ALL}                            | ${'its time had come before'}
  ${'.cleaned'}                               | ${() => copy(2, '.cleaned')}                                       | ${[0, 2, 4]} | ${ALL}                            | ${'it was not complete'}
  ${'.txnindex.cleaned'}                      | ${() => writeFileSync(path('2.txnindex.cleaned'), '')}             | ${[0, 2, 4]} | ${ALL}                            | ${'it was not complete'}
  ${'.swap beside the segment it replaces'}   | ${() => copy(2, '.swap')}                                          | ${[0, 2, 4]} | ${ALL}                            | ${'it takes its place'}
  ${'.swap in the place of retired segments'} | ${() => rename(2, '.swap')}                                        | ${[0, 2, 4]} | ${ALL}                            | ${'it takes their place'}
  ${'.swap at a .cleaned or after it'}        | ${() => [copy(2, '.cleaned'), copy(2, '.swap'), copy(4, '.swap')]} | ${[0, 2, 4]} | ${ALL}                            | ${'it belongs to an unfinished split'}
  ${'.swap before a .cleaned'}                | ${() => [copy(4, '.cleaned'), rename(0, '.swap')]}                 | ${[0, 2, 4]} | ${ALL}                            | ${'it is complete'}
  ${'.log live, indexes still .swap'}         | ${() => rename(2, '.swap', ['index', 'timeindex'])}                | ${[0, 2, 4]} | ${ALL}                            | ${'the renaming was interrupted'}
  ${'.log.deleted, indexes live'}             | ${() => rename(2, '.deleted', ['log'])}                            | ${[0, 4]}    | ${['v0', 'v1', 'v4', 'v5', 'v6']} | ${'the retiring was interrupted'}
  ${'no .index'}                              | ${() => rmSync(path('2.index'))}                                   | ${[0, 2, 4]} | ${ALL}                            | ${'it is built anew'}
  ${'no .timeindex'}                          | ${() => rmSync(path('2.timeindex'))}                               | ${[0, 2, 4]} | ${ALL}                            | ${'it is built anew'}
  ${'.index without .log'}                    | ${() => writeFileSync(path('5.index'), '')}                        | ${[0, 2, 4]} | ${ALL}                            | ${'it is of nothing'}
`(
  '$found, because $because',
  async ({
    change,
    kept,
    values,
  }: {
    change: () => void;
    kept: readonly number[];
    values: readonly string[];
  }) => {
    await fill();
    change();
    const manager = await fixture.start();
    const log = fixture.log(manager);
    expect(files().filter((name) => !name.endsWith('.snapshot'))).toEqual(live(...kept).sort());
    expect(log.segmentBaseOffsets()).toEqual([...kept, 6]);
    expect((await readAll(log)).map(({ value }) => value)).toEqual(values);
    expect(log.logEndOffset).toBe(7);
  },
);

test('.swap over several segments takes the place of all that its offsets cover', async () => {
  await fill();
  // One segment of all six records, as if nothing had been superseded.
  const manager = await fixture.start();
  const config = fixture.config({ 'segment.bytes': 10_000 });
  const creation = { topicId: undefined, isNew: true, config };
  const other = manager.getOrCreate({ topic: 'other', partition: 0 }, creation);
  for (let i = 0; i < 6; i++) append(fixture, other, aBatch([`c${String(i)}`]));
  await manager.stop();
  for (const kind of SEGMENT) {
    copyFileSync(join(fixture.directory, 'other-0', nameOf(`0.${kind}`)), path(`0.${kind}.swap`));
  }
  writeFileSync(path('3.snapshot'), '');
  const again = fixture.log(await fixture.start());
  expect(again.segmentBaseOffsets()).toEqual([0, 6]);
  expect((await readAll(again)).map(({ value }) => value)).toEqual([
    ...Array.from({ length: 6 }, (_, i) => `c${String(i)}`),
    'v6',
  ]);
  expect(files()).toEqual(live(0).sort());
});

const UNIQUE = '0123456789abcdef0123456789abcdef';

test.each`
  name                                   | isDir    | after     | because
  ${`topic-1.${UNIQUE}-delete`}          | ${true}  | ${'gone'} | ${'its log was deleted'}
  ${`topic-1.${UNIQUE}-future`}          | ${true}  | ${'kept'} | ${'a Kafka broker goes on with the move; here a replica does not move'}
  ${`topic-1.${UNIQUE}-stray`}           | ${true}  | ${'kept'} | ${'somebody has to look at it'}
  ${'replication-offset-checkpoint.tmp'} | ${false} | ${'kept'} | ${'the next checkpoint is written over it'}
  ${'some-file'}                         | ${false} | ${'kept'} | ${'a file is no log'}
  ${'remote-log-index-cache'}            | ${true}  | ${'kept'} | ${'it is of tiered storage'}
  ${'__cluster_metadata-0'}              | ${true}  | ${'kept'} | ${'it is of KRaft'}
`(
  '$name is $after, because $because',
  async ({ name, isDir, after }: { name: string; isDir: boolean; after: string }) => {
    await fill();
    const found = join(fixture.directory, name);
    if (isDir) mkdirSync(found);
    else writeFileSync(found, 'x');
    const manager = await fixture.start();
    expect([...manager.all()].map(({ key }) => key)).toEqual(['topic-0']);
    fixture.clock.advance(60_000);
    const isThere = (): boolean => readdirSync(fixture.directory).includes(name);
    await settled(() => expect(isThere()).toBe(after === 'kept'));
  },
);

test.each(['topic', 'lost+found', `topic-1.${UNIQUE.slice(1)}-delete`])(
  'a folder named %s is no log, and its directory is not used',
  async (name) => {
    await fill();
    mkdirSync(join(fixture.directory, name));
    await expect(fixture.start()).rejects.toThrow('None of the log directories can be used');
  },
);

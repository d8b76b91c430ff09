import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { apisPage } from '../../scripts/reference/apis';
import { cliPage } from '../../scripts/reference/cli';
import { errorsPage } from '../../scripts/reference/errors';
import { main } from '../../scripts/reference/main';
import { cell, code, table } from '../../scripts/reference/page';
import type { Page } from '../../scripts/reference/page';
import { PAGES } from '../../scripts/reference/pages';
import { settingsPage } from '../../scripts/reference/settings';
import { HANDLERS } from '../../src/broker/handlers';
import { temporaryFolder } from '../builders/process';

const ROOT = join(__dirname, '..', '..');

/** The cells of the rows of a page's tables, by their first cell. */
function rowsOf(page: Page): Map<string, string[]> {
  const rows = page
    .render(ROOT)
    .split('\n')
    .filter((line) => line.startsWith('| '));
  return new Map(
    rows.map((row) => {
      const cells = row
        .slice(2, -2)
        .split(/ \| /)
        .map((text) => text.trim());
      return [cells[0] ?? '', cells];
    }),
  );
}

describe.each(PAGES.map((page) => [page.file, page] as const))('%s', (file, page) => {
  const text = page.render(ROOT);

  test('has a title, says that it is generated, and ends with a line end', () => {
    expect(text).toMatch(/^# .+\n\n_Written by `npm run docs:reference`[^\n]+\n\n/);
    expect(text).toMatch(/[^\n]\n$/);
  });

  test('is the same every time, and knows nothing of this machine', () => {
    expect(page.render(ROOT)).toBe(text);
    expect(text).not.toContain(ROOT);
  });

  test('is left out of the formatter', () => {
    expect(readFileSync(join(ROOT, '.oxfmtrc.json'), 'utf8')).toContain(`"${file}"`);
  });
});

test('apis.md has the versions of every handler', () => {
  const rows = rowsOf(apisPage);
  for (const { apiKey, versions } of HANDLERS) {
    const [from, to] = versions;
    const span = from === to ? String(from) : `${String(from)}–${String(to)}`;
    expect(rows.get(String(apiKey))?.[3]?.replaceAll('*', '')).toBe(span);
  }
  expect([...rows.values()].filter(([key]) => /^\d+$/.test(key ?? ''))).toHaveLength(62);
});

test('apis.md says of every API what it does', () => {
  const silent = [...rowsOf(apisPage).values()].filter(([, , , , purpose]) => purpose === '');
  expect(silent).toEqual([]);
});

test('errors.md has all codes', () => {
  const rows = rowsOf(errorsPage);
  expect(rows.get('6')).toEqual([
    '6',
    '`NOT_LEADER_OR_FOLLOWER`',
    'yes',
    'yes',
    expect.any(String),
  ]);
  expect([...rows.keys()].filter((key) => /^-?\d+$/.test(key))).toHaveLength(129);
});

test.each`
  name                           | cells
  ${'num.io.threads'}            | ${['int', '`8`', '1 or more', 'yes', expect.stringContaining('no effect')]}
  ${'broker.id'}                 | ${['int', expect.any(String), expect.any(String), '', expect.any(String)]}
  ${'odradek.durability'}        | ${['string', '`kafka`', 'kafka, strict, test', '', expect.any(String)]}
  ${'log.cleaner.threads'}       | ${['int', '`1`', '0 or more', 'yes', expect.any(String)]}
  ${'min.cleanable.dirty.ratio'} | ${['double', '`0.5`', '0.0 to 1.0', '`log.cleaner.min.cleanable.ratio`', expect.any(String)]}
  ${'compression.gzip.level'}    | ${['int', '`-1`', '-1 or 1 to 9', expect.any(String), expect.any(String)]}
`('settings.md tells of $name', ({ name, cells }) => {
  expect(rowsOf(settingsPage).get(`\`${String(name)}\``)).toEqual([
    `\`${String(name)}\``,
    ...cells,
  ]);
});

test.each`
  name                     | isActedBy | because
  ${'log.retention.hours'} | ${true}   | ${'it stands in for retention.ms'}
  ${'log.segment.bytes'}   | ${true}   | ${'topics without segment.bytes have it'}
  ${'log.dirs'}            | ${true}   | ${'logs lie there'}
  ${'log.preallocate'}     | ${false}  | ${'segments grow as they are written'}
  ${'metric.reporters'}    | ${false}  | ${'classes of Java are not loaded'}
`('settings.md: something acts by $name is $isActedBy, $because', ({ name, isActedBy }) => {
  const cells = rowsOf(settingsPage).get(`\`${String(name)}\``);
  expect(cells?.[5]?.includes('nothing here acts by it')).toBe(!isActedBy);
});

test('cli.md has every command with its options, and the exit codes', () => {
  const text = cliPage.render(ROOT);
  expect(text).toMatch(/^## odradek topic create$/m);
  expect(text).toMatch(/^\| `--partitions <count>`/m);
  expect(rowsOf(cliPage).get('3')?.[1]).toMatch(/log verify/);
});

describe('docs:reference', () => {
  const folder = temporaryFolder('reference');
  const pages = [{ file: 'page.md', render: () => '# Page\n' }];
  const path = join(folder.path, 'page.md');
  let told: string[] = [];

  beforeEach(() => {
    told = [];
    jest.spyOn(console, 'error').mockImplementation((line: string) => void told.push(line));
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => folder.remove());

  test('--check fails while a page is missing or stale, and writes nothing', () => {
    expect(main(folder.path, ['--check'], pages)).toBe(1);
    expect(told[0]).toBe('page.md is stale');
    expect(main(folder.path, [], pages)).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('# Page\n');
    expect(main(folder.path, ['--check'], pages)).toBe(0);
    writeFileSync(path, '# Other\n');
    expect(main(folder.path, ['--check'], pages)).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe('# Other\n');
  });

  test('takes no other option', () => {
    expect(main(folder.path, ['--chekc'], pages)).toBe(1);
    expect(told).toEqual(['docs:reference: --chekc is no option, only --check is']);
  });
});

test.each`
  what                     | made                               | expected
  ${'a bar in a cell'}     | ${cell('a|b')}                     | ${'a\\|b'}
  ${'what would be a tag'} | ${cell('<group>')}                 | ${'\\<group>'}
  ${'a line break'}        | ${cell('a\n  b')}                  | ${'a b'}
  ${'code'}                | ${code('a|b')}                     | ${'`a\\|b`'}
  ${'no code'}             | ${code('')}                        | ${''}
  ${'a table'}             | ${table(['A', 'B'], [['1', '2']])} | ${'| A | B |\n| --- | --- |\n| 1 | 2 |'}
`('Markdown: $what', ({ made, expected }) => {
  expect(made).toBe(expected);
});

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { temporaryFolder } from '../builders/process';

const SCRIPT = join(__dirname, '../../scripts/check-links.cjs');
const folder = temporaryFolder('links');

beforeAll(() => {
  const headings = '# One `two` — three!\n\n## Twice\n\n## Twice\n\n```\n# not a heading\n```\n';
  writeFileSync(join(folder.path, 'other.md'), headings);
});
afterAll(() => folder.remove());

function check(text: string): { readonly code: number | null; readonly complaints: string[] } {
  writeFileSync(join(folder.path, 'page.md'), text);
  const result = spawnSync(process.execPath, [SCRIPT, 'page.md'], {
    cwd: folder.path,
    encoding: 'utf8',
  });
  return {
    code: result.status,
    complaints: result.stderr.split('\n').filter((line) => line !== ''),
  };
}

test.each`
  text                               | because
  ${'[a](other.md)'}                 | ${'the file is there'}
  ${'[a](other.md#one-two--three)'}  | ${'the heading is there, spelled as GitHub does'}
  ${'[a](other.md#twice-1)'}         | ${'headings that are alike are numbered'}
  ${'# Here\n\n[a](#here)'}          | ${'the heading is in the same file'}
  ${'[a](https://example.org/x.md)'} | ${'other places are not asked'}
  ${'```\n[a](nowhere.md)\n```'}     | ${'code is not followed'}
  ${'say `[a](nowhere.md)`'}         | ${'code is not followed'}
`('$text is in order: $because', ({ text }) => {
  expect(check(text)).toEqual({ code: 0, complaints: [] });
});

test.each`
  text                                  | complaint
  ${'line one\n\n[a](nowhere.md)'}      | ${'page.md:3: nowhere.md: no such file'}
  ${'![a](nowhere.svg)'}                | ${'page.md:1: nowhere.svg: no such file'}
  ${'[a](other.md#gone)'}               | ${'page.md:1: other.md#gone: no such heading'}
  ${'[a](other.md#not-a-heading)'}      | ${'page.md:1: other.md#not-a-heading: no such heading'}
  ${'| [a](other.md) | [b](gone.md) |'} | ${'page.md:1: gone.md: no such file'}
`('$text is found: $complaint', ({ text, complaint }) => {
  expect(check(text)).toEqual({ code: 1, complaints: [complaint] });
});

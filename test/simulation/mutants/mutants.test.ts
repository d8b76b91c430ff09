import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS } from '.';
import { patched } from './patch';

const root = join(__dirname, '..', '..', '..');

describe('planted bugs', () => {
  test('have names of their own that fit a file and a command', () => {
    const names = MUTANTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9-]+$/);
  });

  test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '%s fits the product as it is',
    (_name, { patches }) => {
      for (const patch of patches) {
        const path = join(root, patch.file);
        expect(existsSync(path)).toBe(true);
        const source = readFileSync(path, 'utf8');
        expect(patched(source, patch)).not.toBe(source);
      }
    },
  );
});

describe('a patch', () => {
  const patch = { file: 'a.ts', find: 'x > y', replace: 'x >= y' };

  test('changes the one place and nothing else', () => {
    expect(patched('if (x > y) return $1;', patch)).toBe('if (x >= y) return $1;');
  });

  test.each`
    source                 | because
    ${'if (x < y)'}        | ${'the text is gone'}
    ${'x > y || !(x > y)'} | ${'the text is there twice'}
  `('is refused when $because', ({ source }: { source: string }) => {
    expect(() => patched(source, patch)).toThrow(/a\.ts .*text to patch/);
  });
});

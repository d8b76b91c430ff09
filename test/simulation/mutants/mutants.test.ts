import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { MUTANTS } from '.';
import { patched } from './patch';

const root = join(__dirname, '..', '..', '..');

describe('planted bugs', () => {
  test('have names of their own that fit a file and a command', () => {
    const names = MUTANTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9-]+$/);
  });

  test('are found, at least as many as make a simulation worth its name', () => {
    expect(MUTANTS.filter(({ seedsNeeded }) => seedsNeeded !== undefined).length).toBeGreaterThan(
      14,
    );
  });

  test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '%s fits the product as it is',
    (_name, { patches }) => {
      const sources = new Map<string, string>();
      for (const patch of patches) {
        const { file } = patch;
        const source = sources.get(file) ?? readFileSync(join(root, file), 'utf8');
        sources.set(file, patched(source, patch));
      }
      for (const source of sources.values())
        expect(() => transformSync(source, { loader: 'ts' })).not.toThrow();
      expect(sources.size).toBeGreaterThan(0);
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

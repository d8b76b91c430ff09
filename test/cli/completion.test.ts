/** The script for bash is run by bash; the others are read, and run where their shell is there. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { bashScript } from '../../src/cli/completion/bash';
import { fishScript } from '../../src/cli/completion/fish';
import { wordsOf } from '../../src/cli/completion/tree';
import { zshScript } from '../../src/cli/completion/zsh';
import { wholeProgram } from '../../src/cli/program';
import { odradek } from '../builders/odradek-process';
import { temporaryFolder } from '../builders/process';

const words = wordsOf(wholeProgram());
const folder = temporaryFolder('completion');

beforeAll(() => {
  const contexts = '#!/bin/sh\nprintf "prod\\ntest\\n"\n';
  writeFileSync(join(folder.path, 'odradek'), contexts, { mode: 0o755 });
  writeFileSync(join(folder.path, 'odradek.bash'), bashScript(words));
});
afterAll(() => folder.remove());

/** What bash offers after `line`, whose last word is the one being typed. */
function offered(line: string): string[] {
  const typed = line.split(' ');
  const script = [
    `PATH=${folder.path}:$PATH`,
    `source ${join(folder.path, 'odradek.bash')}`,
    `COMP_WORDS=(${typed.map((word) => `'${word}'`).join(' ')})`,
    `COMP_CWORD=${String(typed.length - 1)}`,
    '_odradek',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n');
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

test.each`
  line                                | expected                                        | because
  ${'odradek to'}                     | ${['topic']}                                    | ${'commands'}
  ${'odradek topic '}                 | ${expect.arrayContaining(['create', 'delete'])} | ${'commands of a command'}
  ${'odradek topic de'}               | ${['describe', 'delete']}                       | ${'in the order of the help'}
  ${'odradek topic create --part'}    | ${['--partitions']}                             | ${'options'}
  ${'odradek topic list -o '}         | ${['table', 'json', 'yaml']}                    | ${'choices of an option'}
  ${'odradek topic list --output j'}  | ${['json']}                                     | ${'also by its long name'}
  ${'odradek --he'}                   | ${['--help']}                                   | ${'options of the program'}
  ${'odradek topic list --context '}  | ${['prod', 'test']}                             | ${'names of contexts'}
  ${'odradek context use p'}          | ${['prod']}                                     | ${'names of contexts as arguments'}
  ${'odradek completion z'}           | ${['zsh']}                                      | ${'choices of an argument'}
  ${'odradek perf cl'}                | ${[]}                                           | ${'what is hidden stays so'}
  ${'odradek topic create --config '} | ${[]}                                           | ${'a value that nobody can know'}
`('"$line": $because', ({ line, expected }) => {
  expect(offered(line)).toEqual(expected);
});

test.each([
  ['zsh', zshScript(words), ['-n']],
  ['fish', fishScript(words), ['--no-execute']],
] as const)(
  '%s: the script names every command, and its shell takes it',
  (shell, script, check) => {
    for (const [name, option] of [
      ['create', '--partitions'],
      ['describe', '--output'],
    ]) {
      expect(script).toContain(name);
      expect(script).toContain(shell === 'fish' ? option?.slice(2) : option);
    }
    const file = join(folder.path, `odradek.${shell}`);
    writeFileSync(file, script);
    const { error, status, stderr } = spawnSync(shell, [...check, file], { encoding: 'utf8' });
    // Where the shell is not installed, only the text was looked at.
    const isMissing = error !== undefined && 'code' in error && error.code === 'ENOENT';
    expect(isMissing || status === 0 ? '' : stderr).toBe('');
  },
);

test('the command prints them', async () => {
  expect((await odradek('completion', 'bash')).stdout).toBe(bashScript(words));
  expect(await odradek('completion', 'csh')).toMatchObject({ code: 2 });
});

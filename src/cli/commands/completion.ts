/** `odradek completion`: a script, made from the tree of commands, that a shell loads. */
import { Argument } from 'commander';
import type { Command } from 'commander';

import { print } from '../output';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

export function define(command: Command, wholeProgram: () => Command): void {
  command
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText(
      'after',
      '\nLoad it with: source <(odradek completion bash), source <(odradek completion zsh),' +
        '\nor odradek completion fish | source',
    )
    .action((shell: Shell) => print(scriptFor(shell, wholeProgram()).trimEnd()));
}

function scriptFor(shell: Shell, program: Command): string {
  const { wordsOf } = require('../completion/tree') as typeof import('../completion/tree');
  const words = wordsOf(program);
  switch (shell) {
    case 'bash':
      return (require('../completion/bash') as typeof import('../completion/bash')).bashScript(
        words,
      );
    case 'zsh':
      return (require('../completion/zsh') as typeof import('../completion/zsh')).zshScript(words);
    case 'fish':
      return (require('../completion/fish') as typeof import('../completion/fish')).fishScript(
        words,
      );
  }
}

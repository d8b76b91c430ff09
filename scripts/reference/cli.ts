/** docs/reference/cli.md, from the tree of commands. */
import type { Argument, Command, Option } from 'commander';

import { EXIT_CODES } from '../../src/cli/exit-codes';
import { wholeProgram } from '../../src/cli/program';
import { cell, code, page, table } from './page';
import type { Page } from './page';

function defaultOf({ defaultValue, defaultValueDescription, required, optional }: Option): string {
  if (defaultValueDescription !== undefined) return cell(defaultValueDescription);
  // A switch is off unless it is given.
  if (defaultValue === undefined || (!required && !optional)) return '';
  return code(typeof defaultValue === 'string' ? defaultValue : JSON.stringify(defaultValue));
}

function description({ description: text, argChoices }: Argument | Option): string {
  const choices = argChoices === undefined ? '' : `one of ${argChoices.map(code).join(', ')}`;
  return [cell(text), choices].filter((part) => part !== '').join('; ');
}

function optionsOf({ options }: Command): string {
  const rows = options
    .filter(({ hidden }) => !hidden)
    .map((option) => [code(option.flags), defaultOf(option), description(option)]);
  return rows.length === 0 ? '' : table(['Option', 'Default', ''], rows);
}

function argumentsOf({ registeredArguments }: Command): string {
  const rows = registeredArguments
    .filter((argument) => argument.description !== '')
    .map((argument) => [code(argument.name()), description(argument)]);
  return rows.length === 0 ? '' : table(['Argument', ''], rows);
}

function usageOf(command: Command, path: string): string {
  const names = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const options = command.options.length > 0 ? ['[options]'] : [];
  return code([path, ...options, ...names].join(' '));
}

/** A command and all below it, each under a heading of its own; those that only have commands get none for themselves. */
function sections(command: Command, path: string): string[] {
  const isGroup = command.commands.length > 0;
  const own = [
    `## ${path}`,
    command.description() === '' ? '' : `${cell(command.description())}.`,
    isGroup ? '' : usageOf(command, path),
    argumentsOf(command),
    optionsOf(command),
  ];
  const below = command.commands.flatMap((each) => sections(each, `${path} ${each.name()}`));
  return [...own.filter((part) => part !== ''), ...below];
}

export const cliPage: Page = {
  file: 'docs/reference/cli.md',
  render: () => {
    const program = wholeProgram();
    const name = program.name();
    return page(
      'Commands',
      `Every command of \`${name}\` with its options. \`--help\` after any of them prints the same.`,
      '## How commands end',
      table(
        ['Exit code', 'Meaning'],
        Object.values(EXIT_CODES).map(({ code: number, meaning }) => [
          String(number),
          cell(meaning),
        ]),
      ),
      ...program.commands.flatMap((command) => sections(command, `${name} ${command.name()}`)),
    );
  },
};

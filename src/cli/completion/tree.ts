/** The commands and options of a program, as completion needs them. */
import type { Argument, Command, Option } from 'commander';

/** What the shell offers for a value: fixed words, names of contexts, files, or nothing. */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'contexts' | 'files' | 'none' };

export interface OptionWords {
  /** `-o` and `--output`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** `undefined` for an option that takes no value. */
  readonly values: Values | undefined;
}

export interface CommandWords {
  /** From the program down, without it: `['topic', 'create']`; empty for the program. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** What may stand where no option and no subcommand does. */
  readonly argument: Values;
  readonly commands: readonly CommandWords[];
}

const HELP: OptionWords = { flags: ['-h', '--help'], description: 'print help', values: undefined };
const NONE: Values = { kind: 'none' };

export function wordsOf(command: Command, path: readonly string[] = []): CommandWords {
  const isContext = path[0] === 'context';
  const shown = new Set(command.createHelp().visibleCommands(command));
  return {
    path,
    description: command.description(),
    options: [...command.options.filter(({ hidden }) => !hidden).map(optionWords), HELP],
    argument: argumentValues(command.registeredArguments[0], isContext),
    commands: command.commands
      .filter((each) => shown.has(each))
      .map((each) => wordsOf(each, [...path, each.name()])),
  };
}

/** The command itself and all below it. */
export function everyCommand(command: CommandWords): CommandWords[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

function optionWords(option: Option): OptionWords {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  const takesValue = option.required || option.optional;
  return {
    flags,
    description: option.description,
    values: takesValue ? optionValues(option) : undefined,
  };
}

function optionValues(option: Option): Values {
  if (option.argChoices) return { kind: 'words', words: option.argChoices };
  if (option.long === '--context') return { kind: 'contexts' };
  return /<(file|folder)>/.test(option.flags) ? { kind: 'files' } : NONE;
}

function argumentValues(argument: Argument | undefined, isContext: boolean): Values {
  if (argument?.argChoices) return { kind: 'words', words: argument.argChoices };
  if (isContext && argument?.name() === 'name') return { kind: 'contexts' };
  return argument !== undefined && /file|folder|dir/.test(argument.name())
    ? { kind: 'files' }
    : NONE;
}

/** Completion for fish: one line for each word that may follow a command. */
import { everyCommand } from './tree';
import type { CommandWords, OptionWords, Values } from './tree';

export function fishScript(root: CommandWords): string {
  const commands = everyCommand(root);
  const steps = commands.slice(1).map(
    ({ path }) =>
      `            case ${quoted(`${path.slice(0, -1).join(' ')} ${path.at(-1) ?? ''}`)}
                set command ${quoted(path.join(' '))}`,
  );
  return `# Completion of odradek for fish. Load it with: odradek completion fish | source
function __odradek_command
    set -l command ''
    set -l words (commandline -opc)
    for word in $words[2..-1]
        switch "$command $word"
${steps.join('\n')}
        end
    end
    echo $command
end
function __odradek_at
    test "$(__odradek_command)" = "$argv[1]"
end
complete -c odradek -f
${commands.flatMap(linesOf).join('\n')}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}

function linesOf(command: CommandWords): string[] {
  const start = `complete -c odradek -n ${quoted(`__odradek_at '${command.path.join(' ')}'`)}`;
  const names = command.commands.map(
    ({ path, description }) => `${start} -a ${quoted(path.at(-1) ?? '')} -d ${quoted(description)}`,
  );
  const argument = command.argument.kind === 'none' ? [] : [`${start} ${offer(command.argument)}`];
  return [
    ...names,
    ...argument,
    ...command.options.map((option) => `${start} ${optionLine(option)}`),
  ];
}

function optionLine({ flags, description, values }: OptionWords): string {
  const words = flags.map((flag) =>
    flag.startsWith('--') ? `-l ${quoted(flag.slice(2))}` : `-s ${quoted(flag.slice(1))}`,
  );
  const value = values === undefined ? '' : ` -r ${offer(values)}`;
  return `${words.join(' ')}${value} -d ${quoted(description)}`;
}

function offer(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `-a ${quoted(values.words.join(' '))}`;
    case 'contexts':
      return `-a '(odradek context names 2>/dev/null)'`;
    case 'files':
      return '-F';
    case 'none':
      return '-f';
  }
}

/** Completion for zsh: the command is found in the line, and its words are offered with their descriptions. */
import { everyCommand } from './tree';
import type { CommandWords, OptionWords, Values } from './tree';

export function zshScript(root: CommandWords): string {
  const commands = everyCommand(root);
  return `#compdef odradek
# Completion of odradek for zsh. Load it with: source <(odradek completion zsh)
_odradek() {
  local command="" word
  local -a offered
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$command $word" in
${commands.slice(1).map(stepCase).join('\n')}
    esac
  done
  case "$command:\${words[CURRENT-1]}" in
${commands.flatMap((each) => valueCases(each)).join('\n')}
  esac
  case "$command" in
${commands.map(wordCase).join('\n')}
  esac
}
compdef _odradek odradek
`;
}

/** One word for the shell, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A word and what it means, as _describe takes them. */
function described(word: string, description: string): string {
  return quoted(description === '' ? word : `${word.replaceAll(':', '\\:')}:${description}`);
}

function stepCase({ path }: CommandWords): string {
  const before = path.slice(0, -1).join(' ');
  return `      ${quoted(`${before} ${path.at(-1) ?? ''}`)}) command=${quoted(path.join(' '))} ;;`;
}

function valueCases({ path, options }: CommandWords): string[] {
  return options.flatMap(({ flags, values }: OptionWords) =>
    values === undefined
      ? []
      : flags.map(
          (flag) => `    ${quoted(`${path.join(' ')}:${flag}`)}) ${offer(values)}; return ;;`,
        ),
  );
}

function offer(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `compadd -- ${values.words.map(quoted).join(' ')}`;
    case 'contexts':
      return 'compadd -- ${(f)"$(odradek context names 2>/dev/null)"}';
    case 'files':
      return '_files';
    case 'none':
      return ':';
  }
}

function wordCase({ path, options, argument, commands }: CommandWords): string {
  const names = commands.map((each) => described(each.path.at(-1) ?? '', each.description));
  const flags = options.flatMap(({ flags: all, description }) =>
    all.filter((flag) => flag.startsWith('--')).map((flag) => described(flag, description)),
  );
  const subcommands =
    names.length === 0 ? [] : [`offered=(${names.join(' ')}); _describe command offered;`];
  const values = argument.kind === 'none' ? [] : [`${offer(argument)};`];
  const plain = [...subcommands, ...values].join(' ') || ':;';
  return `    ${quoted(path.join(' '))})
      if [[ "\${words[CURRENT]}" == -* ]]; then offered=(${flags.join(' ')}); _describe option offered;
      else ${plain} fi ;;`;
}

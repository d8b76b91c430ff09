/** Completion for bash: one function that finds the command in the line and offers what it takes. */
import { everyCommand } from './tree';
import type { CommandWords, OptionWords, Values } from './tree';

const CONTEXT_NAMES = '$(odradek context names 2>/dev/null)';

export function bashScript(root: CommandWords): string {
  const commands = everyCommand(root);
  return `# Completion of odradek for bash. Load it with: source <(odradek completion bash)
_odradek() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local command="" word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$command $word" in
${commands.slice(1).map(stepCase).join('\n')}
    esac
  done
  COMPREPLY=()
  case "$command:$previous" in
${commands.flatMap((each) => valueCases(each)).join('\n')}
  esac
  case "$command" in
${commands.map(wordCase).join('\n')}
  esac
}
complete -o default -F _odradek odradek
`;
}

function quoted(text: string): string {
  return `"${text}"`;
}

/** From one command to the next, word by word. */
function stepCase({ path }: CommandWords): string {
  return `      ${quoted(`${path.slice(0, -1).join(' ')} ${path.at(-1) ?? ''}`)}) command=${quoted(path.join(' '))} ;;`;
}

/** What follows an option that takes a value. */
function valueCases({ path, options }: CommandWords): string[] {
  return options.flatMap(({ flags, values }: OptionWords) =>
    values === undefined
      ? []
      : flags.map(
          (flag) => `    ${quoted(`${path.join(' ')}:${flag}`)}) ${offer(values)} return ;;`,
        ),
  );
}

function offer(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `COMPREPLY=($(compgen -W "${values.words.join(' ')}" -- "$current"));`;
    case 'contexts':
      return `COMPREPLY=($(compgen -W "${CONTEXT_NAMES}" -- "$current"));`;
    case 'files':
      return 'COMPREPLY=($(compgen -f -- "$current"));';
    case 'none':
      return '';
  }
}

function wordCase({ path, options, argument, commands }: CommandWords): string {
  const names = commands.map((each) => each.path.at(-1) ?? '');
  const values =
    argument.kind === 'words'
      ? argument.words
      : argument.kind === 'contexts'
        ? [CONTEXT_NAMES]
        : [];
  const flags = options.flatMap((option) => option.flags.filter((flag) => flag.startsWith('--')));
  const plain = [...names, ...values].join(' ');
  const files = argument.kind === 'files' ? ' COMPREPLY+=($(compgen -f -- "$current"));' : '';
  return `    ${quoted(path.join(' '))})
      if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "${flags.join(' ')}" -- "$current"));
      else COMPREPLY=($(compgen -W "${plain}" -- "$current"));${files} fi ;;`;
}

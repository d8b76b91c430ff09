/** The one question before something is destroyed. */
import { createInterface } from 'node:readline/promises';

import type { ConfirmOptions } from './arguments';
import { OperatorError } from './failure';

/** Where the question goes, and who answers. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * Returns once the person has agreed to `what` ("delete topic orders, with its data"), at once with `--yes`.
 * Throws, and so ends the command as `refused`, on any other answer, and where nobody is there to be asked.
 */
export async function confirm(
  what: string,
  options: ConfirmOptions,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Promise<void> {
  if (options.yes) return;
  if (terminal.input.isTTY !== true)
    throw new OperatorError(`to ${what} where nobody can be asked, give --yes`, {
      exit: 'refused',
    });
  const answer = await ask(`${what}? [y/N] `, terminal);
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new OperatorError('not confirmed: nothing was changed', { exit: 'refused' });
}

/** The end of the input is an answer too: none. */
async function ask(question: string, terminal: Terminal): Promise<string> {
  const reader = createInterface({ input: terminal.input, output: terminal.output });
  const ended = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
  try {
    return await Promise.race([reader.question(question), ended]);
  } finally {
    reader.close();
  }
}

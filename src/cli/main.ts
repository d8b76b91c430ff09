/** The `odradek` command. */
import { CommanderError } from 'commander';

import { endWith } from './exit-codes';
import { describeFailure, exitCodeOf } from './failure';
import { programFor } from './program';
import { beMortalAsFirstProcess } from './signals';

/** Whoever reads the output may have enough before its end, as `head` has. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

/**
 * Runs the command line `argv` (with node and script in front). A failure is told on standard error; the process
 * ends as `EXIT_CODES` say.
 */
export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', endWithReader);
  const words = argv.slice(2).filter((word) => !word.startsWith('-'));
  const requested = words[0] === 'help' ? words[1] : words[0];
  beMortalAsFirstProcess();
  try {
    await programFor(requested).parseAsync([...argv]);
  } catch (error) {
    // Commander has said already what is wrong with the command line, or printed the help that was asked for.
    if (error instanceof CommanderError) return endWith(error.exitCode === 0 ? 'ok' : 'usage');
    // Not left to the event loop: what failed halfway may hold it for long.
    process.stderr.write(`${describeFailure(error)}\n`, () => process.exit(exitCodeOf(error)));
  }
}

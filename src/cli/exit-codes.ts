/** How commands end. Scripts rely on the numbers, and the reference of the command line is made from this table. */

export const EXIT_CODES = {
  ok: { code: 0, meaning: 'Done, and nothing wrong was found.' },
  failure: {
    code: 1,
    meaning:
      'It did not work: nobody answers at the address, a setting or a file is wrong, or the cluster refused.',
  },
  usage: { code: 2, meaning: 'The command line is wrong; nothing was tried.' },
  found: {
    code: 3,
    meaning: 'It worked, and what it looked at is not well (`doctor`, `health`, `log verify`).',
  },
  notFound: { code: 4, meaning: 'What was named does not exist; nothing was changed.' },
  refused: {
    code: 5,
    meaning:
      'Not confirmed: the answer was no, or nobody could be asked and `--yes` was not given; nothing was changed.',
  },
  interrupted: { code: 130, meaning: 'Ended by Ctrl-C before it was done.' },
} as const satisfies Record<string, { readonly code: number; readonly meaning: string }>;

export type ExitName = keyof typeof EXIT_CODES;

/** Lets the command run to its end and then leave with this code: for a report that is whole, but not good news. */
export function endWith(name: ExitName): void {
  process.exitCode = EXIT_CODES[name].code;
}

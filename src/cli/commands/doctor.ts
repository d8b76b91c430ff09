/** `odradek doctor`: finds and explains what is wrong with a cluster. */
import type { Command } from 'commander';

import { wholeNumber, withPlaceOptions } from '../arguments';
import type { PlaceOptions } from '../arguments';
import { counted } from '../doctor/finding';
import type { Finding } from '../doctor/finding';
import { EXIT_CODES, endWith } from '../exit-codes';
import { lookAt } from '../look';
import { printValue } from '../output';

interface Options extends PlaceOptions {
  readonly watchSeconds: number;
}

const LONGEST_WATCH_SECONDS = 600;

export function define(command: Command): void {
  withPlaceOptions(command)
    .option(
      '--watch-seconds <n>',
      'how long moves of partitions are watched for progress',
      wholeNumber(0, LONGEST_WATCH_SECONDS),
      3,
    )
    .addHelpText(
      'after',
      `\nNothing is changed. Ends with ${String(EXIT_CODES.found.code)} if there is an error or a warning, with 0 if there are notes at most.`,
    )
    .action(run);
}

function inWords({ severity, check, what, where, evidence, why, mend }: Finding): string {
  return [
    `${severity.toUpperCase()}  ${what}  [${check}]`,
    `  where     ${where}`,
    `  evidence  ${evidence}`,
    `  why       ${why}`,
    `  mend      ${mend}`,
  ].join('\n');
}

function summary(findings: readonly Finding[]): string {
  const count = (severity: string): number =>
    findings.filter((each) => each.severity === severity).length;
  return `${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}, ${counted(count('note'), 'note')}`;
}

async function run(options: Options): Promise<void> {
  const { examine, isIll } = require('../doctor/examine') as typeof import('../doctor/examine');
  const picture = await lookAt(options, options.watchSeconds * 1_000);
  const findings = examine(picture);
  printValue(findings, options, () => [...findings.map(inWords), summary(findings)].join('\n\n'));
  if (isIll(findings)) endWith('found');
}

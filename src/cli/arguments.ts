/** Readers of options, and options that several commands share. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import type { LogLevel } from '../platform/log-areas';
import { OUTPUT_FORMATS } from './output';
import type { OutputOptions } from './output';
import { withEitherTarget, withTarget } from './target';

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = /^-?\d+$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      most === Number.MAX_SAFE_INTEGER
        ? `A whole number of ${String(least)} or more is needed.`
        : `A whole number from ${String(least)} to ${String(most)} is needed.`,
    );
  };
}

export const port = wholeNumber(0, 65_535);

/** For options of the form `--config key=value`, given any number of times. */
export function keyValue(
  text: string,
  previous: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('key=value is needed.');
  return { ...previous, [text.slice(0, equals).trim()]: text.slice(equals + 1) };
}

/** Named here once more: help loads nothing of a broker. */
const LOG_LEVELS = [
  'fatal',
  'error',
  'warn',
  'info',
  'debug',
  'trace',
] as const satisfies readonly LogLevel[];

export function logLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((each) => each === text);
  if (level === undefined)
    throw new InvalidArgumentError(`One of ${LOG_LEVELS.join(', ')} is needed.`);
  return level;
}

export interface LogOptions {
  readonly logLevel: LogLevel;
  readonly logJson: boolean;
}

/** Without `byDefault` the level is a setting's matter. */
export function withLogOptions(command: Command, byDefault?: LogLevel): Command {
  return command
    .option('--log-level <level>', `${LOG_LEVELS.join(', ')}`, logLevel, byDefault)
    .option('--log-json', 'log as JSON, one object a line', false);
}

export function withOutput(command: Command): Command {
  return command
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(OUTPUT_FORMATS).default('table'),
    )
    .addOption(new Option('--json', 'short for -o json').implies({ output: 'json' }));
}

export interface ConfirmOptions {
  readonly yes: boolean;
}

/** For commands that destroy something: see `confirm`. */
export function withConfirmation(command: Command): Command {
  return command.option('-y, --yes', 'do not ask', false);
}

export interface ClientOptions extends OutputOptions {
  readonly bootstrapServer: string;
  /** Client properties by their names in Kafka. */
  readonly properties: Readonly<Record<string, string>>;
}

/** For commands that speak to brokers. */
export function withClientOptions(command: Command): Command {
  return withOutput(withTarget(command, 'bootstrapServer'));
}

export interface ZooKeeperOptions extends OutputOptions {
  /** `host:port,…/chroot`. */
  readonly zookeeper: string;
}

/** For commands that look into ZooKeeper. */
export function withZooKeeperOptions(command: Command): Command {
  return withOutput(withTarget(command, 'zookeeper'));
}

/** At least one of the two addresses is there. */
export interface PlaceOptions extends OutputOptions {
  readonly bootstrapServer?: string;
  readonly zookeeper?: string;
  /** Client properties by their names in Kafka. */
  readonly properties: Readonly<Record<string, string>>;
}

/** For commands that ask brokers, ZooKeeper, or both, whichever they are told of. */
export function withPlaceOptions(command: Command): Command {
  return withOutput(withEitherTarget(command));
}

/** What an operator reads when a command fails: one clear line for what they can mend, a stack for a bug. */

import { EXIT_CODES } from './exit-codes';
import type { ExitName } from './exit-codes';

export interface OperatorErrorOptions extends ErrorOptions {
  /** How the process ends; `failure` unless given. */
  readonly exit?: ExitName;
}

/** Something that the person at the command line can mend; the message says what and how. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly exit: ExitName;
  constructor(message: string, options: OperatorErrorOptions = {}) {
    super(message, options);
    this.exit = options.exit ?? 'failure';
  }
}

/** For what was named on the command line and does not exist: "there is no topic x". */
export function notFound(message: string): OperatorError {
  return new OperatorError(message, { exit: 'notFound' });
}

export function exitCodeOf(error: unknown): number {
  return EXIT_CODES[error instanceof OperatorError ? error.exit : 'failure'].code;
}

/** Errors whose message is written for operators, by their class name: their modules are not loaded for this. */
const FOR_OPERATORS = new Set([
  'AdminError',
  'OperatorError',
  'ConfigError',
  'ClusterError',
  'NetworkError',
  'FileError',
  'MetaPropertiesError',
  'PerfError',
  'UnsupportedApiError',
  'ZooKeeperError',
  'ZooKeeperServerError',
]);

function isForOperators(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined;
  // StorageError is told by its code in the protocol: it has no name of its own.
  const isStorage = 'errorName' in error && error.errorName === 'KAFKA_STORAGE_ERROR';
  const isSystemError = typeof code === 'string' && /^E[A-Z]+$/.test(code);
  return (
    isStorage || FOR_OPERATORS.has(error.name) || error.name.startsWith('KafkaJS') || isSystemError
  );
}

function messageOf(error: Error): string {
  const isSilence = 'code' in error && error.code === 'OPERATION_TIMEOUT';
  if (isSilence && error.name === 'ZooKeeperError')
    return `no ZooKeeper answers (${error.message})`;
  const cause = error.cause instanceof Error ? error.cause.message : '';
  return error.message.includes(cause) ? error.message : `${error.message} (${cause})`;
}

export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `odradek: ${String(error)}`;
  if (!isForOperators(error)) return `odradek: unexpected failure\n${error.stack ?? error.message}`;
  return messageOf(error).replaceAll(/^/gm, 'odradek: ');
}

/** What a broker in a container takes from around it: the environment, a mounted file, the mounts, what commands print. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

import type { FromEnvironment } from '../config/environment';
import { OperatorError } from './failure';

/** Where the usual images look for a mounted server.properties; the first that is there counts. */
const MOUNTED_FILES = [
  '/mnt/shared/config/server.properties',
  '/etc/kafka/server.properties',
  '/opt/kafka/config/server.properties',
  '/bitnami/kafka/config/server.properties',
  '/opt/bitnami/kafka/config/server.properties',
];
const MOUNTS = '/proc/self/mountinfo';
const FIELD_OF_MOUNT_POINT = 4;
const COMMAND_TIMEOUT_MS = 10_000;

/** None where the system does not tell, which then has no containers either. */
function mountPoints(): string[] {
  if (!existsSync(MOUNTS)) return [];
  const lines = readFileSync(MOUNTS, 'utf8').split('\n');
  return lines.map((line) => line.split(' ')[FIELD_OF_MOUNT_POINT] ?? '');
}

/** The first line of what `command` prints. It is the operator's own, as the images document HOSTNAME_COMMAND. */
function run(command: string): string {
  try {
    const printed = execFileSync('/bin/sh', ['-c', command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: COMMAND_TIMEOUT_MS,
    });
    return printed.trim().split('\n')[0] ?? '';
  } catch (error) {
    throw new OperatorError(`the command '${command}' of the environment failed`, { cause: error });
  }
}

/** The mounted properties file, if there is one. */
export function mountedFile(): string | undefined {
  return MOUNTED_FILES.find((file) => existsSync(file));
}

/** Throws a `ConfigError` or an `OperatorError`. `file`: the settings that the environment goes over. */
export function readEnvironment(file: Readonly<Record<string, string>>): FromEnvironment {
  const { fromEnvironment } =
    require('../config/environment') as typeof import('../config/environment');
  return fromEnvironment(process.env, { file, mountPoints: mountPoints(), run });
}

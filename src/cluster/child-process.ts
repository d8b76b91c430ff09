/**
 * Runs a broker as a process of its own, `odradek broker FILE`, which can be killed or paused like any
 * other. The child says over its channel when it serves, and ends when this process does.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { formatProperties } from '../config/properties';
import { ClusterError } from './cluster-error';
import type { ClusterLog } from './log';
import type { ClusterOptions } from './options';
import type { LaunchBroker, RunningBroker } from './running-broker';

/** What a broker process tells the process that started it. */
export interface BrokerReady {
  readonly ready: true;
  readonly ports: Readonly<Record<string, number>>;
  readonly metricsPort?: number | undefined;
}

const LAUNCHER = join(__dirname, '..', '..', 'bin', 'odradek');
/** How much of what a broker complained about is kept for the error that tells of its end. */
const KEPT_COMPLAINT_CHARACTERS = 4_096;

function isReady(message: unknown): message is BrokerReady {
  return typeof message === 'object' && message !== null && 'ready' in message;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** Resolves with what it says once it serves; rejects when the process ends before it serves. */
function untilReady(child: ChildProcess, name: string): Promise<BrokerReady> {
  let complaint = '';
  child.stderr?.on('data', (text: string) => {
    complaint = (complaint + text).slice(-KEPT_COMPLAINT_CHARACTERS);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const how = signal ?? `code ${String(code)}`;
      reject(new ClusterError(`${name} ended (${how}) before it served\n${complaint}`.trim()));
    });
    child.on('message', (message) => {
      if (isReady(message)) resolve(message);
    });
  });
}

interface ChildSettings {
  /** Takes the properties files. */
  readonly directory: string;
  readonly options: ClusterOptions;
  readonly log: ClusterLog | undefined;
}

export function childProcess({ directory, options, log }: ChildSettings): LaunchBroker {
  const logArguments = [
    ...['--log-level', options.logLevel ?? 'error'],
    ...(options.logJson === true ? ['--log-json'] : []),
  ];
  return async (properties): Promise<RunningBroker> => {
    const name = `broker-${properties['broker.id'] ?? 'new'}`;
    const file = join(directory, `${name}.properties`);
    writeFileSync(file, formatProperties(properties));
    const child = fork(LAUNCHER, ['broker', file, ...logArguments], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr?.setEncoding('utf8');
    if (log) child.stderr?.on('data', (text: string) => log.show(text));
    const { ports, metricsPort } = await untilReady(child, name);
    child.unref();
    child.channel?.unref();
    return {
      port: Object.values(ports)[0] ?? 0,
      metricsPort,
      pid: child.pid ?? 0,
      stop: () => end(child, 'SIGTERM'),
      kill: () => end(child, 'SIGKILL'),
    };
  };
}

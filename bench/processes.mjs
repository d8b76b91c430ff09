/**
 * Child processes of a benchmark: their output goes to a file (a pipe would cost this process CPU time that the
 * brokers need), and each is ended by its own pid.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** What an error message shows of a process that failed. */
const SHOWN_OUTPUT_CHARS = 3000;
const running = new Set();
let isOver = false;

export class ChildProcess {
  #child;
  #logFile;

  constructor(command, args, logFile) {
    if (isOver) throw new Error('the benchmark has been told to end');
    this.#logFile = logFile;
    this.command = `${command} ${args.join(' ')}`;
    const log = openSync(logFile, 'w');
    this.#child = spawn(command, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    running.add(this);
    this.exited = once(this.#child, 'exit').then(
      ([code]) => code,
      () => null,
    );
    void this.exited.finally(() => running.delete(this));
  }

  get pid() {
    return this.#child.pid;
  }

  get isRunning() {
    return running.has(this);
  }

  output() {
    return readFileSync(this.#logFile, 'utf8');
  }

  failure(what) {
    return new Error(`${what}: ${this.command}\n${this.output().slice(-SHOWN_OUTPUT_CHARS)}`);
  }

  async end(signal = 'SIGTERM') {
    if (this.isRunning) this.#child.kill(signal);
    await this.exited;
  }
}

/** Runs a command to its end and gives what it printed. */
export async function run(command, args, logFile) {
  const child = new ChildProcess(command, args, logFile);
  const code = await child.exited;
  if (code !== 0) throw child.failure(`ended with ${code}`);
  return child.output();
}

/** Kills whatever this benchmark still has running; `forGood`: and lets nothing start any more. */
export async function endAll({ forGood = false } = {}) {
  isOver ||= forGood;
  await Promise.all([...running].map((child) => child.end('SIGKILL')));
}

/** Ports that were free a moment ago. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  for (const server of servers) server.close();
  return ports;
}

/** Asks again and again until the answer is neither false nor undefined. */
export async function until(what, attempt, { everyMs = 10, timeoutMs = 120_000 } = {}) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await attempt();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await sleep(everyMs);
  }
}

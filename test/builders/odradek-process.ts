import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const LAUNCHER = join(__dirname, '..', '..', 'bin', 'odradek');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface ProcessOptions {
  /** The command and all that it starts form a process group, as in a terminal. */
  readonly isGroup?: boolean;
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running `odradek` command, as a person at a terminal has it. */
export class OdradekProcess {
  static readonly #running = new Set<OdradekProcess>();
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #isGroup: boolean;
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[], options: ProcessOptions = {}) {
    this.#child = spawn(process.execPath, [LAUNCHER, ...args], {
      detached: options.isGroup ?? false,
      env: { ...process.env, ...options.env },
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.#ended = once(this.#child, 'close');
    this.#isGroup = options.isGroup ?? false;
    OdradekProcess.#running.add(this);
    this.#child.once('close', () => OdradekProcess.#running.delete(this));
  }

  /** Ends what a test that failed has left running. */
  static killAll(): void {
    for (const command of OdradekProcess.#running) {
      if (command.#isGroup) command.signalGroup('SIGKILL');
      else command.signal('SIGKILL');
    }
  }

  type(text: string): void {
    this.#child.stdin?.end(text);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  signalGroup(name: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, name);
  }

  /** Resolves with the first line that matches; rejects when the command ends without one. */
  async untilPrinted(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#stdout);
      if (match) return match;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(
          `ended without printing ${String(pattern)}:\n${this.#stdout}${this.#stderr}`,
        );
      }
      await Promise.race([once(this.#child.stdout ?? process.stdin, 'data'), this.#ended]);
    }
  }

  async outcome(): Promise<Outcome> {
    await this.#ended;
    return { code: this.#child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }
}

/** Runs a command to its end. */
export async function odradek(...args: string[]): Promise<Outcome> {
  const command = new OdradekProcess(args);
  command.type('');
  return command.outcome();
}

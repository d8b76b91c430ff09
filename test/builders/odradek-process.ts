import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LAUNCHER = join(__dirname, '..', '..', 'bin', 'odradek');

/** What a person keeps in their configuration must not decide a test: there is no such file. */
const NO_CONFIG = join(tmpdir(), 'odradek-test-without-config', 'config.yaml');

type Env = Readonly<Record<string, string>>;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface ProcessOptions {
  /** The command and all that it starts form a process group, as in a terminal. */
  readonly isGroup?: boolean;
  /** Variables beside those of this process. */
  readonly env?: Env;
}

/** A running `odradek` command, as a person at a terminal has it. */
export class OdradekProcess {
  static readonly #running = new Set<OdradekProcess>();
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #isGroup: boolean;
  readonly #heard = new EventEmitter();
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[], options: ProcessOptions = {}) {
    this.#child = spawn(process.execPath, [LAUNCHER, ...args], {
      detached: options.isGroup ?? false,
      env: { ...process.env, ODRADEK_CONFIG: NO_CONFIG, ...options.env },
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#heard.emit('text');
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#heard.emit('text');
    });
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
  untilPrinted(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#until(pattern, () => this.#stdout);
  }

  /** The same for standard error. */
  untilTold(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#until(pattern, () => this.#stderr);
  }

  async #until(pattern: RegExp, text: () => string): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(text());
      if (match) return match;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(
          `ended without printing ${String(pattern)}:\n${this.#stdout}${this.#stderr}`,
        );
      }
      await Promise.race([once(this.#heard, 'text'), this.#ended]);
    }
  }

  async outcome(): Promise<Outcome> {
    await this.#ended;
    return { code: this.#child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }
}

/** Runs a command to its end. */
export function odradek(...args: string[]): Promise<Outcome> {
  return odradekWith({}, ...args);
}

/** The same with variables of the environment. */
export async function odradekWith(env: Env, ...args: string[]): Promise<Outcome> {
  const command = new OdradekProcess(args, { env });
  command.type('');
  return command.outcome();
}

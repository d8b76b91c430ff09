/** Child processes of tests: started with their output kept, waited for by what they print, ended by their pid. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Enough of a long-lived server's output to see why it failed. */
const MAX_OUTPUT_CHARS = 4 * 1024 * 1024;

export interface RunningProcess {
  readonly pid: number;
  /** Standard output and standard error so far. */
  output(): string;
  /** Resolves once the output matches; rejects when the process ends or the time is over before. */
  until(pattern: RegExp, timeoutMs?: number): Promise<RegExpMatchArray>;
  signal(name: NodeJS.Signals): void;
  readonly exited: Promise<number | null>;
  readonly stdin: ChildProcess['stdin'];
}

export function startProcess(
  command: string,
  args: readonly string[],
  options: { readonly env?: Record<string, string>; readonly cwd?: string } = {},
): RunningProcess {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let text = '';
  let hasExited = false;
  const watchers = new Set<() => void>();
  const take = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-MAX_OUTPUT_CHARS);
    for (const watch of watchers) watch();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  child.stdin.on('error', () => undefined);
  const exited = new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      text += `\n${error.message}`;
      resolve(null);
    });
    child.on('close', resolve);
  }).then((code) => {
    hasExited = true;
    for (const watch of watchers) watch();
    return code;
  });
  const until = (pattern: RegExp, timeoutMs = 30_000): Promise<RegExpMatchArray> =>
    new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        watchers.delete(check);
        settle();
      };
      const fail = (why: string): void =>
        finish(() =>
          reject(new Error(`${command} ${why} before ${String(pattern)}:\n${text.slice(-8000)}`)),
        );
      const check = (): void => {
        const match = pattern.exec(text);
        if (match) finish(() => resolve(match));
        else if (hasExited) fail('ended');
      };
      const timer = setTimeout(() => fail('took too long'), timeoutMs);
      watchers.add(check);
      check();
    });
  return {
    pid: child.pid ?? -1,
    output: () => text,
    until,
    signal: (name) => {
      if (!hasExited && child.pid !== undefined) process.kill(child.pid, name);
    },
    exited,
    stdin: child.stdin,
  };
}

/** Runs a command to its end; rejects with its output if it fails or takes too long. */
export async function run(
  command: string,
  args: readonly string[],
  options: {
    readonly env?: Record<string, string>;
    readonly input?: string;
    readonly timeoutMs?: number;
    readonly cwd?: string;
  } = {},
): Promise<string> {
  const child = startProcess(command, args, options);
  child.stdin?.end(options.input ?? '');
  const timer = setTimeout(() => child.signal('SIGKILL'), options.timeoutMs ?? 60_000);
  const code = await child.exited;
  clearTimeout(timer);
  if (code !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}:\n${child.output()}`);
  }
  return child.output();
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer();
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A folder of its own under the system's temporary folder; removed by `remove`. */
export function temporaryFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `odradek-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Tries until `attempt` gives something other than `undefined`, or throws what it last threw. */
export async function eventually<T>(
  what: string,
  attempt: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const result = await attempt();
      if (result !== undefined) return result;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what}: not within ${String(timeoutMs)} ms`, { cause: lastError });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

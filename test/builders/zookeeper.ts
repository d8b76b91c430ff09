/**
 * ZooKeeper servers for tests: the embedded one, the real one (Debian's package), and `eachZooKeeper`, which
 * runs one suite against both, the real one only if ODRADEK_REAL_ZOOKEEPER=1.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { nodePlatform } from '../../src/platform/node';
import { ZooKeeperServer } from '../../src/zookeeper-server';

export interface ZooKeeperOptions {
  /** Kept after `stop`; without one, a temporary directory that `stop` removes. */
  readonly dataDir?: string;
  /** A free one if not given. */
  readonly port?: number;
  /** Sessions live 2 to 20 ticks. Short, so that tests need not wait long for an expiry. */
  readonly tickTimeMs?: number;
}

export interface RunningZooKeeper {
  readonly port: number;
  readonly connectString: string;
  /** Stops the server in good order. Sessions and znodes stay in `dataDir`. */
  stop(): Promise<void>;
  /** Ends it as a crash would; of the embedded server, which lives in this process, the same as `stop`. */
  kill(): Promise<void>;
}

export type StartZooKeeper = (options?: ZooKeeperOptions) => Promise<RunningZooKeeper>;

const DEFAULT_TICK_TIME_MS = 200;
/** Less than jest gives a `beforeAll` that starts one. */
const START_TIMEOUT_MS = 45_000;
const ANSWER_TIMEOUT_MS = 2_000;
const POLL_MS = 50;

function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'odradek-zookeeper-'));
}

export const startEmbeddedZooKeeper: StartZooKeeper = async (options = {}) => {
  const dataDirectory = options.dataDir ?? temporaryDirectory();
  const server = await ZooKeeperServer.start({
    platform: nodePlatform(),
    port: options.port ?? 0,
    dataDirectory,
    tickTimeMs: options.tickTimeMs ?? DEFAULT_TICK_TIME_MS,
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    if (options.dataDir === undefined) rmSync(dataDirectory, { recursive: true, force: true });
  };
  return { port: server.port, connectString: `127.0.0.1:${server.port}`, stop, kill: stop };
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The answer to a four-letter word; empty if nobody listens, or answers. */
export function askWord(port: number, word: string): Promise<string> {
  return new Promise((done) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(word));
    // A server that is just starting may take the connection and forget it.
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy());
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.on('error', () => undefined).on('close', () => done(answer));
  });
}

async function whenServing(child: ChildProcess, port: number, logFile: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  // It answers `ruok` before it serves sessions.
  while ((await askWord(port, 'isro')) !== 'rw') {
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Error(`ZooKeeper did not start:\n${readFileSync(logFile, 'utf8')}`);
    }
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

export const startRealZooKeeper: StartZooKeeper = async (options = {}) => {
  const dataDir = options.dataDir ?? temporaryDirectory();
  const port = options.port ?? (await freePort());
  const tickTimeMs = options.tickTimeMs ?? DEFAULT_TICK_TIME_MS;
  const logFile = join(dataDir, 'out.log');
  const log = openSync(logFile, 'a');
  const run = resolve(__dirname, '../../zk/run');
  // The script replaces itself by Java: the child's process id is the server's.
  const args = ['--data-dir', dataDir, '--port', `${port}`, '--set', `tickTime=${tickTimeMs}`];
  const child = spawn(run, args, { stdio: ['ignore', log, log] });
  closeSync(log);
  try {
    await whenServing(child, port, logFile);
  } catch (error) {
    await end(child, 'SIGKILL');
    throw error;
  }
  const endWith = (signal: NodeJS.Signals) => async (): Promise<void> => {
    await end(child, signal);
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  return {
    port,
    connectString: `127.0.0.1:${port}`,
    stop: endWith('SIGTERM'),
    kill: endWith('SIGKILL'),
  };
};

/** Runs `suite` on the embedded server and, if ODRADEK_REAL_ZOOKEEPER=1, on the real one. */
export function eachZooKeeper(suite: (start: StartZooKeeper) => void): void {
  describe('on the embedded ZooKeeper server', () => suite(startEmbeddedZooKeeper));
  if (process.env['ODRADEK_REAL_ZOOKEEPER'] !== '1') return;
  describe('on Apache ZooKeeper', () => suite(startRealZooKeeper));
}

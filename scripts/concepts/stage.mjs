/**
 * A stage for the scenes of docs/concepts: a ZooKeeper, brokers as processes, and a record of what each step did
 * to the znodes and what the brokers wrote to their logs meanwhile.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { ChildProcess, freePorts, until } from '../../bench/processes.mjs';
import { latestOffsets, metadataOf } from '../../bench/wire.mjs';
import { asText, byText, fieldsOf } from './transcript.mjs';

const require = createRequire(import.meta.url);
const { Kafka, logLevel } = require('kafkajs');
const { childrenIfExists, readIfExists } = require('../../dist/zookeeper/operations');

const LAUNCHER = fileURLToPath(new URL('../../bin/odradek', import.meta.url));
const SESSION_TIMEOUT_MS = 6000;
/** What follows from the last change, such as lines of other brokers, is part of a step. */
const AFTERMATH_MS = 400;
const SETTINGS = {
  'auto.leader.rebalance.enable': 'false',
  'group.initial.rebalance.delay.ms': '0',
  'offsets.topic.num.partitions': '5',
  'offsets.topic.replication.factor': '3',
  'zookeeper.session.timeout.ms': String(SESSION_TIMEOUT_MS),
};

/** Lines of a log that are whole; a process that was killed may have left a piece of one. */
function logEntries(text) {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

export class Stage {
  #folder = mkdtempSync(join(tmpdir(), 'odradek-scene-'));
  #brokers = new Map();
  #settings;
  #zookeeper;
  #session;
  #admin;
  #watched = [];
  #lines = /^$/;

  constructor(settings) {
    this.#settings = { ...SETTINGS, ...settings };
  }

  /** A ZooKeeper alone: brokers are started by the scene. */
  static async open(settings = {}) {
    const stage = new Stage(settings);
    await stage.#open();
    return stage;
  }

  async #open() {
    const [port] = await freePorts(1);
    const log = join(this.#folder, 'zookeeper.log');
    this.#zookeeper = new ChildProcess(
      process.execPath,
      [LAUNCHER, 'zookeeper', '--port', String(port)],
      log,
    );
    await until('ZooKeeper', () => this.#zookeeper.output().includes('serves at'));
    this.zookeeperConnect = `127.0.0.1:${port}`;
    const { connectZooKeeper } = require('../../dist/zookeeper/connect');
    const { nodePlatform } = require('../../dist/platform/node');
    this.#session = await connectZooKeeper({
      connect: this.zookeeperConnect,
      sessionTimeoutMs: 30_000,
      connectionTimeoutMs: 5000,
      platform: nodePlatform(),
    });
  }

  /** Starts a broker, or one that ended again, on its port and data; `settings` are its own. */
  async start(id, settings = {}) {
    const known = this.#brokers.get(id);
    const port = known?.port ?? (await freePorts(1))[0];
    const dataDirectory = join(this.#folder, `broker-${id}`);
    mkdirSync(dataDirectory, { recursive: true });
    const properties = {
      ...this.#settings,
      ...settings,
      'broker.id': id,
      listeners: `PLAINTEXT://127.0.0.1:${port}`,
      'log.dirs': dataDirectory,
      'zookeeper.connect': this.zookeeperConnect,
    };
    const file = join(this.#folder, `broker-${id}.properties`);
    const runs = (known?.runs ?? 0) + 1;
    writeFileSync(
      file,
      Object.entries(properties)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    const log = join(this.#folder, `broker-${id}.${runs}.log`);
    const child = new ChildProcess(process.execPath, [LAUNCHER, 'broker', file, '--log-json'], log);
    this.#brokers.set(id, {
      port,
      runs,
      child,
      dataDirectory,
      logs: [...(known?.logs ?? []), log],
    });
    await until(`broker ${id}`, () => {
      if (!child.isRunning) throw child.failure(`broker ${id} ended at its start`);
      return /"message":"started"/.test(child.output());
    });
  }

  async startAll(ids, settingsOf = () => ({})) {
    await Promise.all(ids.map((id) => this.start(id, settingsOf(id))));
    await this.whenFormed();
  }

  /** One after the other: the first is controller. */
  async startInOrder(ids) {
    for (const id of ids) await this.start(id);
    await this.whenFormed();
  }

  /** Every broker knows the controller and all others. */
  async whenFormed() {
    const ports = [...this.#brokers.values()].map(({ port }) => port);
    const isFormed = async (port) => {
      const { brokers, controller } = await metadataOf(port, []);
      return controller >= 0 && brokers === ports.length;
    };
    await Promise.all(ports.map((port) => until('a formed cluster', () => isFormed(port))));
  }

  /** `SIGKILL`, `SIGSTOP` and `SIGCONT` do not wait; `SIGTERM` waits for the end. */
  async signal(id, name) {
    const { child } = this.#brokers.get(id);
    if (name === 'SIGSTOP' || name === 'SIGCONT') process.kill(child.pid, name);
    else await child.end(name);
  }

  get bootstrap() {
    return [...this.#brokers.values()].map(({ port }) => `127.0.0.1:${port}`);
  }

  /** What this broker tells consumers of the end of the topic's first partition. */
  async highWatermarkAt(id, topic) {
    const [{ offset }] = await latestOffsets(this.#brokers.get(id).port, { [topic]: 1 });
    return offset;
  }

  dataDirectoryOf(id) {
    return this.#brokers.get(id).dataDirectory;
  }

  client(retries = 20) {
    const retry = { retries, initialRetryTime: 100, maxRetryTime: 500 };
    return new Kafka({ brokers: this.bootstrap, logLevel: logLevel.NOTHING, retry });
  }

  async admin() {
    if (this.#admin === undefined) {
      this.#admin = this.client().admin();
      await this.#admin.connect();
    }
    return this.#admin;
  }

  /** What the record shall hold from here on: znodes at and below these paths, and log lines that match. */
  watch(paths, lines) {
    this.#watched = paths;
    this.#lines = lines;
  }

  async value(path) {
    const found = await readIfExists(this.#session, path);
    return found && { text: found.data === null ? null : found.data.toString(), stat: found.stat };
  }

  create = (path, text) => this.#session.create(path, Buffer.from(text));

  delete = (path) => this.#session.delete(path, -1);

  /** Resolves once the JSON of a znode is as asked for. */
  untilZnode(path, isThere) {
    return until(path, async () => {
      const found = await this.value(path);
      return found?.text ? isThere(JSON.parse(found.text)) : false;
    });
  }

  /** Resolves once the znode is there, and not the one with this czxid. */
  async untilMade(path, oldCzxid) {
    await until(`a new ${path}`, async () => {
      const found = await this.value(path);
      return found !== undefined && found.stat.czxid !== oldCzxid;
    });
  }

  async untilGone(path) {
    await until(`end of ${path}`, async () => (await this.value(path)) === undefined);
  }

  async #snapshot() {
    const found = new Map();
    const visit = async (path) => {
      const node = await this.value(path);
      if (node === undefined) return;
      found.set(path, node);
      const children = await childrenIfExists(this.#session, path);
      for (const name of [...children].sort(byText))
        await visit(path === '/' ? `/${name}` : `${path}/${name}`);
    };
    for (const path of this.#watched) await visit(path);
    return found;
  }

  #linesSince(startMs) {
    return [...this.#brokers].flatMap(([id, { logs }]) =>
      logs
        .flatMap((log) => logEntries(readFileSync(log, 'utf8')))
        .map(({ timestamp, level, message, ...fields }) => ({
          id,
          level: level.toLowerCase(),
          atMs: Date.parse(timestamp),
          text: `${message}${fieldsOf(fields)}`,
        }))
        .filter(({ atMs, text }) => atMs >= startMs && this.#lines.test(text)),
    );
  }

  /** Does something, waits for its end, and gives as text what became of it. */
  async step(act) {
    const before = await this.#snapshot();
    const startMs = Date.now();
    await act();
    await sleep(AFTERMATH_MS);
    const after = await this.#snapshot();
    return asText({ startMs, before, after, lines: this.#linesSince(startMs) });
  }

  async close() {
    await this.#admin?.disconnect();
    await this.#session?.close();
    for (const { child } of this.#brokers.values()) {
      if (child.isRunning) process.kill(child.pid, 'SIGCONT');
      await child.end('SIGKILL');
    }
    await this.#zookeeper?.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

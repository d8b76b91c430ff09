/** One or more brokers of either system, each a process, with the same settings on both sides. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import { ChildProcess, freePorts, until } from './processes.mjs';
import { totalUsage } from './usage.mjs';
import { answers, metadataOf } from './wire.mjs';

/** Cost of asking too often is the same for both, and small beside the start of a process. */
const FIRST_ANSWER_POLL_MS = 5;

/** As Apache Kafka's own kafka-server-start and kafka-run-class start it. */
function kafkaArguments({ jars, root, heapMb }) {
  return [
    `-Xms${heapMb}m`,
    `-Xmx${heapMb}m`,
    '-server',
    '-XX:+UseG1GC',
    '-XX:MaxGCPauseMillis=20',
    '-XX:InitiatingHeapOccupancyPercent=35',
    '-XX:+ExplicitGCInvokesConcurrent',
    '-XX:MaxInlineLevel=15',
    `-Dlog4j.configuration=file:${join(root, 'test/builders/log4j.properties')}`,
    '-cp',
    join(jars, '*'),
    'kafka.Kafka',
  ];
}

/** The ephemeral znodes of a ZooKeeper server, by its four-letter word `dump`. */
function ephemeralZnodes(port) {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write('dump'));
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
    });
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

export class Cluster {
  #bench;
  #system;
  #chroot;
  #folder;
  #files = [];
  #brokers = [];

  /** `bench`: what all clusters of a run share (root, jars, heapMb, zookeeperPort). */
  constructor(bench, { system, folder, chroot }) {
    this.#bench = bench;
    this.#system = system;
    this.#chroot = chroot;
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  async configure(size, settings) {
    this.ports = await freePorts(size);
    this.#files = this.ports.map((port, index) => {
      const file = join(this.#folder, `${index}.properties`);
      const properties = {
        'broker.id': index,
        listeners: `PLAINTEXT://127.0.0.1:${port}`,
        'log.dirs': this.logDirectory(index),
        'zookeeper.connect': `127.0.0.1:${this.#bench.zookeeperPort}${this.#chroot}`,
        'offsets.topic.replication.factor': 1,
        'group.initial.rebalance.delay.ms': 0,
        ...settings,
      };
      const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
      writeFileSync(file, lines.join(''));
      return file;
    });
  }

  get bootstrap() {
    return this.ports.map((port) => `127.0.0.1:${port}`).join(',');
  }

  get size() {
    return this.ports.length;
  }

  logDirectory(index) {
    return join(this.#folder, `data-${index}`);
  }

  #spawn(file) {
    const log = `${file}.log`;
    if (this.#system === 'kafka') {
      return new ChildProcess('java', [...kafkaArguments(this.#bench), file], log);
    }
    const launcher = join(this.#bench.root, 'bin/odradek');
    return new ChildProcess(process.execPath, [launcher, 'broker', file], log);
  }

  /** Starts all brokers at once; gives the milliseconds until each has answered an ApiVersions request. */
  async start() {
    const startedAt = performance.now();
    this.#brokers = this.#files.map((file) => this.#spawn(file));
    await Promise.all(
      this.#brokers.map((broker, index) =>
        until(
          'first answer',
          () => {
            if (!broker.isRunning) throw broker.failure('ended at its start');
            return answers(this.ports[index]);
          },
          { everyMs: FIRST_ANSWER_POLL_MS },
        ),
      ),
    );
    return performance.now() - startedAt;
  }

  /** Waits until each broker knows all others and the controller. */
  async whenFormed() {
    const isFormed = async (port) => {
      const { brokers, controller } = await metadataOf(port, []);
      return brokers === this.size && controller >= 0;
    };
    await Promise.all(this.ports.map((port) => until('a formed cluster', () => isFormed(port))));
  }

  /** The brokers' CPU time, resident memory and peak memory, summed. */
  usage() {
    return totalUsage(this.#brokers.map((broker) => broker.pid));
  }

  /** Ends the brokers in good order. */
  async stop() {
    await Promise.all(this.#brokers.map((broker) => broker.end()));
  }

  /** Kills the brokers, then waits until ZooKeeper has forgotten them: Kafka does not start before. */
  async kill() {
    await Promise.all(this.#brokers.map((broker) => broker.end('SIGKILL')));
    await until('end of the sessions', async () => {
      const znodes = await ephemeralZnodes(this.#bench.zookeeperPort);
      return !znodes.includes(`${this.#chroot}/brokers/ids/`);
    });
  }

  async destroy() {
    await Promise.all(this.#brokers.map((broker) => broker.end('SIGKILL')));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

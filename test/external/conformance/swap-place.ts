/** The place that brokers are swapped in: one ZooKeeper, one address, two log directories, and a client that lives on. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { complaintsOf, dumpFiles } from '../../builders/dump-log';
import { startKafkaBroker, startOdradekBroker } from '../../builders/kafka';
import { eventually, freePorts, startProcess, temporaryFolder } from '../../builders/process';
import type { RunningProcess } from '../../builders/process';
import { startRealZooKeeper } from '../../builders/zookeeper';
import type { RunningZooKeeper } from '../../builders/zookeeper';

export type System = 'Odradek' | 'Kafka';

const PYTHON = process.env['ODRADEK_PYTHON'] ?? 'python3';
const SETTINGS = {
  'offsets.topic.num.partitions': '2',
  'offsets.topic.segment.bytes': '10000',
  'transaction.state.log.num.partitions': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  'log.cleaner.backoff.ms': '200',
  // A kill before the next checkpoint would bring deleted records back.
  'log.initial.task.delay.ms': '500',
  'log.flush.start.offset.checkpoint.interval.ms': '500',
  'zookeeper.session.timeout.ms': '2000',
};

/** What DumpLogSegments is asked, so that each file of a log is seen the way that shows most of it. */
const DUMPS = [
  { files: /^(codec-\w+|transactional)-\d\/\d+\.(log|index|timeindex)$/, isCompacted: false },
  { files: /compacted-\d\/\d+\.(log|index|timeindex)$/, isCompacted: true },
  { files: /\.(txnindex|snapshot)$/, isCompacted: false },
  { files: /\.(index|timeindex)$/, isCompacted: false, options: ['--index-sanity-check'] },
  {
    files: /^__consumer_offsets-\d\/.*\.(log|index|timeindex)$/,
    isCompacted: true,
    options: ['--offsets-decoder'],
  },
];

export class SwapPlace {
  readonly #folder = temporaryFolder('swap');
  readonly #directories = ['a', 'b'].map((name) => join(this.#folder.path, name));
  readonly #zookeeper: RunningZooKeeper;
  readonly #port: number;
  readonly #client: RunningProcess;
  #commands = 0;
  #broker: RunningProcess | undefined;

  private constructor(zookeeper: RunningZooKeeper, port: number) {
    this.#zookeeper = zookeeper;
    this.#port = port;
    const script = join(__dirname, 'swap_client.py');
    const bootstrap = `127.0.0.1:${String(port)}`;
    this.#client = startProcess(PYTHON, [script, bootstrap, this.#folder.path]);
  }

  static async open(): Promise<SwapPlace> {
    const zookeeper = await startRealZooKeeper();
    const [port = 0] = await freePorts(1);
    return new SwapPlace(zookeeper, port);
  }

  async close(): Promise<void> {
    this.#client.signal('SIGKILL');
    this.#broker?.signal('SIGKILL');
    await Promise.all([this.#client.exited, this.#broker?.exited]);
    await this.#zookeeper.stop();
    this.#folder.remove();
  }

  /** Has the client do something, and gives its answer. */
  async ask<T>(command: { readonly do: string; readonly [field: string]: unknown }): Promise<T> {
    const number = this.#commands++;
    this.#client.stdin?.write(`${JSON.stringify(command)}\n`);
    await this.#client.until(new RegExp(`done ${String(number)}\n`), 120_000);
    const file = join(this.#folder.path, `answer-${String(number)}.json`);
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  }

  async startBroker(system: System): Promise<void> {
    const place = {
      id: 1,
      port: this.#port,
      zookeeper: this.#zookeeper.connectString,
      folder: this.#folder.path,
      settings: { ...SETTINGS, 'log.dirs': this.#directories.join(',') },
    };
    const start = system === 'Kafka' ? startKafkaBroker : startOdradekBroker;
    // A killed broker's znode outlives it by its session, and Kafka does not start while it is there.
    this.#broker = await eventually(`a start of ${system}`, () => start(place), 60_000);
  }

  async endBroker(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#broker?.signal(signal);
    await this.#broker?.exited;
  }

  #folderOf(topic: string, partition: number): string {
    const name = `${topic}-${String(partition)}`;
    const found = this.#directories
      .map((each) => join(each, name))
      .find((path) => existsSync(path));
    if (found === undefined) throw new Error(`no log directory has ${name}`);
    return found;
  }

  /** What a partition's directory says of its topic's identity. */
  identityOf(topic: string, partition: number): string {
    return readFileSync(join(this.#folderOf(topic, partition), 'partition.metadata'), 'utf8');
  }

  /** What a checkpoint file of any directory says of a partition. */
  #checkpointed(file: string, topic: string, partition: number): number {
    const contents = this.#directories
      .map((directory) => join(directory, file))
      .map((path) => (existsSync(path) ? readFileSync(path, 'utf8') : ''));
    const pattern = new RegExp(`^${topic} ${String(partition)} (\\d+)$`, 'm');
    return Number(pattern.exec(contents.join('\n'))?.[1] ?? 0);
  }

  #baseOffsets(topic: string, partition: number): number[] {
    return readdirSync(this.#folderOf(topic, partition))
      .filter((name) => /^\d+\.log$/.test(name))
      .map((name) => parseInt(name, 10));
  }

  /** Waits until nothing but the active segment of the topic's only partition is left to clean. */
  async whenCleaned(topic: string): Promise<void> {
    await eventually(`${topic} cleaned`, () => {
      const cleaned = this.#checkpointed('cleaner-offset-checkpoint', topic, 0);
      return cleaned >= Math.max(...this.#baseOffsets(topic, 0)) || undefined;
    });
  }

  /** Waits until the disk tells that a partition's log starts at `offset`. */
  async whenStartKept(topic: string, partition: number, offset: number): Promise<void> {
    await eventually(`the start of ${topic} on disk`, () => {
      const kept = this.#checkpointed('log-start-offset-checkpoint', topic, partition);
      const first = Math.min(...this.#baseOffsets(topic, partition));
      return Math.max(kept, first) === offset || undefined;
    });
  }

  #files(pattern: RegExp): string[] {
    return this.#directories.flatMap((directory) =>
      readdirSync(directory, { recursive: true, encoding: 'utf8' })
        .filter((name) => pattern.test(name))
        .map((name) => join(directory, name)),
    );
  }

  /** What Kafka's own inspection finds wrong in any file of a log, after a broker stopped in order. */
  async complaints(): Promise<string[]> {
    const found: string[] = [];
    for (const { files: pattern, isCompacted, options = [] } of DUMPS) {
      const files = this.#files(pattern);
      const output = await dumpFiles(files, options);
      const dumped = output.match(/^Dumping /gm)?.length ?? 0;
      if (dumped !== files.length || dumped < 2) found.push(`${String(pattern)}: ${output}`);
      found.push(...complaintsOf(output, { isCompacted }));
    }
    return found;
  }
}

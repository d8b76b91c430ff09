/**
 * One broker beside Apache Kafka's, in turns on the same machine: 1 GB of 1 KB records through Kafka's own
 * ProducerPerformance and ConsumerPerformance, with the broker's CPU time, its memory, and the time from
 * start to the first answer. Only the ratios mean anything.
 *
 *     KAFKA_LIBS=folder-of-jars node bench/against-kafka.mjs [--records 1000000] [--rounds 1] [--heap 1024]
 *
 * Needs Java, the jars of Apache Kafka, Linux's /proc, and a build (`npm run build`).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    size: { type: 'string', default: '1024' },
    partitions: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '1' },
    heap: { type: 'string', default: '1024' },
  },
});
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const libs = process.env.KAFKA_LIBS;
if (!libs) throw new Error('KAFKA_LIBS must name the folder with the jars of Apache Kafka');
const log4j = `-Dlog4j.configuration=file:${join(root, 'test/builders/log4j.properties')}`;
const folder = mkdtempSync(join(tmpdir(), 'odradek-bench-'));
const CLOCK_TICKS_PER_SECOND = 100;
const MEBIBYTE_KIB = 1024;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

function start(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      child.text += chunk;
    });
  }
  return child;
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function java(mainClass, args) {
  const child = start('java', ['-Xmx512m', log4j, '-cp', join(libs, '*'), mainClass, ...args]);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${mainClass} failed:\n${child.text}`);
  return child.text;
}

/** Resolves once the broker has answered an ApiVersions request. */
async function firstAnswer(port) {
  const request = Buffer.from('0000000a00120000000000010000', 'hex');
  for (;;) {
    const answered = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(request));
      socket.on('data', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
      socket.on('close', () => resolve(false));
    });
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function usage(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND,
    peakMb: Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / MEBIBYTE_KIB,
  };
}

function propertiesFile(name, port, zookeeper) {
  const file = join(folder, `${name}.properties`);
  writeFileSync(
    file,
    [
      'broker.id=1',
      `listeners=PLAINTEXT://127.0.0.1:${port}`,
      `log.dirs=${join(folder, name)}`,
      `zookeeper.connect=127.0.0.1:${zookeeper}/${name}`,
      'offsets.topic.replication.factor=1',
      'offsets.topic.num.partitions=1',
      'group.initial.rebalance.delay.ms=0',
      '',
    ].join('\n'),
  );
  return file;
}

const BROKERS = {
  odradek: (file) => start(process.execPath, [join(root, 'bin/odradek'), 'broker', file]),
  kafka: (file) =>
    start('java', [
      `-Xms${options.heap}m`,
      `-Xmx${options.heap}m`,
      '-XX:+UseG1GC',
      log4j,
      '-cp',
      join(libs, '*'),
      'kafka.Kafka',
      file,
    ]),
};

async function measure(name, zookeeper, round) {
  const port = await freePort();
  const file = propertiesFile(`${name}-${round}`, port, zookeeper);
  const startedAt = performance.now();
  const broker = BROKERS[name](file);
  try {
    await Promise.race([
      firstAnswer(port),
      once(broker, 'exit').then(() => Promise.reject(new Error(`${name} ended:\n${broker.text}`))),
    ]);
    const startMs = performance.now() - startedAt;
    const bootstrap = `127.0.0.1:${port}`;
    await java('org.apache.kafka.tools.TopicCommand', [
      '--bootstrap-server',
      bootstrap,
      '--create',
      '--topic',
      'bench',
      '--partitions',
      options.partitions,
    ]);
    const idle = usage(broker.pid);
    const produced = await java('org.apache.kafka.tools.ProducerPerformance', [
      '--topic',
      'bench',
      '--num-records',
      options.records,
      '--record-size',
      options.size,
      '--throughput',
      '-1',
      '--producer-props',
      `bootstrap.servers=${bootstrap}`,
    ]);
    const afterProduce = usage(broker.pid);
    const consumed = await java('org.apache.kafka.tools.ConsumerPerformance', [
      '--topic',
      'bench',
      '--messages',
      options.records,
      '--bootstrap-server',
      bootstrap,
      '--timeout',
      '60000',
    ]);
    const afterConsume = usage(broker.pid);
    const produceLine = produced.trim().split('\n').at(-1);
    const consumeFields = consumed.trim().split('\n').at(-1).split(', ');
    return {
      startMs,
      idleMb: idle.peakMb,
      produceMbPerSecond: Number(/\(([\d.]+) MB\/sec\)/.exec(produceLine)[1]),
      produceAverageMs: Number(/([\d.]+) ms avg latency/.exec(produceLine)[1]),
      produceP99Ms: Number(/([\d.]+) ms 99th/.exec(produceLine)[1]),
      produceCpuSeconds: afterProduce.cpuSeconds - idle.cpuSeconds,
      consumeMbPerSecond: Number(consumeFields[3]),
      fetchMbPerSecond: Number(consumeFields[8]),
      consumeCpuSeconds: afterConsume.cpuSeconds - afterProduce.cpuSeconds,
      peakMb: afterConsume.peakMb,
    };
  } finally {
    await end(broker);
    rmSync(join(folder, `${name}-${round}`), { recursive: true, force: true });
  }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const zookeeperPort = await freePort();
const zookeeper = start(process.execPath, [
  join(root, 'bin/odradek'),
  'zookeeper',
  '--port',
  String(zookeeperPort),
  '--data-dir',
  join(folder, 'zookeeper'),
]);
const rounds = [];
try {
  for (let round = 1; round <= Number(options.rounds); round++) {
    const names = round % 2 === 1 ? ['odradek', 'kafka'] : ['kafka', 'odradek'];
    const result = {};
    for (const name of names) {
      result[name] = await measure(name, zookeeperPort, round);
      console.log(`round ${round} ${name}`, result[name]);
    }
    rounds.push(result);
  }
} finally {
  await end(zookeeper);
  rmSync(folder, { recursive: true, force: true });
}

console.log('\n| figure | odradek | kafka | odradek / kafka |\n| --- | --- | --- | --- |');
for (const figure of Object.keys(rounds[0].odradek)) {
  const [ours, theirs] = ['odradek', 'kafka'].map((name) =>
    median(rounds.map((round) => round[name][figure])),
  );
  const ratio = median(rounds.map((round) => round.odradek[figure] / round.kafka[figure]));
  console.log(`| ${figure} | ${ours.toFixed(1)} | ${theirs.toFixed(1)} | ${ratio.toFixed(2)} |`);
}

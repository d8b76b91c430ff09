/**
 * The four-letter words (org.apache.zookeeper.server.command): a client sends one instead of a session's
 * first frame and gets a text that operators' tools read.
 */
import type { Connection } from './connection';
import type { RequestProcessor } from './processor';
import type { Statistics } from './statistics';

/** Clients take features from this number: the protocol of ZooKeeper 3.8, without containers and time to live. */
const VERSION = '3.8.0-odradek';

/** What the words tell of. */
export interface Inspection {
  readonly processor: RequestProcessor;
  readonly statistics: Statistics;
  readonly connections: Iterable<Connection>;
  readonly monotonicMs: number;
  readonly uptimeMs: number;
  readonly settings: {
    readonly port: number;
    readonly dataDirectory: string | undefined;
    readonly tickTimeMs: number;
    readonly maxConnections: number;
    readonly minSessionTimeoutMs: number;
    readonly maxSessionTimeoutMs: number;
  };
}

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

function describeConnection(connection: Connection, isBrief: boolean): string {
  const { statistics, session } = connection;
  const counts = [
    `queued=${String(connection.unanswered)}`,
    `recved=${String(statistics.received)}`,
    `sent=${String(statistics.sent)}`,
  ];
  if (session && !isBrief) {
    counts.push(
      `sid=${hex(session.id)}`,
      `to=${String(session.timeoutMs)}`,
      `minlat=${String(statistics.minLatencyMs)}`,
      `avglat=${String(Math.floor(statistics.averageLatencyMs))}`,
      `maxlat=${String(statistics.maxLatencyMs)}`,
    );
  }
  return ` /${connection.remote}[1](${counts.join(',')})`;
}

function count(connections: Iterable<Connection>): number {
  return [...connections].length;
}

function unanswered(connections: Iterable<Connection>): number {
  let total = 0;
  for (const connection of connections) total += connection.unanswered;
  return total;
}

function serverLines({ processor, statistics, connections }: Inspection): string[] {
  const { minLatencyMs, averageLatencyMs, maxLatencyMs } = statistics;
  return [
    `Latency min/avg/max: ${String(minLatencyMs)}/${averageLatencyMs.toFixed(1)}/${String(maxLatencyMs)}`,
    `Received: ${String(statistics.received)}`,
    `Sent: ${String(statistics.sent)}`,
    `Connections: ${String(count(connections))}`,
    `Outstanding: ${String(unanswered(connections))}`,
    `Zxid: ${hex(processor.zxid)}`,
    'Mode: standalone',
    `Node count: ${String(processor.database.tree.znodeCount)}`,
  ];
}

function monitor(inspection: Inspection): string {
  const { processor, statistics, connections } = inspection;
  const { tree, sessions } = processor.database;
  let ephemeralCount = 0;
  for (const paths of tree.ephemerals().values()) ephemeralCount += paths.size;
  const values: Record<string, string | number> = {
    version: VERSION,
    server_state: 'standalone',
    min_latency: statistics.minLatencyMs,
    avg_latency: statistics.averageLatencyMs.toFixed(4),
    max_latency: statistics.maxLatencyMs,
    packets_received: statistics.received,
    packets_sent: statistics.sent,
    num_alive_connections: count(connections),
    outstanding_requests: unanswered(connections),
    znode_count: tree.znodeCount,
    watch_count: processor.watches.summary().watches,
    ephemerals_count: ephemeralCount,
    approximate_data_size: tree.dataBytes,
    global_sessions: sessions.size,
    uptime: Math.floor(inspection.uptimeMs),
  };
  return lines(Object.entries(values).map(([name, value]) => `zk_${name}\t${String(value)}`));
}

function configuration({ settings }: Inspection): string {
  return lines([
    `clientPort=${String(settings.port)}`,
    `dataDir=${settings.dataDirectory ?? ''}`,
    `tickTime=${String(settings.tickTimeMs)}`,
    `maxClientCnxns=${String(settings.maxConnections)}`,
    `minSessionTimeout=${String(settings.minSessionTimeoutMs)}`,
    `maxSessionTimeout=${String(settings.maxSessionTimeoutMs)}`,
    'serverId=0',
  ]);
}

function dump({ processor, connections, monotonicMs }: Inspection): string {
  const { tree, sessions } = processor.database;
  const ephemerals = tree.ephemerals();
  return lines([
    'SessionTracker dump:',
    `Session Sets (${String(sessions.size)})/(${String(sessions.size)}):`,
    ...sessions.deadlines().map(({ id, deadlineMs }) => {
      const leftMs = Math.max(0, Math.round(deadlineMs - monotonicMs));
      return `1 expire in ${String(leftMs)} ms:\n\t${hex(id)}`;
    }),
    'ephemeral nodes dump:',
    `Sessions with Ephemerals (${String(ephemerals.size)}):`,
    ...Array.from(ephemerals, ([id, paths]) =>
      [`${hex(id)}:`, ...Array.from(paths, (path) => `\t${path}`)].join('\n'),
    ),
    'Connections dump:',
    ...Array.from(connections, (connection) => describeConnection(connection, true)),
  ]);
}

function watchSummary({ processor }: Inspection): string {
  const { watchers, paths, watches } = processor.watches.summary();
  return lines([
    `${String(watchers)} connections watching ${String(paths)} paths`,
    `Total watches:${String(watches)}`,
  ]);
}

const WORDS: Readonly<Record<string, (inspection: Inspection) => string>> = {
  ruok: () => 'imok',
  isro: () => 'rw',
  srvr: (inspection) => lines([`Zookeeper version: ${VERSION}`, ...serverLines(inspection)]),
  stat: (inspection) =>
    lines([
      `Zookeeper version: ${VERSION}`,
      'Clients:',
      ...Array.from(inspection.connections, (connection) => describeConnection(connection, true)),
      '',
      ...serverLines(inspection),
    ]),
  mntr: monitor,
  conf: configuration,
  cons: ({ connections }) =>
    lines([...connections].map((connection) => describeConnection(connection, false))),
  dump,
  envi: () => lines(['Environment:', `zookeeper.version=${VERSION}`]),
  wchs: watchSummary,
};

export function isWord(text: string): boolean {
  return Object.hasOwn(WORDS, text);
}

/** The answer to `word`; `undefined` if it is not one of the words. */
export function answerWord(word: string, inspection: Inspection): string | undefined {
  return isWord(word) ? WORDS[word]?.(inspection) : undefined;
}

/** Each server of the ensemble by itself, asked with ZooKeeper's four-letter words. */
import type { Clock, Network } from '../../platform/ports';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export interface EnsembleServer extends ServerAddress {
  /** Why it cannot be reached; `undefined` if it can. */
  readonly problem: string | undefined;
  /** What `ruok` says: `imok`; `undefined` if the server does not allow the word. */
  readonly ruok: string | undefined;
  /** leader, follower, observer or standalone; `undefined` where it does not serve. */
  readonly mode: string | undefined;
  readonly version: string | undefined;
  /** Requests it has taken and not answered. */
  readonly outstanding: number | undefined;
  readonly averageLatencyMs: number | undefined;
  readonly maxLatencyMs: number | undefined;
  /** Last transaction it has seen, in hexadecimal. */
  readonly zxid: string | undefined;
  /** Followers and observers that are connected to it, and those of them that are in step. Of the leader, from `mntr`. */
  readonly learners: number | undefined;
  readonly syncedLearners: number | undefined;
  /** Words that it does not allow (4lw.commands.whitelist). */
  readonly refusedWords: readonly string[];
}

export type ServerWords = Readonly<Record<'ruok' | 'srvr' | 'mntr', string>>;

const NOT_ALLOWED = 'is not executed because';
const ANSWER_TIMEOUT_MS = 3_000;
/** The longest answer, of `mntr`, has a few kilobytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;

type Asker = { readonly clock: Clock; readonly network: Network };

/** The answer to one word: empty if the server hangs up or is silent. Rejects with a `NetworkError`. */
async function askWord(
  { clock, network }: Asker,
  address: ServerAddress,
  word: string,
): Promise<string> {
  const socket = await network.connect({ ...address, timeoutMs: ANSWER_TIMEOUT_MS });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const cancel = clock.callAfter(ANSWER_TIMEOUT_MS, () => socket.destroy());
    socket.onData = (chunk) => {
      chunks.push(Buffer.from(chunk));
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) socket.destroy();
    };
    socket.onClose = () => {
      cancel();
      resolve(Buffer.concat(chunks).toString('utf8'));
    };
    socket.write([Buffer.from(word)]);
  });
}

function field(text: string, name: string): string | undefined {
  return new RegExp(`^${name}[:\\t] *(.+)$`, 'm').exec(text)?.[1]?.trim();
}

function numberField(text: string, name: string): number | undefined {
  const value = Number(field(text, name) ?? NaN);
  return Number.isNaN(value) ? undefined : value;
}

/** Of `Latency min/avg/max: 0/0.5/12`. */
function latencies(srvr: string): readonly (number | undefined)[] {
  const parts = (field(srvr, 'Latency min/avg/max') ?? '').split('/').map(Number);
  return parts.map((each) => (Number.isNaN(each) ? undefined : each));
}

/** Before 3.6 there is only the first of the three. */
function syncedLearners(mntr: string): number | undefined {
  const kinds = ['zk_synced_followers', 'zk_synced_non_voting_followers', 'zk_synced_observers'];
  const [followers, ...others] = kinds.map((name) => numberField(mntr, name));
  return followers === undefined
    ? undefined
    : others.reduce((sum: number, each) => sum + (each ?? 0), followers);
}

/** What the answers of a server that can be reached say. */
export function serverOf(address: ServerAddress, words: ServerWords): EnsembleServer {
  const { ruok, srvr, mntr } = words;
  const refusedWords = Object.entries(words).flatMap(([word, answer]) =>
    answer.includes(NOT_ALLOWED) ? [word] : [],
  );
  const [, averageLatencyMs, maxLatencyMs] = latencies(srvr);
  return {
    ...address,
    problem: undefined,
    ruok: refusedWords.includes('ruok') ? undefined : ruok.trim(),
    mode: field(srvr, 'Mode') ?? field(mntr, 'zk_server_state'),
    version: field(srvr, 'Zookeeper version')?.split(/[-, ]/)[0],
    outstanding: numberField(srvr, 'Outstanding') ?? numberField(mntr, 'zk_outstanding_requests'),
    averageLatencyMs: averageLatencyMs ?? numberField(mntr, 'zk_avg_latency'),
    maxLatencyMs: maxLatencyMs ?? numberField(mntr, 'zk_max_latency'),
    zxid: field(srvr, 'Zxid'),
    learners: numberField(mntr, 'zk_learners') ?? numberField(mntr, 'zk_followers'),
    syncedLearners: syncedLearners(mntr),
    refusedWords,
  };
}

async function inspectServer(asker: Asker, address: ServerAddress): Promise<EnsembleServer> {
  try {
    const [ruok, srvr, mntr] = await Promise.all([
      askWord(asker, address, 'ruok'),
      askWord(asker, address, 'srvr'),
      askWord(asker, address, 'mntr'),
    ]);
    return serverOf(address, { ruok, srvr, mntr });
  } catch (error) {
    const nothing = serverOf(address, { ruok: '', srvr: '', mntr: '' });
    return { ...nothing, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** In the order in which they are named. Never rejects: what cannot be reached says so. */
export function inspectEnsemble(
  asker: Asker,
  servers: readonly ServerAddress[],
): Promise<EnsembleServer[]> {
  return Promise.all(servers.map((server) => inspectServer(asker, server)));
}

/** Opens the broker's ZooKeeper session, and closes one that an earlier run of the same broker left behind. */

import { deferred } from '../base/deferred';
import type { Platform, Random } from '../platform/ports';
import { type ConnectTarget, parseConnectString } from './connect-string';
import { ZooKeeperError, isZooKeeperError } from './errors';
import { NodeClient } from './node-client';
import { ReconnectingSession } from './reconnecting-session';
import type { SessionCredentials, ZooKeeperSession } from './session';
import type { ClientListener, ClientMaker, ClientOptions, SessionClient } from './session-client';
import type { SessionMetrics } from './session-metrics';

export interface ZooKeeperOptions {
  /** `zookeeper.connect`: `host:port,…/chroot`. */
  readonly connect: string;
  /** `zookeeper.session.timeout.ms`; the server may grant less or more. */
  readonly sessionTimeoutMs: number;
  /** `zookeeper.connection.timeout.ms`. */
  readonly connectionTimeoutMs: number;
  /** `zookeeper.max.in.flight.requests`. */
  readonly maxInFlight?: number;
  readonly platform: Pick<Platform, 'clock' | 'log' | 'random'>;
  /** Takes what the session counts, where somebody wants to know. */
  readonly metrics?: SessionMetrics | undefined;
  /** To look only: a chroot that is missing is not made, but refused with NO_NODE. */
  readonly isReadOnly?: boolean;
  /** Makes each client; `NodeClient` unless given. */
  readonly createClient?: ClientMaker | undefined;
}

const DEFAULT_MAX_IN_FLIGHT = 10;

/**
 * Opens a session; makes the chroot first if it is missing, unless only to look. Rejects with OPERATION_TIMEOUT if
 * no server answers in time, with BAD_ARGUMENTS for a malformed `connect`.
 */
export async function connectZooKeeper(options: ZooKeeperOptions): Promise<ZooKeeperSession> {
  const target = parseConnectString(options.connect);
  if (target.chroot !== '') await ensureChroot(target, options);
  return open(target, options);
}

/**
 * Closes the session that `credentials` belong to, with its ephemeral nodes: `closed`, or `unknown` if it
 * has expired already or the password is wrong. Rejects with OPERATION_TIMEOUT if no server confirms it
 * in time. Never to be done to a session in use: it would be lost.
 */
export async function closeStaleSession(
  options: ZooKeeperOptions,
  credentials: SessionCredentials,
): Promise<'closed' | 'unknown'> {
  const { clock } = options.platform;
  const deadlineMs = clock.monotonicMs() + options.connectionTimeoutMs;
  // Whoever still holds the session may take it back before the request to close it arrives.
  for (let wasLost = false; ; wasLost = true) {
    const leftMs = deadlineMs - clock.monotonicMs();
    if (leftMs <= 0) throw new ZooKeeperError('OPERATION_TIMEOUT', 'closeSession', '/');
    const outcome = await tryToClose(options, credentials, leftMs);
    if (outcome === 'unknown' && wasLost) return 'closed';
    if (outcome !== 'lost') return outcome;
  }
}

async function tryToClose(
  options: ZooKeeperOptions,
  credentials: SessionCredentials,
  timeoutMs: number,
): Promise<'closed' | 'unknown' | 'lost'> {
  const reached = deferred<boolean>();
  const listener: ClientListener = {
    onConnected: () => reached.resolve(true),
    onDisconnected: () => undefined,
    onExpired: () => reached.resolve(false),
    onDataEvent: () => undefined,
    onChildrenEvent: () => undefined,
  };
  const target = parseConnectString(options.connect);
  const client = createClient(target, options, listener, credentials);
  const cancel = options.platform.clock.callAfter(timeoutMs, () =>
    reached.reject(new ZooKeeperError('OPERATION_TIMEOUT', 'closeSession', '/')),
  );
  client.connect();
  try {
    if (!(await reached.promise)) return 'unknown';
    return (await client.close()) ? 'closed' : 'lost';
  } finally {
    cancel();
    client.abandon();
  }
}

async function open(target: ConnectTarget, options: ZooKeeperOptions): Promise<ZooKeeperSession> {
  const session = new ReconnectingSession({
    createClient: (listener) => createClient(target, options, listener),
    maxInFlight: options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT,
    metrics: options.metrics,
    ...options.platform,
  });
  await session.connect(options.connectionTimeoutMs);
  return session;
}

/** A chroot cannot be made from inside: Kafka too uses a short session without one. */
async function ensureChroot(target: ConnectTarget, options: ZooKeeperOptions): Promise<void> {
  const session = await open({ ...target, chroot: '' }, { ...options, metrics: undefined });
  try {
    if (await session.exists(target.chroot)) return;
    if (options.isReadOnly) throw new ZooKeeperError('NO_NODE', 'connect', target.chroot);
    const names = target.chroot.split('/').slice(1);
    for (let depth = 1; depth <= names.length; depth++) {
      await session.create(`/${names.slice(0, depth).join('/')}`, null).catch(ignoreExisting);
    }
  } finally {
    await session.close();
  }
}

function ignoreExisting(error: unknown): void {
  if (!isZooKeeperError(error, 'NODE_EXISTS')) throw error;
}

const nodeClient: ClientMaker = (options, listener, credentials) =>
  new NodeClient(options, listener, credentials);

function createClient(
  target: ConnectTarget,
  { sessionTimeoutMs, platform, createClient: make = nodeClient }: ZooKeeperOptions,
  listener: ClientListener,
  credentials?: SessionCredentials,
): SessionClient {
  const servers = shuffled(target.servers, platform.random);
  const { clock, log } = platform;
  const options: ClientOptions = { target: { ...target, servers }, sessionTimeoutMs, clock, log };
  return make(options, listener, credentials);
}

/** So that not all brokers are clients of the server that is named first. */
function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(random.below(left.length), 1));
}

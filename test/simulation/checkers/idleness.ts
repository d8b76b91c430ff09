/**
 * What brokers hold when clients have gone and followers have nothing to fetch: nothing of the clients, and of each
 * other as much as the number of brokers explains. Sessions of fetches stay until others push them out (KIP-227), so
 * they are bounded by their cache alone, and connections whose end was never heard of by `connections.max.idle.ms`.
 */
import type { CheckerContext } from './checker';
import type { BrokerHoldings } from './cluster-under-test';

/** Of one broker with another, either way: fetchers, the controller's channel, the way to the controller. */
const CONNECTIONS_A_PEER = 6;
/** Jobs of a broker, and those that each connection, session and peer may have. */
const TIMERS = 50;
const TIMERS_EACH = 4;
/** `max.incremental.fetch.session.cache.slots`. */
const DEFAULT_SESSIONS = 1_000;

/** The first thing that is held although nobody needs it; `undefined` if all is well. */
export function whatIsNotIdle({ cluster }: CheckerContext): string | undefined {
  const brokers = cluster.brokers();
  const peers = brokers.length - 1;
  for (const broker of brokers) {
    const holdings = broker.holdings();
    const wrong = holdings && tooMuchOf(holdings, peers);
    if (wrong !== undefined) return `broker ${String(broker.id)} holds ${wrong}`;
  }
  return undefined;
}

function tooMuchOf(holdings: BrokerHoldings, peers: number): string | undefined {
  const { connections, fetchSessions } = holdings;
  const limits: Record<keyof BrokerHoldings, number> = {
    delayedAppends: 0,
    delayedDeletions: 0,
    delayedFetches: connections,
    timers: TIMERS + TIMERS_EACH * (connections + fetchSessions + peers),
    fetchSessions: DEFAULT_SESSIONS,
    connections: CONNECTIONS_A_PEER * peers,
    requestBytes: 0,
    lentBytes: 0,
  };
  for (const [what, limit] of Object.entries(limits) as [keyof BrokerHoldings, number][]) {
    if (holdings[what] > limit)
      return `${String(holdings[what])} ${what}, at most ${String(limit)}`;
  }
  return undefined;
}

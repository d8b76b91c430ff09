/** ZooKeeper sessions and stores for tests; `closeAll` in `afterEach` ends what a test has opened. */
import { nodePlatform } from '../../src/platform/node';
import type { Log } from '../../src/platform/ports';
import { type ZooKeeperOptions, connectZooKeeper } from '../../src/zookeeper/connect';
import type { ZooKeeperSession } from '../../src/zookeeper/session';
import { KafkaZooKeeper } from '../../src/zookeeper/store';
import type { BrokerRegistration } from '../../src/zookeeper/types';
import { startTcpProxy, type TcpProxy } from './tcp-proxy';
import { eventually } from './process';

export interface SessionSettings {
  readonly sessionTimeoutMs?: number;
  readonly connectionTimeoutMs?: number;
  readonly log?: Log;
}

export class TestSessions {
  readonly #closers: (() => Promise<void>)[] = [];
  #chroots = 0;

  options(connect: string, settings: SessionSettings = {}): ZooKeeperOptions {
    return {
      connect,
      sessionTimeoutMs: settings.sessionTimeoutMs ?? 4_000,
      connectionTimeoutMs: settings.connectionTimeoutMs ?? 10_000,
      platform: nodePlatform(settings.log ? { log: settings.log } : {}),
    };
  }

  /** The same servers with a folder that no other test uses. */
  freshChroot(connect: string): string {
    this.#chroots++;
    return `${connect}/test-${String(process.pid)}-${String(Date.now())}-${String(this.#chroots)}`;
  }

  async open(connect: string, settings: SessionSettings = {}): Promise<ZooKeeperSession> {
    const session = await connectZooKeeper(this.options(connect, settings));
    this.#closers.push(() => session.close());
    return session;
  }

  /** A store whose roots exist. */
  async openStore(connect: string, settings: SessionSettings = {}): Promise<KafkaZooKeeper> {
    const session = await this.open(connect, settings);
    const store = new KafkaZooKeeper(session, this.options(connect, settings).platform);
    await store.cluster.ensureRoots();
    return store;
  }

  async proxy(targetPort: number): Promise<TcpProxy> {
    const proxy = await startTcpProxy(targetPort);
    this.#closers.push(() => proxy.stop());
    return proxy;
  }

  /** Closes in the order of opening: proxies after the sessions that were opened before them, at once. */
  async closeAll(): Promise<void> {
    await Promise.all(this.#closers.splice(0).map((close) => close()));
  }
}

export function aRegistration(overrides: Partial<BrokerRegistration> = {}): BrokerRegistration {
  const endpoint = {
    name: 'PLAINTEXT',
    host: '127.0.0.1',
    port: 9092,
    securityProtocol: 'PLAINTEXT',
  };
  return { id: 1, endpoints: [endpoint], rack: null, ...overrides };
}

/**
 * Lets `act` run so that its requests, from the first that contains `from` on, are carried out but their
 * answers are lost; waits until `isDone` sees the effect, then cuts the connection and heals it. Resolves
 * with what `act` made of it.
 */
export async function losingTheAnswer<T>(
  proxy: TcpProxy,
  act: () => Promise<T>,
  { from = '', isDone }: { from?: string; isDone: () => Promise<boolean> },
): Promise<T> {
  proxy.loseAnswers(from);
  const result = act();
  result.catch(() => undefined);
  await eventually('the effect', async () => ((await isDone()) ? true : undefined));
  proxy.heal();
  return result;
}

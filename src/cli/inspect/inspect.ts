/** Looks at a cluster from every side that can be reached; changes nothing. */
import { AdminClient } from '../../admin/admin-client';
import { AdminError } from '../../admin/admin-error';
import { describeConfigs } from '../../admin/configs';
import type { ClusterMetadata } from '../../admin/metadata';
import { parseZooKeeperConnect } from '../../config/zookeeper-connect';
import { UnsupportedApiError } from '../../network/broker-connection';
import { NetworkError } from '../../platform/ports';
import type { Platform } from '../../platform/ports';
import { connectZooKeeper } from '../../zookeeper/connect';
import { ZooKeeperError } from '../../zookeeper/errors';
import type { BrokerEndpoint } from '../../zookeeper/types';
import { inspectBroker, valueOf } from './broker-facts';
import type { Answer, BrokerFacts } from './broker-facts';
import { inspectEnsemble } from './ensemble';
import type { EnsembleServer } from './ensemble';
import type { Picture } from './picture';
import { watchMoves } from './progress';
import { readZooKeeperFacts } from './zookeeper-facts';
import type { ZooKeeperFacts } from './zookeeper-facts';

/** At least one of the two; the other is found by it. */
export interface Where {
  readonly bootstrap: string | undefined;
  readonly zookeeperConnect: string | undefined;
}

export interface InspectOptions extends Where {
  readonly platform: Platform;
  /** How long moves of partitions are watched for progress; 0 for not at all. */
  readonly watchMs: number;
}

const SESSION_TIMEOUT_MS = 10_000;
const ZOOKEEPER_TIMEOUT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;

function adminClient(platform: Platform, bootstrap: string): AdminClient {
  return new AdminClient(platform, {
    bootstrap,
    clientId: 'odradek-cli',
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    retryTimeoutMs: 0,
  });
}

async function readZooKeeper(platform: Platform, connect: string): Promise<Answer<ZooKeeperFacts>> {
  try {
    const session = await connectZooKeeper({
      connect,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      connectionTimeoutMs: ZOOKEEPER_TIMEOUT_MS,
      platform,
      isReadOnly: true,
    });
    try {
      return { value: await readZooKeeperFacts(session) };
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof ZooKeeperError) return { problem: error.message };
    throw error;
  }
}

function isFromBroker(error: unknown): error is Error {
  return (
    error instanceof AdminError ||
    error instanceof NetworkError ||
    error instanceof UnsupportedApiError
  );
}

interface FromBrokers {
  readonly metadata: Answer<ClusterMetadata>;
  /** As the first broker has it in its settings. */
  readonly zookeeperConnect: string | undefined;
}

async function askCluster(platform: Platform, bootstrap: string): Promise<FromBrokers> {
  const client = adminClient(platform, bootstrap);
  try {
    const metadata = await client.metadata(null);
    const [broker] = metadata.brokers;
    const name = 'zookeeper.connect';
    const entries = broker
      ? await describeConfigs(client, { type: 'broker', name: String(broker.id) }, [name]).catch(
          (error: unknown) => {
            if (isFromBroker(error)) return [];
            throw error;
          },
        )
      : [];
    const connect = entries.find((entry) => entry.name === name)?.value ?? undefined;
    return { metadata: { value: metadata }, zookeeperConnect: connect };
  } catch (error) {
    if (!isFromBroker(error)) throw error;
    return { metadata: { problem: error.message }, zookeeperConnect: undefined };
  } finally {
    client.close();
  }
}

/** Of brokers that only the metadata names, the one listener that it shows; taken for plain text, as it was asked so. */
function endpointsOf(
  facts: ZooKeeperFacts | undefined,
  metadata: ClusterMetadata | undefined,
): Map<number, readonly BrokerEndpoint[]> {
  if (facts) return new Map(facts.brokers.map(({ id, endpoints }) => [id, endpoints]));
  const brokers = metadata?.brokers ?? [];
  return new Map(
    brokers.map(({ id, host, port }) => [
      id,
      [{ name: 'PLAINTEXT', securityProtocol: 'PLAINTEXT', host, port }],
    ]),
  );
}

/** Plain-text addresses of registered brokers, as a bootstrap list. */
function bootstrapOf(facts: ZooKeeperFacts | undefined): string | undefined {
  const addresses = (facts?.brokers ?? []).flatMap(({ endpoints }) =>
    endpoints
      .filter(({ securityProtocol }) => securityProtocol === 'PLAINTEXT')
      .map(({ host, port }) =>
        host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`,
      ),
  );
  return addresses.length > 0 ? addresses.join(',') : undefined;
}

async function serversOf(platform: Platform, connect: string): Promise<EnsembleServer[]> {
  const address = parseZooKeeperConnect(connect);
  return typeof address === 'string' ? [] : inspectEnsemble(platform, address.servers);
}

/** Rejects only if neither side can be reached, with an `AdminError`. */
export async function inspect(options: InspectOptions): Promise<Picture> {
  const { platform, watchMs } = options;
  const given = options.bootstrap;
  const first = given === undefined ? undefined : await askCluster(platform, given);
  const zookeeperConnect = options.zookeeperConnect ?? first?.zookeeperConnect;
  const [zookeeper, ensemble] = await Promise.all([
    zookeeperConnect === undefined
      ? { problem: 'its address is not known: give --zookeeper' }
      : readZooKeeper(platform, zookeeperConnect),
    zookeeperConnect === undefined ? [] : serversOf(platform, zookeeperConnect),
  ]);
  const facts = valueOf(zookeeper);
  const bootstrap = given ?? bootstrapOf(facts);
  const metadata =
    first?.metadata ??
    (bootstrap === undefined
      ? { problem: 'no broker with a plain-text listener is registered' }
      : (await askCluster(platform, bootstrap)).metadata);
  if ('problem' in zookeeper && 'problem' in metadata)
    throw new AdminError(
      `nothing of the cluster can be reached: brokers: ${metadata.problem}; ZooKeeper: ${zookeeper.problem}`,
    );
  const brokers: BrokerFacts[] = await Promise.all(
    [...endpointsOf(facts, valueOf(metadata))].map(([id, endpoints]) =>
      inspectBroker(platform, id, endpoints),
    ),
  );
  const progress =
    facts && bootstrap !== undefined && watchMs > 0 && 'value' in metadata
      ? await watchMoves(adminClient(platform, bootstrap), platform.clock, facts, watchMs)
      : [];
  return {
    nowMs: platform.clock.nowMs(),
    bootstrap,
    zookeeperConnect,
    zookeeper,
    ensemble,
    metadata,
    brokers: brokers.sort((a, b) => a.id - b.id),
    progress,
    progressWatchMs: watchMs,
  };
}

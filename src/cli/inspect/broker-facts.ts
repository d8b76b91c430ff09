/** What each broker says when it is asked under the addresses that it is registered with. */
import { AdminError } from '../../admin/admin-error';
import { AdminClient } from '../../admin/admin-client';
import { describeConfigs } from '../../admin/configs';
import type { ConfigEntry } from '../../admin/configs';
import { describeLogDirs } from '../../admin/log-dirs';
import type { LogDir } from '../../admin/log-dirs';
import type { ClusterMetadata } from '../../admin/metadata';
import { BrokerConnection, UnsupportedApiError } from '../../network/broker-connection';
import type { Platform } from '../../platform/ports';
import { NetworkError } from '../../platform/ports';
import { errorName } from '../../protocol/errors';
import {
  DescribeConfigsRequest,
  DescribeConfigsResponse,
} from '../../protocol/messages/32-describe-configs';
import type { BrokerEndpoint } from '../../zookeeper/types';

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;
const CLIENT_ID = 'odradek-cli';
const BROKER_RESOURCE = 4;

/** Settings that say something about how the brokers fit together. */
const SETTINGS = [
  'delete.topic.enable',
  'inter.broker.protocol.version',
  'leader.imbalance.per.broker.percentage',
  'min.insync.replicas',
  'offsets.topic.replication.factor',
  'transaction.state.log.replication.factor',
] as const;
export type AskedSetting = (typeof SETTINGS)[number];

/**
 * `answers`: it is the broker that it should be. `other-broker`: something answers, but says it is another one.
 * `connects`: something takes the connection; by TLS or SASL it was not spoken to. `silent`: it takes the
 * connection and does not speak Kafka.
 */
export type ProbeOutcome = 'answers' | 'other-broker' | 'connects' | 'silent' | 'unreachable';

export interface ListenerProbe extends BrokerEndpoint {
  readonly outcome: ProbeOutcome;
  /** The evidence: an error's text, or what was answered. */
  readonly detail: string;
}

/** What was asked for, or why there is no answer. */
export type Answer<T> = { readonly value: T } | { readonly problem: string };

export interface BrokerFacts {
  readonly id: number;
  readonly listeners: readonly ListenerProbe[];
  /** Whether it could be asked at all, through a plain-text listener. */
  readonly isAsked: boolean;
  readonly metadata: Answer<ClusterMetadata>;
  readonly settings: Answer<ReadonlyMap<AskedSetting, string>>;
  readonly logDirs: Answer<readonly LogDir[]>;
}

function isExpected(error: unknown): error is Error {
  return (
    error instanceof AdminError ||
    error instanceof NetworkError ||
    error instanceof UnsupportedApiError
  );
}

async function answerOf<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!isExpected(error)) throw error;
    return { problem: error.message };
  }
}

type Outside = Pick<Platform, 'clock' | 'network'>;

/** Whether something listens: all that can be told of a listener with TLS or SASL. */
async function probePort(outside: Outside, { host, port }: BrokerEndpoint): Promise<void> {
  const socket = await outside.network.connect({ host, port, timeoutMs: CONNECT_TIMEOUT_MS });
  socket.destroy();
}

/** A broker describes its own settings only, and refuses to describe those of another one: so it tells who it is. */
async function askWhoItIs(connection: BrokerConnection, id: number): Promise<string | undefined> {
  const { results } = await connection.request(
    DescribeConfigsRequest,
    DescribeConfigsResponse,
    {
      resources: [
        {
          resourceType: BROKER_RESOURCE,
          resourceName: String(id),
          configurationKeys: ['broker.id'],
        },
      ],
    },
    REQUEST_TIMEOUT_MS,
  );
  const [result] = results;
  return errorName(result?.errorCode ?? -1) === 'INVALID_REQUEST'
    ? (result?.errorMessage ?? 'it refuses')
    : undefined;
}

async function probe(
  outside: Outside,
  id: number,
  endpoint: BrokerEndpoint,
): Promise<ListenerProbe> {
  const { host, port, securityProtocol } = endpoint;
  try {
    if (securityProtocol !== 'PLAINTEXT') {
      await probePort(outside, endpoint);
      return { ...endpoint, outcome: 'connects', detail: `${securityProtocol} is not spoken here` };
    }
    await probePort(outside, endpoint);
  } catch (error) {
    if (!isExpected(error)) throw error;
    return { ...endpoint, outcome: 'unreachable', detail: error.message };
  }
  try {
    const connection = await BrokerConnection.open(outside, {
      host,
      port,
      clientId: CLIENT_ID,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
    });
    try {
      const other = await askWhoItIs(connection, id);
      return other === undefined
        ? { ...endpoint, outcome: 'answers', detail: '' }
        : { ...endpoint, outcome: 'other-broker', detail: other };
    } finally {
      connection.close();
    }
  } catch (error) {
    if (!isExpected(error)) throw error;
    return { ...endpoint, outcome: 'silent', detail: error.message };
  }
}

function settingsOf(entries: readonly ConfigEntry[]): Map<AskedSetting, string> {
  const values = new Map(entries.map(({ name, value }) => [name, value]));
  return new Map(
    SETTINGS.flatMap((name) => {
      const value = values.get(name);
      return value === undefined || value === null ? [] : [[name, value] as const];
    }),
  );
}

/** Asks one broker under its addresses. Never rejects for what a broker does, or does not. */
export async function inspectBroker(
  outside: Outside,
  id: number,
  endpoints: readonly BrokerEndpoint[],
): Promise<BrokerFacts> {
  const listeners = await Promise.all(endpoints.map((each) => probe(outside, id, each)));
  const open = listeners.find(({ outcome }) => outcome === 'answers');
  if (!open) {
    const nothing = { problem: 'no listener of it answers here' };
    return {
      id,
      listeners,
      isAsked: false,
      metadata: nothing,
      settings: nothing,
      logDirs: nothing,
    };
  }
  const client = new AdminClient(outside, {
    bootstrap: `${open.host}:${String(open.port)}`,
    clientId: CLIENT_ID,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    retryTimeoutMs: 0,
  });
  try {
    // The first thing asked: later the client would take any broker that it knows of.
    const metadata = await answerOf(() => client.metadata([]));
    const own = { type: 'broker', name: String(id) } as const;
    const [settings, logDirs] = await Promise.all([
      answerOf(async () => settingsOf(await describeConfigs(client, own, SETTINGS))),
      answerOf(() => describeLogDirs(client, id)),
    ]);
    return { id, listeners, isAsked: true, metadata, settings, logDirs };
  } finally {
    client.close();
  }
}

export function valueOf<T>(answer: Answer<T>): T | undefined {
  return 'value' in answer ? answer.value : undefined;
}

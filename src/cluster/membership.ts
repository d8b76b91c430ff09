/**
 * Waits until brokers know each other. A broker serves as soon as it is registered, and hears of the others
 * and of topics from the controller a moment later: a client that came in between would be told, say, that
 * there are too few brokers for its topic.
 */
import { BrokerClient } from '../network/broker-client';
import type { Clock, Platform } from '../platform/ports';
import { MetadataRequest, MetadataResponse } from '../protocol/messages/03-metadata';
import { ClusterError } from './cluster-error';

export interface Address {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

const METADATA_VERSION = 1;
const TIMEOUT_MS = 30_000;
const POLL_MS = 10;

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => void clock.callAfter(delayMs, resolve));
}

/** Whether a broker knows all of `ids`, and a controller. */
async function knows(client: BrokerClient, ids: readonly number[]): Promise<boolean> {
  const { brokers, controllerId } = await client.request(
    MetadataRequest,
    MetadataResponse,
    METADATA_VERSION,
    { topics: [] },
    TIMEOUT_MS,
  );
  const known = new Set(brokers.map(({ nodeId }) => nodeId));
  return controllerId >= 0 && ids.every((id) => known.has(id));
}

/** Resolves once the broker at `address` knows all of `ids`. */
export async function untilKnows(
  platform: Platform,
  address: Address,
  ids: readonly number[],
): Promise<void> {
  const { clock } = platform;
  const deadlineMs = clock.monotonicMs() + TIMEOUT_MS;
  const client = await BrokerClient.connect(platform, {
    ...address,
    clientId: 'odradek-cluster',
    connectTimeoutMs: TIMEOUT_MS,
  });
  try {
    while (!(await knows(client, ids))) {
      if (clock.monotonicMs() > deadlineMs) {
        const names = ids.map(String).join(', ');
        throw new ClusterError(
          `broker ${String(address.id)} did not hear of brokers ${names} within ${String(TIMEOUT_MS / 1000)} s`,
        );
      }
      await pause(clock, POLL_MS);
    }
  } finally {
    client.close();
  }
}

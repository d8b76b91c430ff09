/** Asks a broker by the Kafka protocol whether it can be used. */
import { BrokerClient } from '../network/broker-client';
import { nodePlatform } from '../platform/node';
import { MetadataRequest, MetadataResponse } from '../protocol/messages/03-metadata';
import { OperatorError } from './failure';

const METADATA_VERSION = 1;
const ADDRESS = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/;

export interface BrokerHealth {
  readonly isReady: boolean;
  /** The same for people. */
  readonly text: string;
}

/** Rejects with an `OperatorError` if `address` is none, with a `NetworkError` if there is no answer. */
export async function askMetadata(address: string, timeoutMs: number): Promise<BrokerHealth> {
  const [, bracketed, plain, port] = ADDRESS.exec(address) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw new OperatorError(`${address} is not of the form host:port`);
  const client = await BrokerClient.connect(nodePlatform(), {
    host,
    port: Number(port),
    clientId: 'odradek-health',
    connectTimeoutMs: timeoutMs,
  });
  try {
    const { brokers, controllerId } = await client.request(
      MetadataRequest,
      MetadataResponse,
      METADATA_VERSION,
      { topics: [] },
      timeoutMs,
    );
    return brokers.some(({ nodeId }) => nodeId === controllerId)
      ? { isReady: true, text: `${address} serves, with ${String(brokers.length)} broker(s)` }
      : { isReady: false, text: `${address} answers, but knows no controller` };
  } finally {
    client.close();
  }
}

/** The Kafka client of the commands: kafkajs, quiet, with the codecs that it leaves to others. */
import type { Admin, Kafka } from 'kafkajs';

import type { ClientOptions } from './arguments';
import { clientConfig } from './client-properties';
import { OperatorError } from './failure';

/** Whom to speak to, and how. */
type Brokers = Pick<ClientOptions, 'bootstrapServer' | 'properties'>;

const CONNECTION_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 30_000;

function loadKafkaJs(): typeof import('kafkajs') {
  return require('kafkajs') as typeof import('kafkajs');
}

export function connect(options: Brokers): Kafka {
  const { Kafka, logLevel } = loadKafkaJs();
  return new Kafka({
    clientId: 'odradek-cli',
    brokers: options.bootstrapServer.split(',').map((address) => address.trim()),
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    logLevel: logLevel.NOTHING,
    retry: { retries: 5, initialRetryTime: 100 },
    ...clientConfig(options.properties),
  });
}

/** What went wrong first: kafkajs wraps it, and what concerns several topics it gathers. */
function rootOf(error: Error): Error {
  const gathered: unknown =
    'errors' in error && Array.isArray(error.errors) ? error.errors[0] : undefined;
  if (gathered instanceof Error) return gathered;
  return error.cause instanceof Error ? error.cause : error;
}

/** kafkajs speaks of retries and of its own classes; the operator wants to know which address did not answer. */
function inWords(error: unknown, options: Brokers): unknown {
  if (!(error instanceof Error)) return error;
  const root = rootOf(error);
  const isUnreachable =
    /ECONNREFUSED|ETIMEDOUT|ENOTFOUND|Connection timeout|Closed connection/.test(root.message);
  if (!isUnreachable)
    return error.name.startsWith('KafkaJS') ? new OperatorError(root.message) : error;
  return new OperatorError(`no broker answers at ${options.bootstrapServer}: ${root.message}`);
}

/** Makes failures of `work` readable for whoever gave the address. */
export async function speakingOf<T>(options: Brokers, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inWords(error, options);
  }
}

export async function withAdmin<T>(
  options: Brokers,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  return speakingOf(options, async () => {
    const admin = connect(options).admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  });
}

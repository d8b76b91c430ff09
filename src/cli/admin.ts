/** The administrator's client of the commands: connects, and keeps the process alive while it waits. */
import type { AdminClient } from '../admin/admin-client';
import type { ClientOptions } from './arguments';
import { OperatorError } from './failure';

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** How long a controller, coordinator or leader that is not there is waited for. */
const RETRY_TIMEOUT_MS = 10_000;
/** Long enough never to fire: a pause between two attempts must not end the process. */
const KEEP_ALIVE_MS = 2 ** 30;

/** For work whose waits are timers of a `Platform`, which alone keep no process alive. */
export async function keepingAlive<T>(work: () => Promise<T>): Promise<T> {
  const keepAlive = setInterval(() => undefined, KEEP_ALIVE_MS);
  try {
    return await work();
  } finally {
    clearInterval(keepAlive);
  }
}

function protocolOf(properties: Readonly<Record<string, string>>): string {
  return properties['security.protocol'] ?? 'PLAINTEXT';
}

export function speaksPlainText(properties: Readonly<Record<string, string>>): boolean {
  return protocolOf(properties).toUpperCase() === 'PLAINTEXT';
}

/** Throws an `OperatorError` where client properties ask for what this client does not speak. */
export function requirePlainText(properties: Readonly<Record<string, string>>): void {
  if (!speaksPlainText(properties))
    throw new OperatorError(
      `security.protocol=${protocolOf(properties)}: this command speaks PLAINTEXT only; give it such a listener`,
    );
}

export async function withAdminClient<T>(
  { bootstrapServer, properties }: Pick<ClientOptions, 'bootstrapServer' | 'properties'>,
  work: (client: AdminClient) => Promise<T>,
): Promise<T> {
  requirePlainText(properties);
  const { AdminClient: Client } =
    require('../admin/admin-client') as typeof import('../admin/admin-client');
  const { nodePlatform } = require('../platform/node') as typeof import('../platform/node');
  const client = new Client(nodePlatform(), {
    bootstrap: bootstrapServer,
    clientId: 'odradek-cli',
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    retryTimeoutMs: RETRY_TIMEOUT_MS,
  });
  try {
    return await keepingAlive(() => work(client));
  } finally {
    client.close();
  }
}

/** How `/config` and its change notifications name whose settings are meant. */

import { ZnodeFormatError } from './errors';
import type { ConfigEntity, ConfigEntityType } from './types';

const DEFAULT_ENTITY = '<default>';

export const CONFIG_ENTITY_TYPES: readonly ConfigEntityType[] = [
  'topics',
  'clients',
  'users',
  'brokers',
  'ips',
];

/** `topics/ta`, `brokers/<default>`, `users/alice/clients/c%201`: the part after `/config/`. */
export function entityPath(entity: ConfigEntity): string {
  const path = `${entity.type}/${sanitizeName(entity.name)}`;
  return entity.client === undefined ? path : `${path}/clients/${sanitizeName(entity.client)}`;
}

/** The inverse of `entityPath`; `source` is the znode that said it. */
export function parseEntityPath(text: string, source: string): ConfigEntity {
  const [typeName, name, clients, client, ...rest] = text.split('/');
  const type = CONFIG_ENTITY_TYPES.find((each) => each === typeName);
  const isWhole = clients === undefined && rest.length === 0;
  if (type && name && isWhole) return { type, name: restoreName(name, source) };
  if (type === 'users' && name && clients === 'clients' && client && rest.length === 0) {
    return { type, name: restoreName(name, source), client: restoreName(client, source) };
  }
  throw new ZnodeFormatError(source, `"${text}" names no config entity`);
}

/** Kafka's `Sanitizer`: Java's URL encoding, but `%20` for a space and `%2A` for an asterisk. */
function sanitizeName(name: string | null): string {
  if (name === null) return DEFAULT_ENTITY;
  return name.replace(/[^A-Za-z0-9._-]+/gu, (unsafe) =>
    Buffer.from(unsafe).reduce((text, byte) => `${text}%${hex(byte)}`, ''),
  );
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}

function restoreName(node: string, source: string): string | null {
  if (node === DEFAULT_ENTITY) return null;
  try {
    return decodeURIComponent(node);
  } catch (cause) {
    throw new ZnodeFormatError(source, `"${node}" is not a sanitized name`, { cause });
  }
}

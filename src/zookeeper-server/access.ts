/**
 * Access control lists: schemes world, auth, digest and ip, checked as ZooKeeperServer.checkACL does
 * and made complete as PrepRequestProcessor.fixupACL does.
 */
import { createHash } from 'node:crypto';

import { isInRange, parseAddressRange } from './address';
import { Refusal } from './errors';
import type { JuteReader, JuteWriter } from './jute';

export const READ = 1;
export const WRITE = 2;
export const CREATE = 4;
export const DELETE = 8;
export const ADMIN = 16;
export const ALL = READ | WRITE | CREATE | DELETE | ADMIN;

/** Who a client is, in one scheme: `digest` `user:hash` or `ip` `127.0.0.1`. */
export interface Identity {
  readonly scheme: string;
  readonly id: string;
}

/** One entry of a list: `permissions` is a set of the bits above. */
export interface Acl extends Identity {
  readonly permissions: number;
}

/** Everybody may do everything. */
export const OPEN_ACL: readonly Acl[] = [{ permissions: ALL, scheme: 'world', id: 'anyone' }];
/** Everybody may read. */
export const READ_ONLY_ACL: readonly Acl[] = [{ permissions: READ, scheme: 'world', id: 'anyone' }];

export function readAcl(reader: JuteReader): Acl {
  const permissions = reader.int();
  const scheme = reader.string() ?? '';
  return { permissions, scheme, id: reader.string() ?? '' };
}

export function writeAcl(writer: JuteWriter, acl: Acl): void {
  writer.int(acl.permissions).string(acl.scheme).string(acl.id);
}

function matches(acl: Acl, identity: Identity): boolean {
  if (acl.scheme !== identity.scheme) return false;
  return acl.scheme === 'ip' ? isInRange(identity.id, acl.id) : acl.id === identity.id;
}

function isWorld(acl: Acl): boolean {
  return acl.scheme === 'world' && acl.id === 'anyone';
}

/** Whether one of `identities` has one of the `permissions`; an empty list lets everybody in. */
export function isAllowed(
  acls: readonly Acl[],
  permissions: number,
  identities: readonly Identity[],
): boolean {
  if (acls.length === 0) return true;
  return acls.some(
    (acl) =>
      (acl.permissions & permissions) !== 0 &&
      (isWorld(acl) || identities.some((identity) => matches(acl, identity))),
  );
}

function isValidEntry(acl: Acl): boolean {
  if (acl.scheme === 'digest') return acl.id.split(':').length === 2;
  if (acl.scheme === 'ip') return parseAddressRange(acl.id) !== undefined;
  return isWorld(acl);
}

function isSame(a: Acl, b: Acl): boolean {
  return a.permissions === b.permissions && a.scheme === b.scheme && a.id === b.id;
}

/** Most znodes carry the open list: they share one. */
export function shared(acls: readonly Acl[]): readonly Acl[] {
  const [only] = acls;
  const [open] = OPEN_ACL;
  return acls.length === 1 && only && open && isSame(only, open) ? OPEN_ACL : acls;
}

/** What an entry stands for; nothing if it is malformed, or `auth` of a client that has proved nothing. */
function expand(acl: Acl, identities: readonly Identity[]): readonly Acl[] {
  if (acl.scheme !== 'auth') return isValidEntry(acl) ? [acl] : [];
  return identities
    .filter((identity) => identity.scheme === 'digest')
    .map((identity) => ({ ...identity, permissions: acl.permissions }));
}

/**
 * The list as it is stored: duplicates dropped, `auth` replaced by the digests the client has proved.
 * Refuses with INVALID_ACL what is empty, unknown or malformed.
 */
export function resolveAcl(
  acls: readonly Acl[],
  identities: readonly Identity[],
  path: string,
): readonly Acl[] {
  const unique = acls.filter((acl, i) => acls.findIndex((other) => isSame(acl, other)) === i);
  if (unique.length === 0) throw new Refusal('INVALID_ACL', path);
  const resolved = unique.flatMap((acl) => {
    const entries = expand(acl, identities);
    if (entries.length === 0) throw new Refusal('INVALID_ACL', path);
    return entries;
  });
  return shared(resolved);
}

/** The list with the digests hidden, for readers who are not administrators of the znode. */
export function withoutDigests(acls: readonly Acl[]): readonly Acl[] {
  return acls.map((acl) =>
    acl.scheme === 'digest' ? { ...acl, id: acl.id.replace(/:.*/, ':x') } : acl,
  );
}

/** What an `auth` packet proves; `undefined` if the scheme cannot be used to authenticate. */
export function authenticate(
  scheme: string,
  proof: Buffer,
  remoteAddress: string,
): Identity | undefined {
  if (scheme === 'ip') return { scheme, id: remoteAddress };
  if (scheme !== 'digest') return undefined;
  const text = proof.toString('utf8');
  const user = text.split(':', 1)[0] ?? '';
  return { scheme, id: `${user}:${createHash('sha1').update(text).digest('base64')}` };
}

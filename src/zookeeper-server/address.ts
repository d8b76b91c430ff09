/** IP addresses for the `ip` scheme of ACLs (org.apache.zookeeper.server.auth.IPAuthenticationProvider). */

const IPV6_GROUPS = 8;

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16));
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::');
  const head = parseGroups(halves[0] ?? '');
  const tail = parseGroups(halves[1] ?? '');
  if (!head || !tail || halves.length > 2) return undefined;
  const missing = IPV6_GROUPS - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return groups.flatMap((group) => [group >> 8, group & 0xff]);
}

/** The 4 or 16 bytes of an address. */
function parseAddress(text: string): number[] | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

interface AddressRange {
  readonly bytes: readonly number[];
  readonly prefixBits: number;
}

/** Parses `address` or `address/bits`. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const bytes = parseAddress(address);
  if (!bytes || rest.length > 0) return undefined;
  const widest = bytes.length * 8;
  if (prefix === undefined) return { bytes, prefixBits: widest };
  const prefixBits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : widest + 1;
  return prefixBits > widest ? undefined : { bytes, prefixBits };
}

/** Whether `address` lies in the range that `rangeText` describes; never if either is no address. */
export function isInRange(address: string, rangeText: string): boolean {
  const range = parseAddressRange(rangeText);
  const bytes = parseAddress(address);
  if (!range || !bytes || bytes.length !== range.bytes.length) return false;
  return bytes.every((byte, i) => {
    const bits = Math.min(8, Math.max(0, range.prefixBits - i * 8));
    return (byte ^ (range.bytes[i] ?? 0)) >> (8 - bits) === 0;
  });
}

/** Kafka's own definitions of its messages, as its clients' jar carries them. */
import { readFileSync } from 'node:fs';
import { kafkaClientsJar } from './kafka-clients-jar';
import { unzip } from './zip';

export interface OfficialField {
  readonly name: string;
  /** A scalar, a struct's name, or either after `[]`. */
  readonly type: string;
  readonly versions: string;
  readonly nullableVersions?: string;
  readonly taggedVersions?: string;
  readonly tag?: number | string;
  readonly default?: number | string | boolean;
  readonly ignorable?: boolean | string;
  readonly fields?: readonly OfficialField[];
}

export interface OfficialMessage {
  readonly apiKey: number;
  readonly type: 'request' | 'response' | 'header' | 'data';
  readonly name: string;
  readonly validVersions: string;
  readonly flexibleVersions: string;
  readonly fields: readonly OfficialField[];
  readonly commonStructs?: readonly OfficialField[];
}

export function officialMessages(): OfficialMessage[] {
  const archive = readFileSync(kafkaClientsJar());
  const files = unzip(archive, (name) => /^common\/message\/.*\.json$/.test(name));
  return [...files.values()].map(
    (file) => JSON.parse(withoutComments(file.toString())) as OfficialMessage,
  );
}

/** Whether a range such as `3+`, `0-2`, `7` or `none` holds `version`. */
export function holds(range: string | undefined, version: number): boolean {
  if (range === undefined || range === 'none') return false;
  if (range.endsWith('+')) return version >= Number(range.slice(0, -1));
  const [lowest, highest = lowest] = range.split('-').map(Number);
  return lowest !== undefined && highest !== undefined && version >= lowest && version <= highest;
}

/** Comments stand on lines of their own or after a space, and no text in the definitions looks like one. */
function withoutComments(json: string): string {
  return json.replaceAll(/(^|\s)\/\/.*$/gm, '');
}

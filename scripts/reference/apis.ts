/** docs/reference/apis.md, from the list of handlers beside the messages of a Kafka 3.9 broker in ZooKeeper mode. */
import { HANDLERS } from '../../src/broker/handlers';
import { API_SPECS } from '../../src/protocol/messages';
import { cell, page, table } from './page';
import type { Page } from './page';
import { headerOf, sourcesBelow } from './sources';

type Versions = readonly [number, number];

interface Api {
  readonly key: number;
  readonly name: string;
  /** What a Kafka 3.9 broker advertises; test/external/reference.test.ts asks one. */
  readonly kafka: Versions;
  /** `undefined` if Odradek does not answer. */
  readonly ours: Versions | undefined;
  readonly purpose: string;
}

const span = ([from, to]: Versions): string =>
  from === to ? String(from) : `${String(from)}–${String(to)}`;

/** The sentences about what an API does, by key, from the header of its file: `Heartbeat (12): v0–4. Keeps …`. */
function purposesIn(root: string, folder: string): Map<number, string> {
  const purposes = new Map<number, string>();
  for (const file of sourcesBelow(root, folder)) {
    const found = /^\w+ \((\d+)\)[:,] (?:v|versions )[^.]*\. (.+)$/.exec(headerOf(file));
    if (!found) continue;
    const [, key = '', text = ''] = found;
    const purpose = text.split(/\s(?=Versions: v\d|Since v\d)/)[0] ?? '';
    if (purpose !== '') purposes.set(Number(key), purpose);
  }
  return purposes;
}

function apis(root: string): Api[] {
  const purposes = new Map([
    ...purposesIn(root, 'src/protocol/messages'),
    ...purposesIn(root, 'src/broker/handlers'),
  ]);
  const served = new Map(HANDLERS.map(({ apiKey, versions }) => [apiKey, versions]));
  return [...API_SPECS].map(([key, { name, versions }]) => ({
    key,
    name,
    kafka: versions,
    ours: served.get(key),
    purpose: purposes.get(key) ?? '',
  }));
}

function answered({ kafka, ours }: Api): string {
  if (!ours) return 'no';
  return ours[0] === kafka[0] && ours[1] === kafka[1] ? span(ours) : `**${span(ours)}**`;
}

export const apisPage: Page = {
  file: 'docs/reference/apis.md',
  render: (root) => {
    const all = apis(root);
    const ours = all.filter((api) => api.ours !== undefined);
    const missing = all.filter((api) => api.ours === undefined).map(({ name }) => name);
    const rows = all.map((api) => [
      String(api.key),
      api.name,
      span(api.kafka),
      answered(api),
      cell(api.purpose),
    ]);
    return page(
      'APIs',
      `Odradek answers ${String(ours.length)} of the ${String(all.length)} APIs that an Apache Kafka 3.9.1 broker in ZooKeeper mode ` +
        'advertises, in the versions below; its ApiVersions answer says the same. **Bold** marks versions other than Kafka’s. ' +
        'Any other key or version closes the connection, as in Kafka; only ApiVersions is answered with what there is instead.',
      table(['Key', 'API', 'Kafka', 'Odradek', 'What it does'], rows),
      missing.length === 0 ? '' : `Not answered: ${missing.join(', ')}.`,
    );
  },
};

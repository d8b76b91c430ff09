/** docs/reference/errors.md, from the table of error codes. */
import { ERRORS } from '../../src/protocol/errors';
import type { ErrorSpec } from '../../src/protocol/errors';
import { cell, code, page, table } from './page';
import type { Page } from './page';
import { quotedIn, sourcesBelow } from './sources';

/** What answers clients; the table itself, and what only reads answers, are not among them. */
const ANSWERING = [
  'src/broker',
  'src/controller',
  'src/coordinator',
  'src/network',
  'src/protocol/records',
  'src/replication',
  'src/security',
  'src/storage',
];

function namedBy(root: string): ReadonlySet<string> {
  const known = sourcesBelow(root, 'src').filter(({ path }) =>
    ANSWERING.some((folder) => path.startsWith(`${folder}/`)),
  );
  return quotedIn(known);
}

export const errorsPage: Page = {
  file: 'docs/reference/errors.md',
  render: (root) => {
    const named = namedBy(root);
    const entries: readonly (readonly [string, ErrorSpec])[] = Object.entries(ERRORS);
    const rows = entries.map(([name, { code: number, retriable, message }]) => [
      String(number),
      code(name),
      retriable ? 'yes' : '',
      named.has(name) ? 'yes' : '',
      cell(message),
    ]);
    return page(
      'Error codes',
      'Every error of the protocol, by the number that stands for it on the wire. Codes, retriability and texts are those of ' +
        'Apache Kafka 3.9 (`org.apache.kafka.common.protocol.Errors`).',
      '- **Retriable**: a client may send the same request again, later or to another broker; Kafka’s clients do so by themselves.\n' +
        '- **Here**: the sources of Odradek’s brokers name the error. The others belong to what is not supported, such as KRaft, ' +
        'share groups and tiered storage, or to features that are not there yet.',
      table(['Code', 'Name', 'Retriable', 'Here', 'When'], rows),
    );
  },
};

/**
 * Finds the error codes in the answers of one API: how to get at them is worked out from the schema, once. An answer
 * about several partitions, topics or groups has a code for each (`AbstractResponse.errorCounts` of Kafka).
 */
import type { Fields, MessageSpec } from '../protocol/schema';

type Note = (code: number) => void;
type Walk = (part: Readonly<Record<string, unknown>>, note: Note) => void;

const ERROR_CODE = 'errorCode';

/** `undefined` for an API whose answers have no error codes. */
export function errorCounterOf({ fields }: MessageSpec): Walk | undefined {
  return walkOf(fields);
}

function walkOf(fields: Fields): Walk | undefined {
  const hasCode = fields[ERROR_CODE]?.type === 'int16';
  const lists: (readonly [string, Walk])[] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (field.type !== 'array' || typeof field.of === 'string') continue;
    const walk = walkOf(field.of);
    if (walk) lists.push([name, walk]);
  }
  if (!hasCode && lists.length === 0) return undefined;
  return (part, note) => {
    if (hasCode) note((part[ERROR_CODE] as number | undefined) ?? 0);
    for (const [name, walk] of lists) {
      const items = part[name] as readonly Readonly<Record<string, unknown>>[] | null | undefined;
      if (items) for (const item of items) walk(item, note);
    }
  };
}

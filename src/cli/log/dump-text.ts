/** A dump in lines for people: those of Kafka's own inspection of log files, so that the two can be compared. */
import type {
  BatchItem,
  ControlFields,
  DumpItem,
  RecordItem,
} from '../../storage/inspect/dump-items';

export const BYTES_FORMATS = ['text', 'hex', 'json'] as const;
export type BytesFormat = (typeof BYTES_FORMATS)[number];

type Value = string | number | boolean | null;

function fieldsText(fields: Readonly<Record<string, Value>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${valueText(name, value)}`)
    .join(' ');
}

/** What may be absent, as Java prints it: there the field is an OptionalLong. */
const OPTIONAL = new Set(['deleteHorizonMs', 'currentTxnFirstOffset']);

function valueText(name: string, value: Value): string {
  if (!OPTIONAL.has(name)) return String(value);
  return value === null ? 'OptionalLong.empty' : `OptionalLong[${String(value)}]`;
}

function batchText(batch: BatchItem): string {
  const { fields, position, timestampType, timestamp, size, magic } = batch;
  const { compresscodec, crc, isvalid } = batch;
  const rest = { position, [timestampType]: timestamp, size, magic, compresscodec, crc, isvalid };
  return fieldsText({ ...fields, ...rest });
}

/** As text, bytes that are no UTF-8 are replaced; JSON that does not parse is shown as a string. */
export function bytesText(bytes: Buffer, format: BytesFormat): string {
  if (format === 'hex') return bytes.toString('hex');
  const text = bytes.toString('utf8');
  return format === 'text' ? text : JSON.stringify(bytesJson(bytes, format));
}

/** What takes the place of bytes in JSON and YAML. */
export function bytesJson(bytes: Buffer | null, format: BytesFormat): unknown {
  if (bytes === null) return null;
  if (format !== 'json') return bytesText(bytes, format);
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Key and value of a record as they are to be printed. */
export interface RecordContent {
  readonly key: string | undefined;
  readonly payload: string | undefined;
}

function controlText(control: ControlFields): string {
  return 'endTxnMarker' in control
    ? fieldsText({ ...control })
    : `controlType: ${String(control.controlType)}`;
}

function recordText(record: RecordItem, content: RecordContent, format: BytesFormat): string {
  const { offset, timestampType, timestamp, key, value, sequence, headers, control } = record;
  const sizes = { keySize: key?.length ?? -1, valueSize: value?.length ?? -1 };
  const parts = [`| ${fieldsText({ offset, [timestampType]: timestamp, ...sizes })}`];
  if (sequence !== undefined) {
    const names = headers.map((header) => header.key).join(',');
    parts.push(`sequence: ${String(sequence)} headerKeys: [${names}]`);
  }
  if (control) return [...parts, controlText(control)].join(' ');
  if (content.key !== undefined) parts.push(`key: ${content.key}`);
  if (content.payload !== undefined) parts.push(`payload: ${content.payload}`);
  if (headers.length > 0) {
    const values = headers.map(
      (header) =>
        `${header.key}=${header.value === null ? 'null' : bytesText(header.value, format)}`,
    );
    parts.push(`headers: ${values.join(',')}`);
  }
  return parts.join(' ');
}

/** One line. `content` is asked for records only. */
export function itemText(
  item: DumpItem,
  content: (record: RecordItem) => RecordContent,
  format: BytesFormat,
): string {
  switch (item.type) {
    case 'file':
      return `Dumping ${item.file} (${item.kind})`;
    case 'batch':
      return batchText(item);
    case 'record':
      return recordText(item, content(item), format);
    case 'entry':
      return fieldsText(item.fields);
    case 'problem': {
      const place = item.position === undefined ? '' : ` at position ${String(item.position)}`;
      return `!${place} ${item.problem}`;
    }
  }
}

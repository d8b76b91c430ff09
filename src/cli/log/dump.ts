/** `odradek log dump`: one item after the other, however large the files are. */
import { groupRecordJson } from '../../coordinator/group/record-json';
import { nodePlatform } from '../../platform/node';
import type { Files } from '../../platform/ports';
import { dumpFile, filesToDump } from '../../storage/inspect/dump-file';
import type { DumpItem, RecordItem } from '../../storage/inspect/dump-items';
import { notFound } from '../failure';
import { printItem } from '../output';
import type { OutputOptions } from '../output';
import { bytesJson, bytesText, itemText } from './dump-text';
import type { BytesFormat, RecordContent } from './dump-text';

export interface DumpCommandOptions extends OutputOptions {
  readonly records: boolean;
  readonly bytes: BytesFormat;
  readonly offsetsDecoder: boolean;
}

/** Key and value as strings, decoded where that was asked for and they are records of the group coordinator. */
function contentOf({ key, value }: RecordItem, options: DumpCommandOptions): RecordContent {
  const decoded = options.offsetsDecoder ? groupRecordJson(key, value) : undefined;
  if (decoded) {
    const payload = decoded.value === null ? '<DELETE>' : JSON.stringify(decoded.value);
    return { key: JSON.stringify(decoded.key), payload };
  }
  return {
    key: key === null ? undefined : bytesText(key, options.bytes),
    payload: value === null ? undefined : bytesText(value, options.bytes),
  };
}

function recordJson(record: RecordItem, options: DumpCommandOptions): object {
  const { key, value, headers, control, ...rest } = record;
  const decoded = options.offsetsDecoder ? groupRecordJson(key, value) : undefined;
  return {
    ...rest,
    keySize: key?.length ?? -1,
    valueSize: value?.length ?? -1,
    headers: headers.map((header) => ({
      key: header.key,
      value: bytesJson(header.value, options.bytes),
    })),
    ...(control ?? {
      key: decoded ? decoded.key : bytesJson(key, options.bytes),
      value: decoded ? decoded.value : bytesJson(value, options.bytes),
    }),
  };
}

function itemJson(item: DumpItem, options: DumpCommandOptions): object {
  if (item.type === 'record') return recordJson(item, options);
  if (item.type !== 'batch' && item.type !== 'entry') return item;
  const { fields, type, ...rest } = item;
  return { type, ...fields, ...rest };
}

async function dumpOne(files: Files, path: string, options: DumpCommandOptions): Promise<void> {
  const records = options.records || options.offsetsDecoder;
  for await (const item of dumpFile(files, path, { records })) {
    printItem(itemJson(item, options), options, () =>
      itemText(item, (record) => contentOf(record, options), options.bytes),
    );
  }
}

export async function dumpPaths(
  paths: readonly string[],
  options: DumpCommandOptions,
): Promise<void> {
  const { files } = nodePlatform();
  const missing = paths.find((path) => !files.statSync(path));
  if (missing !== undefined) throw notFound(`there is no ${missing}`);
  for (const file of paths.flatMap((path) => filesToDump(files, path))) {
    await dumpOne(files, file, options);
  }
}

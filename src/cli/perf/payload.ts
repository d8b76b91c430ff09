/** Which values are sent, as options say it. */
import { payloads } from '../../perf/measure/payloads';
import type { PayloadSource } from '../../perf/measure/payloads';
import { nodePlatform } from '../../platform/node';
import { unescaped } from './arguments';

export interface PayloadOptions {
  readonly recordSize?: number;
  readonly payloadFile?: string;
  readonly payloadDelimiter: string;
}

const DEFAULT_RECORD_BYTES = 1024;

/** Throws a `PerfError` if the file cannot be used, before anything else is done. */
export function payloadOf(options: PayloadOptions): PayloadSource {
  const { payloadFile: path, payloadDelimiter, recordSize } = options;
  if (path === undefined) return { kind: 'random', sizeBytes: recordSize ?? DEFAULT_RECORD_BYTES };
  const source = { kind: 'file', path, delimiter: unescaped(payloadDelimiter) } as const;
  payloads(source, nodePlatform());
  return source;
}

/** Settings of producer and consumer, by the names and with the defaults of Kafka's clients. */
import { COMPRESSION_CODECS } from '../../protocol/records/batch';
import type { CompressionCodec } from '../../protocol/records/batch';
import { PerfError } from '../perf-error';

const MAX_INT32 = 2 ** 31 - 1;

export interface ProducerSettings {
  readonly clientId: string;
  /** −1 is all. */
  readonly acks: -1 | 0 | 1;
  readonly lingerMs: number;
  /** Of one batch before compression, header included. */
  readonly batchBytes: number;
  readonly compression: CompressionCodec;
  /** Of gzip and zstd; their usual one if absent. */
  readonly compressionLevel: number | undefined;
  /** To each broker. */
  readonly maxInFlight: number;
  readonly isIdempotent: boolean;
  /** Of batches that wait or are on their way: no record is made while they fill it. */
  readonly bufferBytes: number;
  readonly maxRequestBytes: number;
  readonly requestTimeoutMs: number;
  /** From the making of a batch until it must have been acknowledged. */
  readonly deliveryTimeoutMs: number;
  readonly retryBackoffMs: number;
}

export interface ConsumerSettings {
  readonly clientId: string;
  readonly minBytes: number;
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly maxPartitionBytes: number;
  readonly checksCrcs: boolean;
  readonly requestTimeoutMs: number;
  readonly retryBackoffMs: number;
}

export type GivenSettings = Readonly<Record<string, string>>;

/** Reads values one by one; at the end every name that was given must have been asked for. */
class SettingReader {
  readonly #known = new Set<string>();

  constructor(private readonly given: GivenSettings) {}

  text(name: string, byDefault: string): string {
    this.#known.add(name);
    return this.given[name]?.trim() ?? byDefault;
  }

  number(name: string, byDefault: number, least: number, most = MAX_INT32): number {
    const text = this.text(name, String(byDefault));
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new PerfError(
      `${name}=${text}: a whole number from ${String(least)} to ${String(most)} is needed`,
    );
  }

  choice<T extends string>(name: string, byDefault: T, choices: readonly T[]): T {
    const text = this.text(name, byDefault);
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw new PerfError(`${name}=${text}: one of ${choices.join(', ')} is needed`);
  }

  isGiven(name: string): boolean {
    return this.given[name] !== undefined;
  }

  refuseOthers(): void {
    const unknown = Object.keys(this.given).find((name) => !this.#known.has(name));
    if (unknown === undefined) return;
    throw new PerfError(
      `there is no setting ${unknown} here; there are ${[...this.#known].sort().join(', ')}`,
    );
  }
}

const ACKS = { all: -1, '-1': -1, '0': 0, '1': 1 } as const;
/** The broker remembers the last five batches of a producer: more in flight could come out of order. */
const MOST_IN_FLIGHT_IF_IDEMPOTENT = 5;

function idempotence(reader: SettingReader, acks: number, maxInFlight: number): boolean {
  const isPossible = acks === -1 && maxInFlight <= MOST_IN_FLIGHT_IF_IDEMPOTENT;
  const name = 'enable.idempotence';
  const isWanted = reader.choice(name, isPossible ? 'true' : 'false', ['true', 'false']) === 'true';
  if (isWanted && !isPossible)
    throw new PerfError(
      `${name}=true needs acks=all and at most ${String(MOST_IN_FLIGHT_IF_IDEMPOTENT)} requests in flight`,
    );
  return isWanted;
}

function compressionLevel(reader: SettingReader, codec: CompressionCodec): number | undefined {
  const levels = {
    gzip: reader.number('compression.gzip.level', 6, 1, 9),
    zstd: reader.number('compression.zstd.level', 3, 1, 22),
  };
  if (codec !== 'gzip' && codec !== 'zstd') return undefined;
  return reader.isGiven(`compression.${codec}.level`) ? levels[codec] : undefined;
}

/** Throws a `PerfError` that names the setting. */
export function parseProducerSettings(given: GivenSettings): ProducerSettings {
  const reader = new SettingReader(given);
  const acks = ACKS[reader.choice('acks', 'all', ['all', '-1', '0', '1'])];
  const maxInFlight = reader.number('max.in.flight.requests.per.connection', 5, 1);
  const compression = reader.choice('compression.type', 'none', COMPRESSION_CODECS);
  const settings = {
    clientId: reader.text('client.id', 'odradek-perf-producer'),
    acks,
    lingerMs: reader.number('linger.ms', 0, 0),
    batchBytes: reader.number('batch.size', 16_384, 128),
    compression,
    compressionLevel: compressionLevel(reader, compression),
    maxInFlight,
    isIdempotent: idempotence(reader, acks, maxInFlight),
    bufferBytes: reader.number('buffer.memory', 33_554_432, 1, Number.MAX_SAFE_INTEGER),
    maxRequestBytes: reader.number('max.request.size', 1_048_576, 1),
    requestTimeoutMs: reader.number('request.timeout.ms', 30_000, 1),
    deliveryTimeoutMs: reader.number('delivery.timeout.ms', 120_000, 1),
    retryBackoffMs: reader.number('retry.backoff.ms', 100, 0),
  };
  reader.refuseOthers();
  if (settings.bufferBytes < settings.batchBytes)
    throw new PerfError('buffer.memory is smaller than one batch (batch.size)');
  return settings;
}

/** Throws a `PerfError` that names the setting. */
export function parseConsumerSettings(given: GivenSettings): ConsumerSettings {
  const reader = new SettingReader(given);
  const settings = {
    clientId: reader.text('client.id', 'odradek-perf-consumer'),
    minBytes: reader.number('fetch.min.bytes', 1, 0),
    maxWaitMs: reader.number('fetch.max.wait.ms', 500, 0),
    maxBytes: reader.number('fetch.max.bytes', 52_428_800, 1),
    maxPartitionBytes: reader.number('max.partition.fetch.bytes', 1_048_576, 1),
    checksCrcs: reader.choice('check.crcs', 'true', ['true', 'false']) === 'true',
    requestTimeoutMs: reader.number('request.timeout.ms', 30_000, 1),
    retryBackoffMs: reader.number('retry.backoff.ms', 100, 0),
  };
  reader.refuseOthers();
  return settings;
}

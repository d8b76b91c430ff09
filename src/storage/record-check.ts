/**
 * What a leader asks of each record (`LogValidator.validateRecord`), and the refusal that names the records at
 * fault (KIP-467). Most topics ask nothing, and then no batch is opened for it.
 */

import { LONG_MAX } from '../config/setting';
import type { Record } from '../protocol/records/reader';
import { InvalidRecordsError } from './types';
import type { AppendOrigin, LogConfig, RecordError } from './types';

export interface BatchChecks {
  readonly config: LogConfig;
  readonly origin: AppendOrigin;
  readonly nowMs: number;
  /** `topic-partition`, for messages. */
  readonly key: string;
}

/** How many of the errors the message of a refusal repeats. */
const SHOWN_ERRORS = 3;

/** The timestamps that a topic accepts. */
interface TimestampLimits {
  readonly least: number;
  readonly most: number;
}

/** Whether the topic asks anything of single records. */
export function asksOfRecords(checks: BatchChecks): boolean {
  return needsKeys(checks) || timestampLimits(checks) !== undefined;
}

/** Looks at the records of one batch, one after the other. */
export class RecordCheck {
  /** Whether each record must have a key. */
  readonly #needsKeys: boolean;
  readonly #limits: TimestampLimits | undefined;
  readonly #errors: RecordError[] = [];
  #hasTimeError = false;
  #lacksKey = false;
  #count = 0;

  constructor(private readonly checks: BatchChecks) {
    this.#needsKeys = needsKeys(checks);
    this.#limits = timestampLimits(checks);
  }

  /** `isAppendTime`: the batch claims that a broker gave its timestamps. */
  look(record: Record, isAppendTime: boolean): void {
    const keyProblem = this.#keyProblem(record);
    if (keyProblem !== undefined) this.#lacksKey = true;
    const problem = keyProblem ?? this.#timeProblem(record, isAppendTime);
    if (problem !== undefined) this.#errors.push({ batchIndex: this.#count, message: problem });
    this.#count++;
  }

  /** Throws `InvalidRecordsError` if any record was not acceptable. */
  finish(): void {
    const errors = this.#errors;
    if (errors.length === 0) return;
    const flaw = this.#lacksKey ? 'noKey' : undefined;
    if (this.#hasTimeError) {
      const message = 'One or more records have been rejected due to invalid timestamp';
      throw new InvalidRecordsError('INVALID_TIMESTAMP', message, errors, flaw);
    }
    const shown = errors
      .slice(0, SHOWN_ERRORS)
      .map(
        ({ batchIndex, message }) =>
          `RecordError(batchIndex=${String(batchIndex)}, message='${message}')`,
      );
    throw new InvalidRecordsError(
      'INVALID_RECORD',
      `One or more records have been rejected due to ${String(errors.length)} record errors in total, ` +
        `and only showing the first three errors at most: [${shown.join(', ')}]`,
      errors,
      flaw,
    );
  }

  #keyProblem({ key }: Record): string | undefined {
    return this.#needsKeys && key === null
      ? `Compacted topic cannot accept message without key in topic partition ${this.checks.key}`
      : undefined;
  }

  #timeProblem(record: Record, isAppendTime: boolean): string | undefined {
    const problem =
      this.checks.config['message.timestamp.type'] === 'CreateTime' && record.timestamp !== -1
        ? this.#rangeProblem(record)
        : appendTimeProblem(record, isAppendTime);
    if (problem !== undefined) this.#hasTimeError = true;
    return problem;
  }

  #rangeProblem({ timestamp, offset }: Record): string | undefined {
    const limits = this.#limits;
    if (!limits || (timestamp >= limits.least && timestamp <= limits.most)) return undefined;
    return (
      `Timestamp ${String(timestamp)} of message with offset ${String(offset)} is out of range. ` +
      `The timestamp should be within [${String(limits.least)}, ${String(limits.most)}]`
    );
  }
}

function appendTimeProblem(record: Record, isAppendTime: boolean): string | undefined {
  return isAppendTime
    ? `Invalid timestamp type in message at offset ${String(record.offset)}. ` +
        'Producer should not set timestamp type to LogAppendTime.'
    : undefined;
}

function needsKeys({ config }: BatchChecks): boolean {
  return config['cleanup.policy'].includes('compact');
}

/** `undefined` if every time will do, as by default. */
function timestampLimits({ config, nowMs, origin }: BatchChecks): TimestampLimits | undefined {
  const before = config['message.timestamp.before.max.ms'];
  const after = config['message.timestamp.after.max.ms'];
  const isUnlimited = before >= LONG_MAX && after >= LONG_MAX;
  if (isUnlimited || origin !== 'client' || config['message.timestamp.type'] !== 'CreateTime') {
    return undefined;
  }
  return { least: nowMs - before, most: nowMs + after };
}

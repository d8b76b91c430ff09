/** Names each damage of a log once, in the log and in the counter, however often it is met. */

import { ProtocolError } from '../protocol/errors';
import type { StorageEnvironment } from './environment';

/** Of a log with more than this many damages nobody reads every line. */
const MAX_REMEMBERED = 1000;

export interface Damage {
  readonly file: string;
  readonly position: number;
  /** The first offset that cannot be read because of it. */
  readonly offset: number;
  readonly reason: string;
}

export class DamageReports {
  readonly #known = new Set<string>();

  constructor(
    private readonly environment: Pick<StorageEnvironment, 'log' | 'counters'>,
    private readonly partition: string,
  ) {}

  /** Returns what to tell whoever wanted to read it. */
  report(damage: Damage): ProtocolError {
    const { file, position, reason } = damage;
    const place = `${file}:${String(position)}`;
    if (!this.#known.has(place) && this.#known.size < MAX_REMEMBERED) {
      this.#known.add(place);
      this.environment.counters.damagedBatches.add();
      const fields = { partition: this.partition, ...damage };
      this.environment.log.error('a damaged batch is not served', fields);
    }
    const message = `Damaged batch at position ${String(position)} of ${file}: ${reason}`;
    return new ProtocolError('CORRUPT_MESSAGE', message);
  }
}

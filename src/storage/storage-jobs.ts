/** What storage does from time to time: retention, checkpoints, flushes by age, forgetting idle producers. */

import { LONG_MAX } from '../config/setting';
import { Cleaner } from './cleaner/cleaner';
import type { StorageEnvironment } from './environment';
import type { Log } from './log';
import { LOG_STARTS, RECOVERY_POINTS } from './log-directory';
import type { LogDirectory } from './log-directory';
import { PeriodicJob } from './periodic-job';
import { countDeletable } from './retention';
import { StorageError } from './types';
import type { StorageConfig, StorageValues } from './types';

type PeriodName = {
  [Name in keyof StorageValues]: StorageValues[Name] extends number ? Name : never;
}[keyof StorageValues];

export class StorageJobs {
  readonly cleaner: Cleaner;
  readonly #jobs: PeriodicJob[] = [];

  constructor(
    private readonly environment: StorageEnvironment,
    private readonly config: StorageConfig,
    private readonly directories: readonly LogDirectory[],
  ) {
    this.#add('log.retention.check.interval.ms', () => this.#deleteOld());
    this.#add('log.flush.offset.checkpoint.interval.ms', () => this.#checkpoint(RECOVERY_POINTS));
    this.#add('log.flush.start.offset.checkpoint.interval.ms', () => this.#checkpoint(LOG_STARTS));
    this.#add('producer.id.expiration.check.interval.ms', () => {
      this.#forEachLog((log) => log.expireProducers());
    });
    this.cleaner = new Cleaner(environment, config, directories);
    const cleanerTimes = {
      firstDelayMs: config.values['log.cleaner.backoff.ms'],
      periodMs: () => config.values['log.cleaner.backoff.ms'],
    };
    this.#jobs.push(new PeriodicJob(environment.clock, cleanerTimes, () => this.#clean()));
    if (config.values['log.flush.scheduler.interval.ms'] < LONG_MAX) {
      this.#add('log.flush.scheduler.interval.ms', () => this.#forEachLog(flushByAge));
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.cleaner.stop(), ...this.#jobs.map((job) => job.stop())]);
  }

  #add(period: PeriodName, run: () => void): void {
    const times = {
      firstDelayMs: this.config.values['log.initial.task.delay.ms'],
      periodMs: () => this.config.values[period],
    };
    this.#jobs.push(new PeriodicJob(this.environment.clock, times, run));
  }

  /** What is compacted is past its limits, too, where its policy is `compact,delete` or its start was raised. */
  #clean(): void {
    if (!this.config.values['log.cleaner.enable']) return;
    this.#deleteOld((log) => log.config['cleanup.policy'].includes('compact'));
    this.cleaner.wake();
  }

  /** A log that is being compacted has its turn at the next run: a cleaning whose segments go is for nothing. */
  #deleteOld(isMeant: (log: Log) => boolean = () => true): void {
    this.#forEachLog((log, nowMs) => {
      if (isMeant(log) && !this.cleaner.isCleaning(log))
        log.removeOldest(countDeletable(log, nowMs));
    });
  }

  #checkpoint(name: string): void {
    for (const directory of this.directories) directory.checkpoint(name);
  }

  /** A directory that fails goes offline and is passed over; the others have their turn. */
  #forEachLog(run: (log: Log, nowMs: number) => void): void {
    const nowMs = this.environment.clock.nowMs();
    for (const directory of this.directories) {
      for (const log of directory.logs.values()) {
        if (!log.isOffline) this.#runOn(directory, () => run(log, nowMs));
      }
    }
  }

  #runOn(directory: LogDirectory, run: () => void): void {
    try {
      directory.attempt(run);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
  }
}

function flushByAge(log: Log, nowMs: number): void {
  if (log.recoveryPoint === log.writtenEndOffset) return;
  if (nowMs - log.lastFlushMs < log.config['flush.ms']) return;
  log.flush().catch(() => undefined); // A failed flush has taken the directory offline.
}

/**
 * The levels of one broker's areas, which change while it runs, and the log that keeps to them. As with log4j an area
 * has a level of its own or follows the root (`kafka.utils.Log4jController`).
 */
import { areaNamed, DEFAULT_AREA, LOG_AREAS, LOG_RANKS, loggersOf } from './log-areas';
import type { LogArea, LogLevel } from './log-areas';
import { LogBase } from './log-base';
import type { Log, LogFields } from './ports';

export const ROOT_LOGGER = 'root';

/** The rank of the least grave level that is written; shared with the logs of the area, which see it change. */
interface Threshold {
  rank: number;
}

export class LogLevels {
  readonly #own = new Map<LogArea, LogLevel>();
  readonly #thresholds = new Map<LogArea, Threshold>();

  constructor(
    private root: LogLevel,
    own: Iterable<readonly [LogArea, LogLevel]> = [],
  ) {
    for (const [area, level] of own) this.#own.set(area, level);
    for (const area of LOG_AREAS)
      this.#thresholds.set(area, { rank: LOG_RANKS[this.levelOfArea(area)] });
  }

  levelOfArea(area: LogArea): LogLevel {
    return this.#own.get(area) ?? this.root;
  }

  /** Every logger by each of its names, and the level in force. */
  *entries(): Iterable<readonly [logger: string, level: LogLevel]> {
    yield [ROOT_LOGGER, this.root];
    for (const area of LOG_AREAS) {
      for (const logger of loggersOf(area)) yield [logger, this.levelOfArea(area)];
    }
  }

  has(logger: string): boolean {
    return logger === ROOT_LOGGER || areaNamed(logger) !== undefined;
  }

  /** Sets the level of a logger that there is; the root's is that of all areas without one of their own. */
  set(logger: string, level: LogLevel): void {
    const area = areaNamed(logger);
    if (area !== undefined) this.#own.set(area, level);
    else if (logger === ROOT_LOGGER) this.root = level;
    this.#apply();
  }

  /** Lets the area follow the root again. */
  unset(logger: string): void {
    const area = areaNamed(logger);
    if (area !== undefined) this.#own.delete(area);
    this.#apply();
  }

  thresholdOf(area: LogArea): Readonly<Threshold> {
    return this.#thresholds.get(area) ?? { rank: LOG_RANKS[this.root] };
  }

  #apply(): void {
    for (const [area, threshold] of this.#thresholds)
      threshold.rank = LOG_RANKS[this.levelOfArea(area)];
  }
}

/** Passes on to `target` what the levels let through; what they do not costs one comparison. */
export class LeveledLog extends LogBase {
  readonly #threshold: Readonly<Threshold>;

  constructor(
    private readonly target: Log,
    private readonly levels: LogLevels,
    private readonly ofArea: LogArea = DEFAULT_AREA,
  ) {
    super();
    this.#threshold = levels.thresholdOf(ofArea);
  }

  override write(level: LogLevel, message: string, fields?: LogFields): void {
    if (LOG_RANKS[level] <= this.#threshold.rank) this.target[level](message, fields);
  }

  override isEnabled(level: LogLevel): boolean {
    return LOG_RANKS[level] <= this.#threshold.rank && this.target.isEnabled(level);
  }

  override with(fields: LogFields): Log {
    return new LeveledLog(this.target.with(fields), this.levels, this.ofArea);
  }

  override area(area: LogArea): Log {
    return new LeveledLog(this.target.area(area), this.levels, area);
  }
}

/** The same platform, with the log of an area. */
export function inArea<P extends { readonly log: Log }>(platform: P, area: LogArea): P {
  return { ...platform, log: platform.log.area(area) };
}

/**
 * When each record is due under a limit of records a second. The schedule has steps of one millisecond, and does
 * not wait for whoever falls behind: what is late is sent late, and its latency counts from when it was due.
 */
export class Schedule {
  constructor(
    private readonly startMs: number,
    /** Records a second; `undefined` for no limit. */
    private readonly perSecond: number | undefined,
  ) {}

  /** How many records are due by `nowMs`. */
  dueBy(nowMs: number): number {
    if (this.perSecond === undefined) return Infinity;
    const steps = Math.floor(nowMs - this.startMs) + 1;
    return Math.ceil((steps * this.perSecond) / 1000);
  }

  /** When the record with this place is due; without a limit whenever it is made. */
  timeOf(place: number, nowMs: number): number {
    if (this.perSecond === undefined) return nowMs;
    return this.startMs + Math.floor((place * 1000) / this.perSecond);
  }
}

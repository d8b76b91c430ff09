/** Kafka's own inspection of log files (kafka.tools.DumpLogSegments). */
import { kafkaTool } from './kafka';

/** What DumpLogSegments says where indexes, timestamps or offsets do not fit, or it cannot read on. */
const COMPLAINTS =
  /mismatch|out of order|non-consecutive|failed|exception|error|not found|corrupt|isvalid: false/i;
/** What it also says of a compacted log, where gaps between offsets are in order. */
const GAPS = /non-consecutive|^\s*\(\d+,\d+\)$/i;

export function dumpFiles(
  files: readonly string[],
  options: readonly string[] = ['--print-data-log'],
): Promise<string> {
  return kafkaTool('kafka-dump-log', ['--deep-iteration', ...options, '--files', files.join(',')]);
}

/** Lines of a dump that speak of damage. */
export function complaintsOf(dump: string, log: { readonly isCompacted?: boolean } = {}): string[] {
  const isGap = (line: string): boolean => (log.isCompacted ?? false) && GAPS.test(line);
  return dump.split('\n').filter((line) => COMPLAINTS.test(line) && !isGap(line));
}

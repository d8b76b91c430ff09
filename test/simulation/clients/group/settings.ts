import type { WorkloadOptions } from '../options';

export interface GroupSettings {
  readonly group: string;
  readonly topics: readonly string[];
  readonly protocol: 'eager' | 'cooperative';
  readonly isStatic: boolean;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly commitMs: number;
}

export function groupSettings(
  options: WorkloadOptions,
  names: { readonly group: string; readonly topics: readonly string[] },
): GroupSettings {
  return {
    ...names,
    protocol: options.oneOf('protocol', ['eager', 'cooperative']),
    isStatic: options.flag('isStatic', false),
    sessionTimeoutMs: options.number('sessionTimeoutMs', 4_000),
    rebalanceTimeoutMs: options.number('rebalanceTimeoutMs', 5_000),
    heartbeatMs: options.number('heartbeatMs', 800),
    commitMs: options.number('commitMs', 1_200),
  };
}

/**
 * What all members of a group know of its assignments, so that each can tell whether it got the leader's. A static
 * member goes by its instance id: its member id changes while its assignment stays.
 */
export class SentAssignments {
  readonly #sent = new Map<string, string[]>();

  /** A leader hands out assignments; those of a generation that came to nothing may be followed by others. */
  note(generation: number, member: string, assignment: Buffer): void {
    const key = `${String(generation)} ${member}`;
    const texts = this.#sent.get(key) ?? [];
    this.#sent.set(key, [...texts, assignment.toString('hex')]);
  }

  /** Whether a leader has handed this out; a member that no leader thought of gets nothing. */
  includes(generation: number, member: string, assignment: Buffer): boolean {
    const texts = this.#sent.get(`${String(generation)} ${member}`) ?? [];
    return texts.includes(assignment.toString('hex')) || assignment.length === 0;
  }
}

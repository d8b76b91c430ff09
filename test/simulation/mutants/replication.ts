/** Bugs of leaders and followers: high watermark, ISR, truncation, fencing of epochs. */
import type { Mutant } from './mutant';

export const REPLICATION_MUTANTS: readonly Mutant[] = [
  {
    name: 'high-watermark-is-leader-end',
    breaks: 'The leader takes its own log end for the high watermark, whatever followers have.',
    patches: [
      {
        file: 'src/replication/state/high-watermark.ts',
        find: 'if (counts) candidate = follower.logEndOffset;',
        replace: 'if (counts && follower.logEndOffset < 0) candidate = follower.logEndOffset;',
      },
    ],
    foundBy: ['acked record lost', 'high watermark'],
    seedsNeeded: 20,
  },
];

import type { Mutant } from './mutant';
import { REPLICATION_MUTANTS } from './replication';

/** All planted bugs. */
export const MUTANTS: readonly Mutant[] = [...REPLICATION_MUTANTS];

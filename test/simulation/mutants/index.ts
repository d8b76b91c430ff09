import type { Mutant } from './mutant';
import { BROKER_MUTANTS } from './broker';
import { CONTROLLER_MUTANTS } from './controller';
import { COORDINATOR_MUTANTS } from './coordinator';
import { REPLICATION_MUTANTS } from './replication';
import { STORAGE_MUTANTS } from './storage';
import { ZOOKEEPER_MUTANTS } from './zookeeper';

/** All planted bugs. */
export const MUTANTS: readonly Mutant[] = [
  ...REPLICATION_MUTANTS,
  ...CONTROLLER_MUTANTS,
  ...ZOOKEEPER_MUTANTS,
  ...BROKER_MUTANTS,
  ...STORAGE_MUTANTS,
  ...COORDINATOR_MUTANTS,
];

/** All checks, in the order in which a fault explains those after it. */
import type { Picture } from '../inspect/picture';
import { checkBrokers } from './checks/brokers';
import { checkClocks } from './checks/clocks';
import { checkController } from './checks/controller';
import { checkDisks } from './checks/disks';
import { checkEnsemble } from './checks/ensemble';
import { checkMoves } from './checks/moves';
import { checkOrphans } from './checks/orphans';
import { checkPartitions } from './checks/partitions';
import type { Finding, Severity } from './finding';

const CHECKS = [
  checkEnsemble,
  checkController,
  checkBrokers,
  checkDisks,
  checkPartitions,
  checkMoves,
  checkOrphans,
  checkClocks,
];

const ORDER: readonly Severity[] = ['error', 'warning', 'note'];

/** What is wrong with a cluster: errors first. */
export function examine(picture: Picture): Finding[] {
  const found = CHECKS.flatMap((check) => check(picture));
  return ORDER.flatMap((severity) => found.filter((each) => each.severity === severity));
}

/** Whether something needs to be mended: notes do not. */
export function isIll(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity !== 'note');
}

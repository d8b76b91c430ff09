/**
 * A leader's request to change its ISR: the checks of Kafka's `KafkaController.tryProcessAlterPartition`, in
 * their order; the first that matches decides.
 */
import type { PartitionState } from '../../zookeeper/types';

/** One partition of an AlterPartition request. */
export interface IsrChange {
  readonly isr: readonly number[];
  /** Broker epochs under which members were found in sync, where the leader tells them (KIP-903). */
  readonly brokerEpochs: ReadonlyMap<number, number>;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  readonly recovering: boolean;
}

export interface IsrChangeSituation {
  readonly sender: number;
  readonly version: number;
  readonly controllerEpoch: number;
  /** What the controller knows of the partition; `undefined` without a leader so far. */
  readonly current: PartitionState | undefined;
  /** The partition's assigned replicas. */
  readonly replicas: readonly number[];
  /** Registered, under this epoch if one is given, and not shutting down. */
  readonly isLive: (broker: number, epoch: number | undefined) => boolean;
}

export type IsrChangeRefusal =
  | 'UNKNOWN_TOPIC_OR_PARTITION'
  | 'NOT_CONTROLLER'
  | 'FENCED_LEADER_EPOCH'
  | 'INVALID_UPDATE_VERSION'
  | 'INVALID_REQUEST'
  | 'INELIGIBLE_REPLICA'
  | 'OPERATION_NOT_ATTEMPTED';

/** Refused; already so (answered with the current state); or a state to write. */
export type IsrChangeDecision =
  | { readonly kind: 'refused'; readonly error: IsrChangeRefusal }
  | { readonly kind: 'unchanged'; readonly state: PartitionState }
  | { readonly kind: 'write'; readonly state: PartitionState };

/** The first version in which a leader knows the error INELIGIBLE_REPLICA. */
const INELIGIBLE_REPLICA_SINCE = 2;

export function decideIsrChange(
  change: IsrChange,
  situation: IsrChangeSituation,
): IsrChangeDecision {
  const { current, replicas, sender, controllerEpoch, version, isLive } = situation;
  if (!current) return refused('UNKNOWN_TOPIC_OR_PARTITION');
  // The leader knows more than this broker: a newer controller must be at work.
  if (change.partitionEpoch > current.zkVersion || change.leaderEpoch > current.leaderEpoch) {
    return refused('NOT_CONTROLLER');
  }
  if (change.leaderEpoch < current.leaderEpoch) return refused('FENCED_LEADER_EPOCH');
  if (isAlready(change, sender, current)) return { kind: 'unchanged', state: current };
  if (change.partitionEpoch < current.zkVersion) return refused('INVALID_UPDATE_VERSION');
  if (change.recovering && change.isr.length > 1) return refused('INVALID_REQUEST');
  if (change.recovering && !current.recovering) return refused('INVALID_REQUEST');
  // Kafka leaves these to the leader; a wrong ISR is where acknowledged records get lost.
  if (current.leader !== sender || !change.isr.includes(sender)) return refused('INVALID_REQUEST');
  if (!change.isr.every((broker) => replicas.includes(broker))) return refused('INVALID_REQUEST');
  if (!change.isr.every((broker) => isLive(broker, change.brokerEpochs.get(broker)))) {
    return refused(
      version >= INELIGIBLE_REPLICA_SINCE ? 'INELIGIBLE_REPLICA' : 'OPERATION_NOT_ATTEMPTED',
    );
  }
  const { isr, recovering } = change;
  return { kind: 'write', state: { ...current, isr, recovering, controllerEpoch } };
}

/** A repeated request whose first answer was lost. */
function isAlready(change: IsrChange, sender: number, current: PartitionState): boolean {
  return (
    current.leader === sender &&
    current.recovering === change.recovering &&
    current.isr.length === change.isr.length &&
    current.isr.every((broker, index) => broker === change.isr[index])
  );
}

function refused(error: IsrChangeRefusal): IsrChangeDecision {
  return { kind: 'refused', error };
}

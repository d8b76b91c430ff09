/**
 * Brokers that went and came back while no controller looked. Their registration is younger than the
 * partition's state: since that was written they may have lost the end of their log, in a power cut say, and
 * yet it still counts them as in sync. Kafka's new controller takes such a state as it is; a controller in
 * office sees the new broker epoch and takes the broker out of the ISR (KIP-380). Pure.
 */
import type { Candidates, ElectedLeader } from './election';

export interface UnseenReturn extends Candidates {
  /** The leader by the state; −1 = none. */
  readonly leader: number;
  /** Whether the broker registered after the state was last written. */
  readonly hasReturned: (broker: number) => boolean;
}

/**
 * Takes the returned members out of the ISR, and the offline ones with them. The leader stays if it never went;
 * else the first member in assignment order that did not leads. `undefined`, and nothing is to be written, if
 * no online member has returned, or if all have: after a cold start nobody has more than the others.
 */
export function electAmongStayed(situation: UnseenReturn): ElectedLeader | undefined {
  const { assignment, isr, leader, isOnline, hasReturned } = situation;
  const online = isr.filter(isOnline);
  const stayed = online.filter((broker) => !hasReturned(broker));
  if (stayed.length === online.length) return undefined;
  const elected = stayed.includes(leader)
    ? leader
    : assignment.find((broker) => stayed.includes(broker));
  if (elected === undefined) return undefined;
  return {
    leader: elected,
    isr: stayed,
    isUnclean: false,
    recipients: assignment.filter(isOnline),
  };
}

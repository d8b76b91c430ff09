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
 * else the first member in assignment order that did not leads. If all online members have returned, as after a cold
 * start, nobody has more than the others, but the leader may have less than it had: it goes on in a new epoch, so
 * that a follower whose log is longer cuts what the leader lost instead of keeping it under records of another
 * content. `undefined`, and nothing is to be written, if no online member has returned, where there are no followers,
 * and if the leader is away: that is for the usual election.
 */
export function electAfterReturn(situation: UnseenReturn): ElectedLeader | undefined {
  const { assignment, isr, leader, isOnline, hasReturned } = situation;
  const online = isr.filter(isOnline);
  const stayed = online.filter((broker) => !hasReturned(broker));
  if (stayed.length === online.length) return undefined;
  const recipients = assignment.filter(isOnline);
  if (stayed.length === 0) {
    if (assignment.length === 1 || !online.includes(leader)) return undefined;
    return { leader, isr: online, isUnclean: false, recipients };
  }
  const elected = stayed.includes(leader)
    ? leader
    : assignment.find((broker) => stayed.includes(broker));
  if (elected === undefined) return undefined;
  return { leader: elected, isr: stayed, isUnclean: false, recipients };
}

/** Which brokers came, went, or came back in between, told by their epochs (KIP-380). */
import type { BrokerInfo } from '../../zookeeper/types';

export interface BrokerChange {
  readonly added: readonly BrokerInfo[];
  /** Registered again under a higher epoch: the controller missed that it was gone. */
  readonly bounced: readonly BrokerInfo[];
  /** Ids of brokers that are no longer registered. */
  readonly gone: readonly number[];
}

export function decideBrokerChange(
  known: ReadonlyMap<number, BrokerInfo>,
  registered: ReadonlyMap<number, BrokerInfo>,
): BrokerChange {
  const byId = [...registered.values()].sort((a, b) => a.id - b.id);
  return {
    added: byId.filter(({ id }) => !known.has(id)),
    bounced: byId.filter(({ id, epoch }) => {
      const before = known.get(id);
      return before !== undefined && epoch > before.epoch;
    }),
    gone: [...known.keys()].filter((id) => !registered.has(id)).sort((a, b) => a - b),
  };
}

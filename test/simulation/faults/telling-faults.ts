import type { SimulatedBroker } from '../cluster/simulated-broker';
import type { HistoryEvent } from '../history';
import type { FaultKind, Happening } from './fault-kind';
import { bothWays, changeLinks, cutLinks } from './links';

const GROUP_TOPIC = '__consumer_offsets';

type Harm = (happening: Happening, leader: SimulatedBroker) => () => void;

/** Whom the event was told by: the leader of the partition that it stands in. */
type Teller = (event: HistoryEvent, happening: Happening) => SimulatedBroker | undefined;

const ofAck: Teller = (event, { brokers }) =>
  event.kind === 'acked' ? leaderOf(brokers, event.topic, event.partition) : undefined;

const ofCommit: Teller = (event, happening) =>
  event.kind === 'committed' ? coordinatorOf(happening, event.group) : undefined;

const ofAssignment: Teller = (event, happening) =>
  event.kind === 'assigned' ? coordinatorOf(happening, event.group) : undefined;

const kill: Harm = (_, leader) => {
  leader.crash('killed');
  return () => leader.start();
};

/** Slow to bring to the device what is written: what is acknowledged too early is lost. */
const slowDisks = ({ brokers, random }: Happening): (() => void) => {
  for (const { disk } of brokers) disk.slow({ factor: random.between(20, 100) });
  return () => {
    for (const { disk } of brokers) disk.slow();
  };
};

const cutPowerOfAll: Harm = ({ brokers }) => {
  for (const broker of brokers) broker.crash('powerCut');
  return () => {
    for (const broker of brokers) broker.start();
  };
};

/** Clients still reach it, nobody else does. */
const isolate: Harm = ({ network, brokers, zookeeperHosts }, leader) => {
  const { name } = leader.machine;
  const peers = brokers.filter((each) => each !== leader).map(({ machine }) => machine.name);
  return cutLinks(network.wire, bothWays(name, [...peers, ...zookeeperHosts]));
};

/** Brokers are slow to hear of each other; what one of them knows, the others learn late. */
function slowReplication({ brokers, network, random }: Happening): () => void {
  const names = brokers.map(({ machine }) => machine.name);
  const links = names.flatMap((from) => names.map((to) => [from, to] as const));
  const latencyMs = random.between(5, 100);
  const quality = { latencyMs, jitterMs: latencyMs, lossOneIn: 0 };
  return changeLinks(network.wire, links, quality);
}

/**
 * Harms whoever tells a client next what the client will rely on, in the moment in which the client has heard of it and
 * other brokers may not have.
 */
function afterTelling(
  teller: Teller,
  harm: Harm,
  slow: (happening: Happening) => () => void = slowReplication,
): FaultKind['begin'] {
  return (happening) => {
    const endSlowness = slow(happening);
    let end: (() => void) | undefined;
    const stopListening = happening.history.onEvent((event) => {
      const broker = end ? undefined : teller(event, happening);
      if (broker) end = harm(happening, broker);
    });
    return () => {
      stopListening();
      endSlowness();
      end?.();
    };
  };
}

function leaderOf(
  brokers: readonly SimulatedBroker[],
  topic: string,
  partition: number,
): SimulatedBroker | undefined {
  return brokers.find((broker) => broker.leads(topic, partition));
}

function coordinatorOf({ brokers }: Happening, group: string): SimulatedBroker | undefined {
  return brokers.find((broker) => {
    const partition = broker.broker?.parts?.services.groups.partitionFor(group);
    return partition !== undefined && broker.leads(GROUP_TOPIC, partition);
  });
}

/** Faults that wait for the worst moment. */
export const TELLING_FAULTS: readonly FaultKind[] = [
  {
    name: 'killAfterAck',
    weight: 3,
    durationMs: [500, 12_000],
    begin: afterTelling(ofAck, kill),
  },
  {
    name: 'isolateAfterAck',
    weight: 2,
    durationMs: [500, 15_000],
    begin: afterTelling(ofAck, isolate),
  },
  {
    name: 'powerCutAfterAck',
    weight: 4,
    durationMs: [500, 5_000],
    needsStrictDurability: true,
    begin: afterTelling(ofAck, cutPowerOfAll, slowDisks),
  },
  {
    name: 'killAfterCommit',
    weight: 2,
    durationMs: [500, 8_000],
    begin: afterTelling(ofCommit, kill),
  },
  {
    name: 'killAfterAssignment',
    weight: 2,
    durationMs: [500, 8_000],
    begin: afterTelling(ofAssignment, kill),
  },
];

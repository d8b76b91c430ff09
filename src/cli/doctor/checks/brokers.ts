/** Brokers: there, reachable under what they advertise, of one cluster, and speaking one protocol. */
import { valueOf } from '../../inspect/broker-facts';
import type { ListenerProbe, ProbeOutcome } from '../../inspect/broker-facts';
import type { Picture } from '../../inspect/picture';
import { liveBrokers, seenPartitions, zookeeperOf } from '../../inspect/picture';
import { broker as brokerNode } from '../../../zookeeper/znodes';
import { counted, named, partitionName } from '../finding';
import type { Finding } from '../finding';

function missing(picture: Picture): Finding[] {
  const live = new Set(liveBrokers(picture));
  const lacking = new Map<number, string[]>();
  for (const partition of seenPartitions(picture))
    for (const replica of partition.replicas)
      if (!live.has(replica))
        lacking.set(replica, [...(lacking.get(replica) ?? []), partitionName(partition)]);
  const facts = zookeeperOf(picture);
  const evidenceFor = (id: number): string => {
    if (!facts) return `the metadata has no broker ${String(id)}`;
    const path = brokerNode.path(id);
    const isThere = facts.unreadable.some((error) => error.path === path);
    return isThere ? `${path} cannot be read` : `there is no ${path}`;
  };
  return [...lacking].map(([id, partitions]) => ({
    severity: 'error',
    check: 'broker-missing',
    what: `broker ${String(id)} is missing`,
    where: `broker ${String(id)}`,
    evidence: `${evidenceFor(id)}; it holds replicas of ${counted(partitions.length, 'partition')}: ${named(partitions)}`,
    why: 'Its replicas fall behind and protect nothing; what it alone holds cannot be read.',
    mend: `Start broker ${String(id)}. If it will not come back, move its replicas: odradek topic reassign.`,
  }));
}

const LISTENER_FAULTS: Readonly<
  Partial<
    Record<ProbeOutcome, { readonly check: string; readonly what: string; readonly mend: string }>
  >
> = {
  unreachable: {
    check: 'listener-unreachable',
    what: 'an advertised listener cannot be reached from here',
    mend: 'See that the host name resolves here and that no firewall is between; set advertised.listeners to what clients can reach.',
  },
  silent: {
    check: 'listener-silent',
    what: 'what answers at an advertised listener does not speak Kafka',
    mend: 'See which program has the port, and set advertised.listeners to the broker.',
  },
  'other-broker': {
    check: 'listener-of-another-broker',
    what: 'another broker answers at an advertised listener',
    mend: 'Give each broker an advertised.listeners of its own; behind a load balancer each needs a port or a name of its own.',
  },
};

function listenerFinding(id: number, probe: ListenerProbe): Finding[] {
  const fault = LISTENER_FAULTS[probe.outcome];
  if (!fault) return [];
  const { name, host, port, detail } = probe;
  return [
    {
      severity: 'error',
      check: fault.check,
      what: fault.what,
      where: `broker ${String(id)}, ${name}://${host}:${String(port)}`,
      evidence: detail,
      why: 'Clients and brokers go where the broker is registered: they fail there, or ask the wrong broker.',
      mend: fault.mend,
    },
  ];
}

function listeners({ brokers }: Picture): Finding[] {
  return brokers.flatMap(({ id, listeners: probes }) =>
    probes.flatMap((probe) => listenerFinding(id, probe)),
  );
}

function otherCluster(picture: Picture): Finding[] {
  const own = zookeeperOf(picture)?.clusterId;
  const ids = picture.brokers.flatMap(({ id, metadata }) => {
    const clusterId = valueOf(metadata)?.clusterId;
    return clusterId === undefined || clusterId === null ? [] : [{ id, clusterId }];
  });
  const expected = own ?? ids[0]?.clusterId;
  const others = ids.filter(({ clusterId }) => clusterId !== expected);
  if (expected === undefined || others.length === 0) return [];
  const source = own === undefined ? `broker ${String(ids[0]?.id)} says` : '/cluster/id says';
  return others.map(({ id, clusterId }) => ({
    severity: 'error',
    check: 'cluster-id-mismatch',
    what: `broker ${String(id)} is of another cluster`,
    where: `broker ${String(id)}`,
    evidence: `it says that its cluster is ${clusterId}; ${source} ${expected}`,
    why: 'Clients that reach it read and write other data under the same names.',
    mend: 'See zookeeper.connect (and its chroot) of that broker, and which broker the advertised address leads to.',
  }));
}

function mixedProtocol({ brokers }: Picture): Finding[] {
  const name = 'inter.broker.protocol.version';
  const versions = new Map<string, number[]>();
  for (const { id, settings } of brokers) {
    const version = valueOf(settings)?.get(name);
    if (version !== undefined) versions.set(version, [...(versions.get(version) ?? []), id]);
  }
  if (versions.size < 2) return [];
  return [
    {
      severity: 'warning',
      check: 'mixed-protocol',
      what: 'brokers speak different versions to each other',
      where: name,
      evidence: [...versions].map(([version, ids]) => `${version}: ${ids.join(', ')}`).join('; '),
      why: 'In the middle of an upgrade that is as it should be. After it, features stay off and an old broker cannot read what newer ones write.',
      mend: `Finish the upgrade: set ${name} to the same version everywhere, and restart broker by broker.`,
    },
  ];
}

/** Brokers that were not asked: what could not be looked at, said plainly. */
function notAsked({ brokers }: Picture): Finding[] {
  const silent = brokers.filter(
    ({ isAsked, listeners: probes }) =>
      !isAsked && probes.every(({ outcome }) => outcome === 'connects'),
  );
  if (silent.length === 0) return [];
  return [
    {
      severity: 'note',
      check: 'broker-not-asked',
      what: 'brokers without a plain-text listener were not asked',
      where: named(silent.map(({ id }) => `broker ${String(id)}`)),
      evidence: 'TLS and SASL are not spoken here; their ports take connections',
      why: 'Their settings, log directories and view of the cluster were not looked at.',
      mend: 'Run the doctor where a plain-text listener can be reached.',
    },
  ];
}

export function checkBrokers(picture: Picture): Finding[] {
  const checks = [missing, listeners, otherCluster, mixedProtocol, notAsked];
  return checks.flatMap((check) => check(picture));
}

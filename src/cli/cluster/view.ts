/** What `odradek cluster` shows of a picture. */
import { partitionsInNeed } from './attention';
import type { Attention } from './attention';
import { valueOf } from '../inspect/broker-facts';
import type { Picture } from '../inspect/picture';
import { liveBrokers, registeredBroker, zookeeperOf } from '../inspect/picture';

export interface BrokerView {
  readonly id: number;
  readonly endpoints: readonly string[];
  readonly rack: string | null;
  /** `null` where ZooKeeper was not read. */
  readonly epoch: number | null;
  readonly session: string | null;
  readonly isController: boolean;
  readonly interBrokerProtocol: string | null;
  readonly reachable: boolean;
}

export interface ClusterView {
  readonly clusterId: string | null;
  readonly bootstrap: string | null;
  readonly zookeeper: string | null;
  /** Why ZooKeeper was not read; `null` if it was. */
  readonly zookeeperProblem: string | null;
  readonly zookeeperVersions: readonly string[];
  readonly controllerId: number | null;
  readonly controllerEpoch: number | null;
  readonly brokers: readonly BrokerView[];
  readonly topics: number;
  readonly partitions: number;
  readonly attention: readonly Attention[];
}

function endpointText(endpoint: { name: string; host: string; port: number }): string {
  return `${endpoint.name}://${endpoint.host}:${String(endpoint.port)}`;
}

export function controllerOf(picture: Picture): number | null {
  const facts = zookeeperOf(picture);
  if (facts) return facts.controller?.brokerId ?? null;
  const told = valueOf(picture.metadata)?.controllerId ?? -1;
  return told < 0 ? null : told;
}

export function brokerViews(picture: Picture): BrokerView[] {
  const controllerId = controllerOf(picture);
  return liveBrokers(picture).map((id) => {
    const registered = registeredBroker(picture, id);
    const asked = picture.brokers.find((each) => each.id === id);
    const named = valueOf(picture.metadata)?.brokers.find((each) => each.id === id);
    const endpoints = registered?.endpoints ?? asked?.listeners ?? [];
    const settings = asked && valueOf(asked.settings);
    return {
      id,
      endpoints: endpoints.map(endpointText),
      rack: registered ? registered.rack : (named?.rack ?? null),
      epoch: registered?.epoch ?? null,
      session: registered ? `0x${registered.session.toString(16)}` : null,
      isController: id === controllerId,
      interBrokerProtocol: settings?.get('inter.broker.protocol.version') ?? null,
      reachable: asked?.isAsked ?? false,
    };
  });
}

export function clusterView(picture: Picture): ClusterView {
  const facts = zookeeperOf(picture);
  const metadata = valueOf(picture.metadata);
  const attention = partitionsInNeed(picture);
  const topics = facts?.topics ?? metadata?.topics ?? [];
  const versions = picture.ensemble.flatMap(({ version }) =>
    version === undefined ? [] : [version],
  );
  return {
    clusterId: facts?.clusterId ?? metadata?.clusterId ?? null,
    bootstrap: picture.bootstrap ?? null,
    zookeeper: picture.zookeeperConnect ?? null,
    zookeeperProblem: 'problem' in picture.zookeeper ? picture.zookeeper.problem : null,
    zookeeperVersions: [...new Set(versions)],
    controllerId: controllerOf(picture),
    controllerEpoch: facts?.controllerEpoch ?? null,
    brokers: brokerViews(picture),
    topics: topics.length,
    partitions: topics.reduce((sum, { partitions }) => sum + partitions.length, 0),
    attention,
  };
}

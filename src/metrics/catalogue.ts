/**
 * Every metric of a broker, by name. The names are those that the usual rules of the Prometheus JMX exporter give to
 * Kafka's beans (its example `kafka-2_0_0.yml`, in lower case), those of kafka_exporter, those that the clients of
 * Prometheus give a process, and, beginning with `odradek_`, our own. `docs/reference/metrics.md` is made from it.
 */
import type { MetricSpec } from './metric-spec';
import {
  GROUP_METRICS,
  REQUEST_METRICS,
  SERVER_METRICS,
  TRAFFIC_METRICS,
  WAITING_METRICS,
  ZOOKEEPER_METRICS,
} from './tables/broker';
import { CLUSTER_METRICS } from './tables/cluster';
import { CONTROLLER_METRICS } from './tables/controller';
import { PROCESS_METRICS } from './tables/process';
import { REPLICATION_METRICS } from './tables/replication';
import { STORAGE_METRICS } from './tables/storage';

/** The same by subject, in the order in which people read of them. */
export const METRIC_GROUPS = [
  { title: 'Replicas', metrics: REPLICATION_METRICS },
  { title: 'Controller', metrics: CONTROLLER_METRICS },
  { title: 'Traffic', metrics: TRAFFIC_METRICS },
  { title: 'Requests and connections', metrics: REQUEST_METRICS },
  { title: 'What waits', metrics: WAITING_METRICS },
  { title: 'Logs', metrics: STORAGE_METRICS },
  { title: 'Groups', metrics: GROUP_METRICS },
  { title: 'Topics and consumer lag, as kafka_exporter names them', metrics: CLUSTER_METRICS },
  { title: 'ZooKeeper', metrics: ZOOKEEPER_METRICS },
  { title: 'Broker', metrics: SERVER_METRICS },
  { title: 'Process', metrics: PROCESS_METRICS },
] as const;

const TABLES = {
  ...REPLICATION_METRICS,
  ...CONTROLLER_METRICS,
  ...TRAFFIC_METRICS,
  ...REQUEST_METRICS,
  ...WAITING_METRICS,
  ...STORAGE_METRICS,
  ...GROUP_METRICS,
  ...CLUSTER_METRICS,
  ...ZOOKEEPER_METRICS,
  ...SERVER_METRICS,
  ...PROCESS_METRICS,
};

export type MetricName = keyof typeof TABLES;

export const METRICS: Readonly<Record<MetricName, MetricSpec>> = TABLES;

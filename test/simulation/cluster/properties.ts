import { BROKER_PORT, LOG_DIRECTORY, brokerHost } from './simulated-broker';

/**
 * What every simulated broker is set to. Spans of time are as long as a cluster that fails over quickly has them;
 * segments, caches and limits are small, so that a short run meets their ends.
 */
const COMMON: Readonly<Record<string, string>> = {
  'log.dirs': LOG_DIRECTORY,
  // All of it goes to the trace.
  'odradek.log.level': 'TRACE',
  'zookeeper.session.timeout.ms': '6000',
  'zookeeper.connection.timeout.ms': '20000',
  'default.replication.factor': '3',
  'min.insync.replicas': '2',
  'num.partitions': '3',
  'auto.create.topics.enable': 'false',
  'offsets.topic.num.partitions': '2',
  'offsets.topic.replication.factor': '3',
  'group.initial.rebalance.delay.ms': '100',
  'group.min.session.timeout.ms': '1000',
  'replica.lag.time.max.ms': '4000',
  'replica.fetch.backoff.ms': '200',
  'connections.max.idle.ms': '20000',
  'request.timeout.ms': '5000',
  'replica.socket.timeout.ms': '5000',
  'controller.socket.timeout.ms': '5000',
  'controlled.shutdown.max.retries': '3',
  'controlled.shutdown.retry.backoff.ms': '500',
  'log.segment.bytes': '16384',
  'log.segment.delete.delay.ms': '2000',
  'log.retention.check.interval.ms': '5000',
  'log.flush.offset.checkpoint.interval.ms': '3000',
  'replica.high.watermark.checkpoint.interval.ms': '2000',
  'log.cleaner.backoff.ms': '3000',
  'log.cleaner.dedupe.buffer.size': '2097152',
  'log.cleaner.io.buffer.size': '65536',
  'offsets.topic.segment.bytes': '16384',
  'log.cleaner.min.cleanable.ratio': '0.2',
  'offsets.retention.check.interval.ms': '60000',
};

/** The properties of broker `id`, as in its `server.properties`. */
export function brokerProperties(
  id: number,
  zookeeperServers: readonly string[],
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    ...COMMON,
    ...settings,
    'broker.id': String(id),
    listeners: `PLAINTEXT://${brokerHost(id)}:${String(BROKER_PORT)}`,
    'zookeeper.connect': zookeeperServers.map((host) => `${host}:2181`).join(','),
  };
}

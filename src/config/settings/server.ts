/** Identity of the broker, its topics in general, shutdown, metrics and quotas. */
import { bool, string, int, long, list, className, version } from '../setting';

export const SERVER_SETTINGS = {
  'alter.config.policy.class.name': className(
    null,
    'Policy that may refuse AlterConfigs requests.',
  ),
  'auto.create.topics.enable': bool(true, 'Create topics that a client asks for.'),
  'auto.leader.rebalance.enable': bool(
    true,
    'Move leaders back to the preferred replicas from time to time.',
  ),
  'broker.id': int(-1, 'Number of this broker in the cluster; -1 has one generated.'),
  'broker.id.generation.enable': bool(true, 'Allow broker.id=-1.'),
  'broker.rack': string(
    null,
    'Rack of this broker, for the placement of replicas and for reading nearby (KIP-392).',
  ),
  'client.quota.callback.class': className(null, 'Computes client quotas.'),
  'controlled.shutdown.enable': bool(true, 'Hand leaders over to other brokers before stopping.'),
  'controlled.shutdown.max.retries': int(3, 'Attempts to hand leaders over.'),
  'controlled.shutdown.retry.backoff.ms': long(5000, 'Pause between two such attempts.'),
  'controller.quota.window.num': int(
    11,
    'Samples of the quota for creating and deleting partitions.',
    { min: 1 },
  ),
  'controller.quota.window.size.seconds': int(1, 'Span of one such sample.', { min: 1 }),
  'controller.socket.timeout.ms': int(
    30_000,
    'How long requests between controller and brokers may take.',
  ),
  'create.topic.policy.class.name': className(
    null,
    'Policy that may refuse CreateTopics requests.',
  ),
  'delete.topic.enable': bool(true, 'Allow topics to be deleted.'),
  'inter.broker.protocol.version': version(
    '3.9-IV0',
    'Version of Kafka that all brokers of the cluster understand.',
  ),
  'kafka.metrics.polling.interval.secs': int(10, 'How often the older metrics reporters run.', {
    min: 1,
  }),
  'kafka.metrics.reporters': list([], 'The older metrics reporters.'),
  'metric.reporters': list([], 'Metrics reporters.', { dynamic: 'cluster' }),
  'metrics.num.samples': int(2, 'Samples kept of each metric.', { min: 1 }),
  'metrics.recording.level': string(
    'INFO',
    'Least level of the metrics recorded: INFO, DEBUG or TRACE.',
  ),
  'metrics.sample.window.ms': long(30_000, 'Span of one sample of a metric.', { min: 1 }),
  'num.partitions': int(1, 'Partitions of topics created without a number.', { min: 1 }),
  'quota.window.num': int(11, 'Samples of client quotas.', { min: 1 }),
  'quota.window.size.seconds': int(1, 'Span of one sample of client quotas.', { min: 1 }),
  'reserved.broker.max.id': int(
    1000,
    'Largest broker.id that is set by hand; generated ones are larger.',
    { min: 0 },
  ),
};

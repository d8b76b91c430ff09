/** Checks across several settings before a broker starts, as kafka.server.KafkaConfig.validateValues makes them. */
import { levelsProblem } from './log-levels';
import { parseMetricsListener } from './metrics-listener';
import type { Report } from './listeners';
import type { BrokerValues } from './settings/broker';
import { retentionMs, rollJitterMs, rollMs } from './values';
import type { Properties } from './values';

/** `broken`: the rule is violated. `problem` names the setting and how to mend it. */
interface Rule {
  readonly broken: boolean;
  readonly problem: string;
}

/** Every directory of `log.dirs`, or `log.dir` where that is not set. */
export function parseLogDirs(values: BrokerValues): string[] {
  return (values['log.dirs'] ?? values['log.dir'])
    .split(',')
    .map((directory) => directory.trim())
    .filter((directory) => directory !== '');
}

function identityRules(values: BrokerValues, properties: Properties): Rule[] {
  const id = values['broker.id'];
  const highest = values['reserved.broker.max.id'];
  const mayGenerate = values['broker.id.generation.enable'];
  const nodeId = properties['node.id'];
  return [
    {
      broken: mayGenerate && (id < -1 || id > highest),
      problem: `broker.id=${String(id)}: must lie between -1 and reserved.broker.max.id (${String(highest)})`,
    },
    {
      broken: !mayGenerate && id < 0,
      problem: `broker.id=${String(id)}: must be 0 or more, as broker.id.generation.enable=false`,
    },
    {
      broken: nodeId !== undefined && nodeId !== String(id),
      problem: `node.id=${String(nodeId)}: must be the same as broker.id (${String(id)}), or left out`,
    },
    {
      broken: properties['process.roles'] !== undefined,
      problem:
        'process.roles: only ZooKeeper mode is supported; remove it and set zookeeper.connect',
    },
  ];
}

function logRules(values: BrokerValues): Rule[] {
  const retention = retentionMs(values);
  const perCleaner = values['log.cleaner.dedupe.buffer.size'] / values['log.cleaner.threads'];
  return [
    {
      broken: parseLogDirs(values).length === 0,
      problem: 'log.dirs: at least one directory is needed, in log.dirs or log.dir',
    },
    {
      broken: retention === 0,
      problem:
        'log.retention.ms: must be unlimited (-1) or at least 1, also when set in minutes or hours',
    },
    { broken: rollMs(values) < 1, problem: 'log.roll.ms: must be at least 1' },
    { broken: rollJitterMs(values) < 0, problem: 'log.roll.jitter.ms: must be at least 0' },
    {
      broken: perCleaner <= 1024 * 1024,
      problem:
        'log.cleaner.dedupe.buffer.size: must be more than 1 MB for each of log.cleaner.threads',
    },
  ];
}

function replicationRules(values: BrokerValues): Rule[] {
  const wait = values['replica.fetch.wait.max.ms'];
  const acks = values['offsets.commit.required.acks'];
  return [
    {
      broken: wait > values['replica.socket.timeout.ms'],
      problem: `replica.fetch.wait.max.ms=${String(wait)}: must not exceed replica.socket.timeout.ms, or fetches time out without need`,
    },
    {
      broken: wait > values['replica.lag.time.max.ms'],
      problem: `replica.fetch.wait.max.ms=${String(wait)}: must not exceed replica.lag.time.max.ms, or the ISR changes all the time`,
    },
    {
      broken: acks < -1 || acks > values['offsets.topic.replication.factor'],
      problem: `offsets.commit.required.acks=${String(acks)}: must lie between -1 and offsets.topic.replication.factor`,
    },
    {
      broken: values['group.min.session.timeout.ms'] > values['group.max.session.timeout.ms'],
      problem: 'group.min.session.timeout.ms: must not exceed group.max.session.timeout.ms',
    },
  ];
}

function connectionRules(values: BrokerValues): Rule[] {
  const queued = values['queued.max.request.bytes'];
  const metrics = values['odradek.metrics.listener'];
  return [
    {
      broken: queued > 0 && queued < values['socket.request.max.bytes'],
      problem: `queued.max.request.bytes=${String(queued)}: must be -1, or at least socket.request.max.bytes`,
    },
    {
      broken:
        values['max.connections.per.ip'] === 0 && values['max.connections.per.ip.overrides'] === '',
      problem:
        'max.connections.per.ip=0: allowed only together with max.connections.per.ip.overrides',
    },
    {
      broken: (values['zookeeper.connect'] ?? '').trim() === '',
      problem: 'zookeeper.connect: required, as host:port,host:port/chroot',
    },
    {
      broken: metrics !== null && parseMetricsListener(metrics) === undefined,
      problem: `odradek.metrics.listener=${String(metrics)}: must be host:port`,
    },
  ];
}

function ownLogRules(values: BrokerValues): Rule[] {
  const items = values['odradek.log.levels'];
  const problem = levelsProblem(items);
  return [
    {
      broken: problem !== undefined,
      problem: `odradek.log.levels=${items.join(',')}: ${String(problem)}`,
    },
  ];
}

export function checkStart(values: BrokerValues, properties: Properties, report: Report): void {
  const rules = [
    ...identityRules(values, properties),
    ...logRules(values),
    ...replicationRules(values),
    ...connectionRules(values),
    ...ownLogRules(values),
  ];
  for (const { broken, problem } of rules) if (broken) report(problem);
}

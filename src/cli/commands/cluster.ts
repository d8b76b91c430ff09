/** `odradek cluster`: brokers, controller, and partitions that need attention. */
import type { Command } from 'commander';

import type { Attention } from '../cluster/attention';
import type { BrokerView, ClusterView } from '../cluster/view';
import { withPlaceOptions } from '../arguments';
import type { PlaceOptions } from '../arguments';
import { lookAt } from '../look';
import { formatTable, printRows, printValue } from '../output';
import type { Row } from '../output';

export function define(command: Command): void {
  withPlaceOptions(command.command('describe', { isDefault: true }))
    .description('the whole: brokers, controller, partitions that need attention')
    .action(describe);
  withPlaceOptions(command.command('brokers'))
    .description('brokers with endpoints, rack, epoch and session')
    .action(brokers);
  withPlaceOptions(command.command('log-dirs'))
    .description('log directories of the brokers: replicas, size, room on the disk')
    .action(logDirs);
  withPlaceOptions(command.command('zookeeper'))
    .description('servers of the ensemble: mode, latency, requests')
    .action(zookeeper);
}

function loadViews(): typeof import('../cluster/view') {
  return require('../cluster/view') as typeof import('../cluster/view');
}

function brokerRow(broker: BrokerView): Row {
  return {
    broker: broker.id,
    endpoints: broker.endpoints.join(','),
    rack: broker.rack,
    epoch: broker.epoch,
    session: broker.session,
    protocol: broker.interBrokerProtocol,
    answers: broker.reachable ? 'yes' : 'no',
    controller: broker.isController ? 'yes' : '',
  };
}

function attentionRow({ topic, partition, leader, replicas, isr, is }: Attention): Row {
  return {
    topic,
    partition,
    leader,
    replicas: replicas.join(','),
    isr: isr.join(','),
    is: is.join(', '),
  };
}

function controllerText({ controllerId, controllerEpoch }: ClusterView): string {
  if (controllerId === null) return 'none';
  const epoch = controllerEpoch === null ? '' : `, epoch ${String(controllerEpoch)}`;
  return `broker ${String(controllerId)}${epoch}`;
}

function zookeeperText({ zookeeper, zookeeperProblem, zookeeperVersions }: ClusterView): string {
  const place = zookeeper ?? 'not known';
  const versions = zookeeperVersions.length > 0 ? ` (${zookeeperVersions.join(', ')})` : '';
  return zookeeperProblem === null ? `${place}${versions}` : `${place}: ${zookeeperProblem}`;
}

function textOf(view: ClusterView): string {
  const { attention } = view;
  const needs =
    attention.length === 0
      ? 'every partition is led and in sync'
      : formatTable(attention.map(attentionRow));
  return [
    `cluster     ${view.clusterId ?? 'not known'}`,
    `controller  ${controllerText(view)}`,
    `zookeeper   ${zookeeperText(view)}`,
    `topics      ${String(view.topics)}, partitions ${String(view.partitions)}`,
    '',
    view.brokers.length === 0 ? 'no brokers' : formatTable(view.brokers.map(brokerRow)),
    '',
    needs,
  ].join('\n');
}

async function describe(options: PlaceOptions): Promise<void> {
  const view = loadViews().clusterView(await lookAt(options, 0));
  printValue(view, options, () => textOf(view));
}

async function brokers(options: PlaceOptions): Promise<void> {
  const views = loadViews().brokerViews(await lookAt(options, 0));
  printRows(views.map(brokerRow), { ...options, empty: 'no brokers' });
}

async function logDirs(options: PlaceOptions): Promise<void> {
  const picture = await lookAt(options, 0);
  const rows = picture.brokers.flatMap(({ id, logDirs: answer }): Row[] => {
    const nothing = { replicas: null, bytes: null, usableBytes: null, totalBytes: null };
    if ('problem' in answer) return [{ broker: id, path: null, ...nothing, state: answer.problem }];
    return answer.value.map(({ path, error, replicas, usableBytes, totalBytes }) => ({
      broker: id,
      path,
      replicas: replicas.length,
      bytes: replicas.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      usableBytes: usableBytes ?? null,
      totalBytes: totalBytes ?? null,
      state: error === 'NONE' ? 'online' : error,
    }));
  });
  printRows(rows, { ...options, empty: 'no brokers' });
}

async function zookeeper(options: PlaceOptions): Promise<void> {
  const { ensemble } = await lookAt(options, 0);
  const rows = ensemble.map((server) => ({
    server: `${server.host}:${String(server.port)}`,
    mode: server.mode ?? null,
    version: server.version ?? null,
    latencyMs: server.averageLatencyMs ?? null,
    maxLatencyMs: server.maxLatencyMs ?? null,
    outstanding: server.outstanding ?? null,
    zxid: server.zxid ?? null,
    problem: server.problem ?? '',
  }));
  printRows(rows, { ...options, empty: 'the address of ZooKeeper is not known' });
}

/** What the doctor finds, each finding planted by itself in a cluster that is well otherwise. */
import { examine, isIll } from '../../../src/cli/doctor/examine';
import type { Picture } from '../../../src/cli/inspect/picture';
import { ZnodeFormatError } from '../../../src/zookeeper/errors';
import {
  HEALTHY_ENSEMBLE,
  NOW_MS,
  aLogDir,
  aPicture,
  aRegisteredBroker,
  aServer,
  aTopic,
  someBrokerFacts,
} from '../../builders/picture';

const MINUTE_MS = 60_000;
const two = [1, 2].map((id) => aRegisteredBroker(id));
const follower = (host: string) =>
  aServer({ host, mode: 'follower', learners: undefined, syncedLearners: undefined });

/** One broker of three is not as it should be. */
function aBrokerThat(fields: Parameters<typeof someBrokerFacts>[1]): Partial<Picture> {
  return { brokers: [someBrokerFacts(1), someBrokerFacts(2, fields), someBrokerFacts(3)] };
}

function aListener(
  outcome: 'unreachable' | 'silent' | 'other-broker' | 'connects',
  detail: string,
) {
  const endpoint = { name: 'PLAINTEXT', host: 'b2', port: 9092, securityProtocol: 'PLAINTEXT' };
  return [{ ...endpoint, outcome, detail }];
}

const moving = aTopic('orders', [{ adding: [4], replicas: [4, 1, 2, 3], isr: [1, 2, 3] }]);
const growing = aTopic('orders', [{ adding: [3], replicas: [3, 1, 2], isr: [1, 2] }]);
const oldNode = (path: string) => [{ path, createdMs: NOW_MS - 10 * MINUTE_MS }];
const settings = (
  name: 'min.insync.replicas' | 'inter.broker.protocol.version' | 'delete.topic.enable',
  value: string,
) => ({ value: new Map([[name, value]]) }) as const;

test('a cluster that is well has no findings', () => {
  expect(examine(aPicture())).toEqual([]);
});

test.each`
  picture                                                                                                                                                                        | found                                                                                  | evidence
  ${aPicture({}, { zookeeper: { problem: 'connect /: OPERATION_TIMEOUT' } })}                                                                                                    | ${['error zookeeper-unreachable']}                                                     | ${/OPERATION_TIMEOUT/}
  ${aPicture({}, { ensemble: [...HEALTHY_ENSEMBLE.slice(0, 2), aServer({ host: 'zk3', problem: 'ECONNREFUSED', mode: undefined, ruok: '' })] })}                                 | ${['error zookeeper-server-down']}                                                     | ${/ECONNREFUSED/}
  ${aPicture({}, { ensemble: [...HEALTHY_ENSEMBLE.slice(0, 2), aServer({ host: 'zk3', mode: undefined })] })}                                                                    | ${['error zookeeper-not-serving']}                                                     | ${/ruok: imok; srvr: no mode/}
  ${aPicture({}, { ensemble: [aServer({ mode: 'standalone' }), aServer({ host: 'zk2', mode: 'standalone' })] })}                                                                 | ${['error zookeeper-split']}                                                           | ${/zk1:2181 is standalone; zk2:2181 is standalone/}
  ${aPicture({}, { ensemble: [follower('zk2'), follower('zk3')] })}                                                                                                              | ${['warning zookeeper-leader-not-named']}                                              | ${/zk2:2181 is follower/}
  ${aPicture({}, { ensemble: [aServer({ syncedLearners: 1 }), ...HEALTHY_ENSEMBLE.slice(1)] })}                                                                                  | ${['warning zookeeper-follower-behind']}                                               | ${/1 synced of 2 connected/}
  ${aPicture({}, { ensemble: [aServer({ averageLatencyMs: 250, maxLatencyMs: 4000 }), ...HEALTHY_ENSEMBLE.slice(1)] })}                                                          | ${['warning zookeeper-slow']}                                                          | ${/250 ms on average, 4000 ms at most/}
  ${aPicture({}, { ensemble: [aServer({ outstanding: 500 }), ...HEALTHY_ENSEMBLE.slice(1)] })}                                                                                   | ${['warning zookeeper-slow']}                                                          | ${/500 requests outstanding/}
  ${aPicture({}, { ensemble: [aServer({ mode: 'standalone' })] })}                                                                                                               | ${['note zookeeper-alone']}                                                            | ${/standalone/}
  ${aPicture({}, { ensemble: [aServer({ refusedWords: ['mntr'], syncedLearners: undefined }), ...HEALTHY_ENSEMBLE.slice(1)] })}                                                  | ${['note zookeeper-words-not-allowed']}                                                | ${/4lw/}
  ${aPicture({ controller: undefined })}                                                                                                                                         | ${['error controller-missing']}                                                        | ${/3 broker\(s\) are registered/}
  ${aPicture({ controller: { brokerId: 9, session: 9n, electedAt: 30 } }, aBrokerThat({}))}                                                                                      | ${['error controller-not-registered', 'warning controller-not-known']}                 | ${/there is no \/brokers\/ids\/9/}
  ${aPicture({ controller: { brokerId: 1, session: 99n, electedAt: 30 } })}                                                                                                      | ${['error controller-not-registered']}                                                 | ${/session 0x63, \/brokers\/ids\/1 to 0x1/}
  ${aPicture({ controllerEpoch: undefined })}                                                                                                                                    | ${['error controller-epoch']}                                                          | ${/\/controller_epoch is not there/}
  ${aPicture({ controllerEpoch: 6 })}                                                                                                                                            | ${['error controller-epoch']}                                                          | ${/it says 6; orders-0 were written in epoch 7/}
  ${aPicture({}, aBrokerThat({ metadata: { value: { clusterId: 'cluster', controllerId: 3, brokers: [], topics: [] } } }))}                                                      | ${['warning controller-not-known']}                                                    | ${/names broker 1; in their metadata it is 3 \(broker 2\)/}
  ${aPicture({ brokers: two, topics: [aTopic('orders', [{ isr: [1, 2] }])] })}                                                                                                   | ${['error broker-missing', 'warning isr-short']}                                       | ${/there is no \/brokers\/ids\/3; it holds replicas of 1 partition: orders-0/}
  ${aPicture({}, aBrokerThat({ listeners: aListener('unreachable', 'connect ECONNREFUSED'), isAsked: false }))}                                                                  | ${['error listener-unreachable']}                                                      | ${/ECONNREFUSED/}
  ${aPicture({}, aBrokerThat({ listeners: aListener('silent', 'gave no answer') }))}                                                                                             | ${['error listener-silent']}                                                           | ${/gave no answer/}
  ${aPicture({}, aBrokerThat({ listeners: aListener('other-broker', 'expected 3, but received 2') }))}                                                                           | ${['error listener-of-another-broker']}                                                | ${/expected 3, but received 2/}
  ${aPicture({}, aBrokerThat({ listeners: aListener('connects', ''), isAsked: false }))}                                                                                         | ${['note broker-not-asked']}                                                           | ${/TLS and SASL/}
  ${aPicture({}, aBrokerThat({ metadata: { value: { clusterId: 'other', controllerId: 1, brokers: [], topics: [] } } }))}                                                        | ${['error cluster-id-mismatch']}                                                       | ${/its cluster is other; \/cluster\/id says cluster/}
  ${aPicture({}, aBrokerThat({ settings: settings('inter.broker.protocol.version', '3.8-IV0') }))}                                                                               | ${['warning mixed-protocol']}                                                          | ${/3\.9-IV0: 1, 3; 3\.8-IV0: 2/}
  ${aPicture({}, aBrokerThat({ logDirs: { value: [aLogDir({ error: 'KAFKA_STORAGE_ERROR' })] } }))}                                                                              | ${['error log-dir-offline']}                                                           | ${/KAFKA_STORAGE_ERROR/}
  ${aPicture({}, aBrokerThat({ logDirs: { value: [aLogDir({ totalBytes: 100, usableBytes: 14 })] } }))}                                                                          | ${['warning disk-full']}                                                               | ${/14\.0 %/}
  ${aPicture({}, aBrokerThat({ logDirs: { value: [aLogDir({ totalBytes: 100, usableBytes: 4 })] } }))}                                                                           | ${['error disk-full']}                                                                 | ${/4\.0 %/}
  ${aPicture({}, aBrokerThat({ logDirs: { value: [aLogDir({ totalBytes: undefined })] } }))}                                                                                     | ${[]}                                                                                  | ${/^$/}
  ${aPicture({}, aBrokerThat({ logDirs: { problem: 'does not answer DescribeLogDirs (35)' } }))}                                                                                 | ${['note disks-not-told']}                                                             | ${/DescribeLogDirs/}
  ${aPicture({ topics: [aTopic('orders', [{ leader: -1, isr: [1] }])] })}                                                                                                        | ${['error partition-offline']}                                                         | ${/nobody leads, replicas 1,2,3, ISR 1/}
  ${aPicture({ topics: [aTopic('orders', [{ state: undefined }])] })}                                                                                                            | ${['warning partition-never-led']}                                                     | ${/without a state znode/}
  ${aPicture({ topics: [aTopic('orders', [{ isr: [1, 3] }])] })}                                                                                                                 | ${['warning isr-short']}                                                               | ${/of the replicas missing, 2 is up/}
  ${aPicture({ topics: [aTopic('orders', [{ isr: [1] }], { config: { 'min.insync.replicas': '2' } })] })}                                                                        | ${['error isr-below-minimum', 'warning isr-short']}                                    | ${/1 in sync, 2 are needed \(topic orders\)/}
  ${aPicture({ topics: [aTopic('orders', [{ isr: [1] }])] }, { brokers: [someBrokerFacts(1, { settings: settings('min.insync.replicas', '2') })] })}                             | ${['error isr-below-minimum', 'warning isr-short']}                                    | ${/2 are needed \(broker 1\)/}
  ${aPicture({ topics: [aTopic('orders', [{}], { config: { 'min.insync.replicas': '4' } })] })}                                                                                  | ${['warning min-isr-too-high']}                                                        | ${/3 replicas, min\.insync\.replicas is 4/}
  ${aPicture({ topics: [aTopic('orders', [{ isr: [1] }], { config: { 'min.insync.replicas': '4' } })] })}                                                                        | ${['error isr-below-minimum', 'warning isr-short', 'warning min-isr-too-high']}        | ${/1 in sync, 3 are needed/}
  ${aPicture({ topics: [aTopic('orders', [{ leader: 2 }])] })}                                                                                                                   | ${['warning leader-imbalance']}                                                        | ${/of 1 partition that prefer it, and have it in sync, 1 are led elsewhere \(100 %, 10 % are allowed\)/}
  ${aPicture({ topics: [aTopic('orders', [{ replicas: [1] }])] })}                                                                                                               | ${['warning replication-factor-one']}                                                  | ${/1 partition with one broker each/}
  ${aPicture({ topics: [aTopic('__consumer_offsets', [{ replicas: [1] }])] })}                                                                                                   | ${['warning internal-topic-replication']}                                              | ${/1 replica of a partition, on 3 brokers/}
  ${aPicture({ topics: [moving] })}                                                                                                                                              | ${['error broker-missing', 'error reassignment-stuck', 'note reassignment-under-way']} | ${/holds replicas of 1 partition: orders-0/}
  ${aPicture({ topics: [growing] })}                                                                                                                                             | ${['note reassignment-under-way']}                                                     | ${/orders-0 \(adding 3, since/}
  ${aPicture({ topics: [growing] }, { progress: [{ topic: 'orders', partition: 0, replica: 3, before: 5, after: 5, leaderEnd: 9 }] })}                                           | ${['warning reassignment-stalled', 'note reassignment-under-way']}                     | ${/watched for 3\.0 s: orders-0 on broker 3 ends at 5 before and after, the leader at 9/}
  ${aPicture({ reassignment: { path: '/admin/reassign_partitions', createdMs: NOW_MS - 10 * MINUTE_MS, moves: [{ topic: 'gone', partition: 0, replicas: [1] }] } })}             | ${['warning reassignment-request-stale']}                                              | ${/10 min ago.*gone-0 do not exist/}
  ${aPicture({ reassignment: { path: '/admin/reassign_partitions', createdMs: NOW_MS - 1_000, moves: [{ topic: 'gone', partition: 0, replicas: [1] }] } })}                      | ${[]}                                                                                  | ${/^$/}
  ${aPicture({ orphanConfigs: ['gone'] })}                                                                                                                                       | ${['warning orphan-topic-config']}                                                     | ${/seen twice/}
  ${aPicture({ topics: [aTopic('orders', [{}], { strayPartitions: [7] })] })}                                                                                                    | ${['warning orphan-partition-state']}                                                  | ${/assigns no replicas/}
  ${aPicture({ deletions: [{ topic: 'gone', path: '/admin/delete_topics/gone', createdMs: NOW_MS - 5 * MINUTE_MS }] })}                                                          | ${['warning deletion-stuck']}                                                          | ${/there is no such topic/}
  ${aPicture({ deletions: [{ topic: 'gone', path: '/admin/delete_topics/gone', createdMs: NOW_MS }] })}                                                                          | ${[]}                                                                                  | ${/^$/}
  ${aPicture({ deletions: [{ topic: 'orders', path: '/admin/delete_topics/orders', createdMs: NOW_MS }] })}                                                                      | ${[]}                                                                                  | ${/^$/}
  ${aPicture({ deletions: [{ topic: 'orders', path: '/admin/delete_topics/orders', createdMs: NOW_MS - 5 * MINUTE_MS }] })}                                                      | ${['warning deletion-stuck']}                                                          | ${/asked for 5 min ago/}
  ${aPicture({ deletions: [{ topic: 'orders', path: '/admin/delete_topics/orders', createdMs: NOW_MS }] }, aBrokerThat({ settings: settings('delete.topic.enable', 'false') }))} | ${['warning deletion-stuck']}                                                          | ${/delete\.topic\.enable is false/}
  ${aPicture({ isrNotifications: oldNode('/isr_change_notification/isr_change_1') })}                                                                                            | ${['warning notification-stale']}                                                      | ${/10 min ago/}
  ${aPicture({ logDirEvents: oldNode('/log_dir_event_notification/log_dir_event_1') })}                                                                                          | ${['warning notification-stale']}                                                      | ${/1 znode/}
  ${aPicture({ logDirEvents: [{ path: '/p', createdMs: NOW_MS - 1_000 }] })}                                                                                                     | ${[]}                                                                                  | ${/^$/}
  ${aPicture({ oldConsumers: ['ancient'] })}                                                                                                                                     | ${['note offsets-in-zookeeper']}                                                       | ${/children of \/consumers/}
  ${aPicture({ unreadable: [new ZnodeFormatError('/brokers/topics/x', 'not JSON')] })}                                                                                           | ${['error znode-unreadable']}                                                          | ${/not JSON/}
  ${aPicture({ brokers: [...two, aRegisteredBroker(3, { registeredMs: NOW_MS, writtenMs: NOW_MS - 7_000 })] })}                                                                  | ${['warning clock-skew']}                                                              | ${/the broker was ahead/}
  ${aPicture({ brokers: [...two, aRegisteredBroker(3, { registeredMs: NOW_MS - 60_000, writtenMs: NOW_MS })] })}                                                                 | ${['warning clock-skew']}                                                              | ${/the broker was behind/}
  ${aPicture({ brokers: [...two, aRegisteredBroker(3, { registeredMs: NOW_MS - 8_000, writtenMs: NOW_MS })] })}                                                                  | ${[]}                                                                                  | ${/^$/}
  ${aPicture({ brokers: [...two, aRegisteredBroker(3, { registeredMs: undefined })] })}                                                                                          | ${[]}                                                                                  | ${/^$/}
  ${aPicture({ newestMs: NOW_MS + 5_000 })}                                                                                                                                      | ${['warning clock-skew']}                                                              | ${/here it is 2026-01-31T12:00:00\.000Z/}
`('finds $found by $evidence', ({ picture, found, evidence }) => {
  const findings = examine(picture);
  expect(findings.map(({ severity, check }) => `${severity} ${check}`)).toEqual(found);
  expect(findings[0]?.evidence ?? '').toMatch(evidence);
  for (const finding of findings)
    for (const text of [finding.what, finding.where, finding.evidence, finding.why, finding.mend])
      expect(text).not.toBe('');
});

test('without ZooKeeper, what the brokers say is judged', () => {
  const partition = { topic: 't', partition: 0, leader: 1, leaderEpoch: 0, replicas: [1, 2] };
  const node = { id: 1, host: 'b1', port: 9092, rack: null };
  const metadata = {
    clusterId: 'cluster',
    controllerId: 1,
    brokers: [node],
    topics: [
      {
        name: 't',
        topicId: undefined,
        isInternal: false,
        error: 'NONE' as const,
        partitions: [{ ...partition, isr: [1] }],
      },
    ],
  };
  const picture = aPicture(
    {},
    { zookeeper: { problem: 'none' }, ensemble: [], metadata: { value: metadata } },
  );
  const found = examine({ ...picture, brokers: [] });
  expect(found.map(({ check }) => check)).toEqual([
    'zookeeper-unreachable',
    'broker-missing',
    'isr-short',
  ]);
  expect(found[1]?.evidence).toMatch(/the metadata has no broker 2/);
});

test('notes alone are no illness', () => {
  const findings = examine(aPicture({ oldConsumers: ['ancient'] }));
  expect(isIll(findings)).toBe(false);
  expect(isIll(examine(aPicture({ controller: undefined })))).toBe(true);
});

test('where many are ill, some are named and the rest counted', () => {
  const topics = Array.from({ length: 20 }, (_, i) => aTopic(`t${String(i)}`, [{ isr: [1, 2] }]));
  const [finding] = examine(aPicture({ topics }));
  expect(finding?.where).toMatch(/^t0-0, .*, t7-0 and 12 more$/);
});

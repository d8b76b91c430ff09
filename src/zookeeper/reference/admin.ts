/** What operators and brokers ask of the controller. */
import * as znodes from '../znodes';
import { entryOf, folder } from './entry';
import type { ZnodeEntry } from './entry';

export const ADMIN: readonly ZnodeEntry[] = [
  {
    pattern: '/admin',
    purpose: 'Requests to the controller.',
    kind: 'persistent',
    presence: 'always',
    writtenBy: 'The first broker ever.',
    changesWhen: 'Never.',
    example: null,
    may: 'Look.',
    mustNot: 'Delete it.',
  },
  folder(znodes.deleteTopics, {
    presence: 'always',
    writtenBy: 'Every broker, at its start, if it is missing.',
    changesWhen: 'A topic is to be deleted, and when that is done.',
    may: 'Look: what stays here for long waits for a broker that is down.',
    mustNot: 'Delete it.',
  }),
  folder(znodes.deleteTopic, {
    presence: 'at-need',
    writtenBy: 'The broker that serves DeleteTopics; an operator may too.',
    changesWhen: 'It does not; the controller removes it when every replica is deleted.',
    may: 'Create it, without data, to delete the topic and all its records: the controller sees it at once. Needs delete.topic.enable.',
    mustNot:
      'Delete it to call the deletion off: replicas may be gone already, and brokers and controller then disagree about the topic.',
  }),
  entryOf(znodes.reassignPartitions, {
    kind: 'persistent',
    presence: 'legacy',
    writtenBy:
      'Tools of before Kafka 2.4, or an operator; tools since then ask the controller itself.',
    changesWhen:
      'The controller takes partitions out as they are done, and removes it with the last.',
    example: '{"version":1,"partitions":[{"topic":"orders","partition":1,"replicas":[0,1]}]}',
    may: 'Create it to move replicas, under 1 MB: the controller watches for its creation.',
    mustNot:
      'Set it while it exists: only its creation is noticed. Delete it to stop a move: since 2.4 that stops nothing; use `kafka-reassign-partitions.sh --cancel`.',
  }),
  entryOf(znodes.preferredReplicaElection, {
    kind: 'persistent',
    presence: 'legacy',
    writtenBy:
      'Tools of before Kafka 2.4, or an operator; tools since then ask the controller itself.',
    changesWhen: 'It does not; the controller removes it when the elections are done.',
    example: '{"version":1,"partitions":[{"topic":"orders","partition":2}]}',
    may: 'Create it to make the preferred replicas leaders: the controller watches for its creation.',
    mustNot: 'Set it while it exists: only its creation is noticed.',
  }),
  folder(znodes.isrChangeNotifications, {
    presence: 'always',
    writtenBy: 'Every broker, at its start, if it is missing.',
    changesWhen: 'Leaders older than 2.7 change an ISR.',
    may: 'Look: with brokers since 2.7 it is empty.',
    mustNot: 'Delete it.',
  }),
  entryOf(znodes.isrChangeNotification, {
    kind: 'persistent-sequential',
    presence: 'legacy',
    writtenBy: 'Leaders with an inter.broker.protocol.version below 2.7.',
    changesWhen: 'It does not; the controller removes it when it has read it.',
    example: '{"version":1,"partitions":[{"topic":"orders","partition":0}]}',
    may: 'Create one after a state znode was changed by hand with the brokers down: the controller reads those partitions anew.',
    mustNot: 'Delete it: the controller would not learn of the change.',
  }),
  folder(znodes.logDirEvents, {
    presence: 'always',
    writtenBy: 'Every broker, at its start, if it is missing.',
    changesWhen: 'A log directory of a broker fails.',
    may: 'Look.',
    mustNot: 'Delete it.',
  }),
  entryOf(znodes.logDirEvent, {
    kind: 'persistent-sequential',
    presence: 'at-need',
    writtenBy: 'A broker that has lost a log directory.',
    changesWhen:
      'It does not; the controller removes it when it has asked the broker which replicas are gone.',
    example: '{"version":1,"broker":0,"event":1}',
    may: 'Create one to make the controller ask a broker for its replicas again; it does no harm.',
    mustNot: 'Delete it: partitions whose leader was there would stay without one.',
  }),
];

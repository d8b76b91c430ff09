/** Brokers, topics and partitions. */
import * as znodes from '../znodes';
import { entryOf, folder } from './entry';
import type { ZnodeEntry } from './entry';

const DELETION =
  'To delete a topic use `odradek topic delete`, or create /admin/delete_topics/[topic].';

/** A broker's znode is decoded with its id beside it. */
function omitDecode({ pattern, purpose }: { readonly pattern: string; readonly purpose: string }): {
  readonly pattern: string;
  readonly purpose: string;
} {
  return { pattern, purpose };
}

export const BROKERS: readonly ZnodeEntry[] = [
  {
    pattern: '/brokers',
    purpose: 'Brokers, and the topics they serve.',
    kind: 'persistent',
    presence: 'always',
    writtenBy: 'The first broker ever.',
    changesWhen: 'Never.',
    example: null,
    may: 'Look.',
    mustNot: 'Delete it or anything below: the cluster would forget all topics.',
  },
  folder(znodes.brokerIds, {
    presence: 'always',
    writtenBy: 'Every broker, at its start, if it is missing.',
    changesWhen: 'A broker starts, stops, or loses its session.',
    may: 'Look: what is not here is not part of the cluster.',
    mustNot: 'Delete it.',
  }),
  {
    ...entryOf(omitDecode(znodes.broker), {
      kind: 'ephemeral',
      presence: 'always',
      writtenBy: 'The broker itself, at its start and after its session expired.',
      changesWhen:
        'The broker starts or stops, its session expires, or its listeners are changed while it runs.',
      example:
        '{"features":{},"listener_security_protocol_map":{"PLAINTEXT":"PLAINTEXT"},"endpoints":["PLAINTEXT://127.0.0.1:9092"],"jmx_port":-1,"port":9092,"host":"127.0.0.1","version":5,"timestamp":"1795330662767"}',
      may: 'Delete the znode of a broker that is surely dead, so that its partitions get leaders before its session times out.',
      mustNot:
        'Delete the znode of a broker that lives: it goes on serving while others take over, and does not register again until its session is renewed. Create or set it: a dead broker would be given leaders.',
    }),
    check: (data, path) => znodes.broker.decode(Number(path.split('/').at(-1)), data),
  },
  folder(znodes.brokerSequence, {
    presence: 'always',
    writtenBy:
      'A broker without an id of its own (`broker.id=-1`), by setting nothing: the version counts.',
    changesWhen: 'Such a broker starts for the first time.',
    may: 'Look.',
    mustNot:
      'Delete it: its version would begin anew, and new brokers would get ids that are taken.',
  }),
  folder(znodes.topics, {
    presence: 'always',
    writtenBy: 'Every broker, at its start, if it is missing.',
    changesWhen: 'A topic is created, or its deletion is done.',
    may: 'Look.',
    mustNot: `Delete anything below. ${DELETION}`,
  }),
  entryOf(znodes.topic, {
    kind: 'persistent',
    presence: 'at-need',
    writtenBy:
      'The broker that creates the topic or adds partitions; the controller while replicas move.',
    changesWhen: 'The topic is created or deleted, gets partitions, or its replicas move.',
    example:
      '{"partitions":{"0":[2,0,1],"1":[1,2]},"topic_id":"uoYoGPcWSqeR9nl76h461g","adding_replicas":{"0":[2]},"removing_replicas":{"0":[1]},"version":3}',
    may: 'Look: the first replica of a partition is its preferred leader; adding_replicas and removing_replicas tell what moves.',
    mustNot: `Change replica lists: brokers would hold replicas that the cluster does not know, and lack others. Move replicas with \`kafka-reassign-partitions.sh\`. Delete it: its logs stay on disk, and a new topic of that name gets another id. ${DELETION}`,
  }),
  folder(znodes.partitions, {
    presence: 'at-need',
    writtenBy: 'The controller, when the first partition of the topic gets a leader.',
    changesWhen: 'Partitions get their first leader, or the topic is deleted.',
    may: 'Look: a partition of the topic that is missing here has never had a leader.',
    mustNot: `Delete it. ${DELETION}`,
  }),
  folder(znodes.partition, {
    presence: 'at-need',
    writtenBy: 'The controller.',
    changesWhen: 'The partition gets its first leader, or the topic is deleted.',
    may: 'Look.',
    mustNot: `Delete it. ${DELETION}`,
  }),
  entryOf(znodes.partitionState, {
    kind: 'persistent',
    presence: 'at-need',
    writtenBy:
      'The controller only, always checking /controller_epoch (up to Kafka 2.6 the leader too).',
    changesWhen:
      'The leader changes, or the ISR shrinks or grows. leader_epoch counts decisions of the controller; the znode version is the partition epoch.',
    example: '{"controller_epoch":1,"leader":2,"version":1,"leader_epoch":0,"isr":[2,1,0]}',
    may: 'Look: leader -1 is an offline partition, an ISR shorter than the replicas one that has lost redundancy. Elect leaders with `kafka-leader-election.sh`.',
    mustNot:
      'Set it while brokers run: the controller in office works from memory and its next write fails; a leader from outside of the ISR loses acknowledged records. Delete it: the controller takes the partition for new, and its records may be truncated to nothing.',
  }),
];

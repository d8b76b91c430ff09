/** The cluster and its controller. */
import * as znodes from '../znodes';
import { entryOf } from './entry';
import type { ZnodeEntry } from './entry';

export const CLUSTER: readonly ZnodeEntry[] = [
  {
    pattern: '/cluster',
    purpose: 'Holds the id of the cluster.',
    kind: 'persistent',
    presence: 'always',
    writtenBy: 'The first broker ever.',
    changesWhen: 'Never.',
    example: null,
    may: 'Look.',
    mustNot: 'Delete it: see /cluster/id.',
  },
  entryOf(znodes.clusterId, {
    kind: 'persistent',
    presence: 'always',
    writtenBy: 'The first broker ever; whoever comes later takes it as it is.',
    changesWhen: 'Never.',
    example: '{"version":"1","id":"LND0dWJjTEGycuHdknmjcw"}',
    may: 'Look. Where the ensemble was lost: write back the id that meta.properties of the log directories name, before any broker starts.',
    mustNot:
      'Change or delete it. Every log directory keeps the id in meta.properties, and a broker whose directories name another one refuses to start.',
  }),
  entryOf(znodes.controller, {
    kind: 'ephemeral',
    presence: 'always',
    writtenBy: 'The broker that wins the election, together with /controller_epoch.',
    changesWhen:
      'The controller stops, or its session expires; it vanishes, and all brokers stand for election.',
    example: '{"version":2,"brokerid":1,"timestamp":"1795330662856","kraftControllerEpoch":-1}',
    may: 'Delete it, to have another controller elected, when the one in office hangs. Any broker may win, the same one too.',
    mustNot:
      'Create or set it: the cluster would take a broker for controller that does not act as one, and nothing would be coordinated until the znode is gone.',
  }),
  entryOf(znodes.controllerEpoch, {
    kind: 'persistent',
    presence: 'always',
    writtenBy: 'The broker that wins the election, together with /controller.',
    changesWhen: 'At each election of a controller, by one.',
    example: '7',
    may: 'Look: the number, beside the epochs in the state znodes, tells which controller decided what.',
    mustNot:
      'Set or delete it, not even to the same number. Each write of a controller is conditional on its znode version: the controller in office would be deposed. A lower number would make brokers refuse its requests as stale.',
  }),
  entryOf(znodes.features, {
    kind: 'persistent',
    presence: 'always',
    writtenBy: 'The controller when it takes office, and for UpdateFeatures (`kafka-features.sh`).',
    changesWhen: 'A controller of another version takes office, or a feature is finalized.',
    example: '{"features":{},"version":2,"status":1}',
    may: 'Look.',
    mustNot:
      'Set or delete it: a broker that does not support what it says stops. Its znode version is told to clients as the epoch of the features.',
  }),
  entryOf(znodes.producerIdBlock, {
    kind: 'persistent',
    presence: 'always',
    writtenBy: 'The controller, for a broker that has used up its block.',
    changesWhen: 'A broker asks for 1,000 more ids for idempotent and transactional producers.',
    example: '{"version":1,"broker":0,"block_start":"0","block_end":"999"}',
    may: 'Look.',
    mustNot:
      'Set it lower or delete it: ids would be given out twice, and brokers would take records of one producer for duplicates of another and drop them.',
  }),
  {
    pattern: '/migration',
    purpose: 'How far a migration to KRaft has come.',
    kind: 'persistent',
    presence: 'at-need',
    writtenBy: 'Controllers of KRaft only, while they migrate a ZooKeeper cluster.',
    changesWhen: 'They have written more of their metadata to ZooKeeper.',
    example:
      '{"version":0,"kraft_controller_id":3000,"kraft_controller_epoch":1,"kraft_metadata_offset":100,"kraft_metadata_epoch":1}',
    may: "Look. When a migration is rolled back: delete it together with /controller, as Kafka's migration guide says at its step.",
    mustNot:
      'Change it while a KRaft controller runs: it would write its metadata over again, or not at all.',
  },
];

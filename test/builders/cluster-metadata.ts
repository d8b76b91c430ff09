import { codecOf } from '../../src/protocol/codec';
import { UpdateMetadataRequest } from '../../src/protocol/messages/06-update-metadata';

export const LISTENER = 'PLAINTEXT';

interface PartitionOptions {
  readonly leader?: number;
  readonly leaderEpoch?: number;
  readonly replicas?: readonly number[];
}

interface MetadataOptions {
  readonly controllerId?: number;
  readonly controllerEpoch?: number;
  readonly brokerEpoch?: number;
  /** Ids of the live brokers; broker n listens on port 9000 + n. */
  readonly brokers?: readonly number[];
  /** Partitions by topic. */
  readonly topics?: Readonly<Record<string, readonly PartitionOptions[]>>;
}

/** An UpdateMetadata request as a broker decodes it. */
export function anUpdateMetadata(options: MetadataOptions = {}): UpdateMetadataRequest {
  const { controllerId = 1, controllerEpoch = 1, brokerEpoch = -1, brokers = [1, 2, 3] } = options;
  const codec = codecOf(UpdateMetadataRequest);
  const message = {
    controllerId,
    controllerEpoch,
    brokerEpoch,
    topicStates: Object.entries(options.topics ?? {}).map(([topicName, partitions]) => ({
      topicName,
      partitionStates: partitions.map((partition, partitionIndex) => {
        const { leader = 1, leaderEpoch = 0, replicas = [1, 2, 3] } = partition;
        const isr = replicas;
        return {
          partitionIndex,
          controllerEpoch,
          leader,
          leaderEpoch,
          isr,
          zkVersion: 0,
          replicas,
        };
      }),
    })),
    liveBrokers: brokers.map((id) => ({
      id,
      rack: null,
      endpoints: [
        { listener: LISTENER, host: `broker${String(id)}`, port: 9000 + id, securityProtocol: 0 },
      ],
    })),
  };
  return codec.decode(Buffer.concat(codec.encode(message, 8)), 8).message;
}

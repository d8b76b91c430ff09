/** Makes the topics of a run, as an operator does before the clients begin. */
import { BrokerClient } from '../../src/network/broker-client';
import { errorCode, errorName } from '../../src/protocol/errors';
import {
  CreateTopicsRequest,
  CreateTopicsResponse,
} from '../../src/protocol/messages/19-create-topics';
import type { SimulatedCluster } from './cluster/cluster';
import { MachineClock } from './machine/clock';
import { Machine } from './machine/machine';

export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  readonly configs: Readonly<Record<string, string>>;
}

const REQUEST_TIMEOUT_MS = 5_000;
const RETRY_MS = 300;
const VERSION = 5;

/** Asks one broker after another until all of the topics are there. */
export async function createTopics(
  cluster: SimulatedCluster,
  topics: readonly TopicPlan[],
): Promise<void> {
  const { world, network, bootstrap } = cluster;
  const machine = new Machine(world, 'operator');
  const platform = { clock: new MachineClock(machine), network: network.of(machine) };
  const isThere = (code: number): boolean =>
    code === 0 || code === errorCode('TOPIC_ALREADY_EXISTS');
  for (let turn = 0; ; turn++) {
    const address = bootstrap[turn % bootstrap.length];
    if (!address) throw new RangeError('a cluster has a broker');
    try {
      const client = await BrokerClient.connect(platform, {
        ...address,
        clientId: 'operator',
        connectTimeoutMs: REQUEST_TIMEOUT_MS,
      });
      const answer = await client.request(
        CreateTopicsRequest,
        CreateTopicsResponse,
        VERSION,
        {
          topics: topics.map(({ name, partitions, configs }) => ({
            name,
            numPartitions: partitions,
            replicationFactor: 3,
            assignments: [],
            configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
          })),
          timeoutMs: REQUEST_TIMEOUT_MS,
        },
        REQUEST_TIMEOUT_MS * 2,
      );
      client.close();
      const codes = answer.topics.map((topic) => topic.errorCode);
      world.note('operator', 'topics asked for', { answers: codes.map(errorName) });
      if (codes.every(isThere)) return;
    } catch (error) {
      world.note('operator', 'topics could not be asked for', { error });
    }
    await world.sleep(RETRY_MS);
  }
}

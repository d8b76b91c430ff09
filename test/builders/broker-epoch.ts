/** What requests between brokers are checked against, read from ZooKeeper. */
import type { Brokers } from './broker-client';
import { PromisedClient } from './zookeeper-client';

export interface Epochs {
  readonly controllerEpoch: number;
  /** The czxid of each broker's registration, by id from 1 on. */
  brokerEpoch(id: number): number;
}

export async function readEpochs(brokers: Brokers, count: number): Promise<Epochs> {
  const zookeeper = await PromisedClient.connect(brokers.zookeeper);
  const epochs = new Map<number, number>();
  for (let id = 1; id <= count; id++) {
    const stat = await zookeeper.stat(`/brokers/ids/${String(id)}`);
    epochs.set(id, Number(stat?.czxid.readBigInt64BE() ?? -1n));
  }
  const controllerEpoch = Number(await zookeeper.get('/controller_epoch'));
  await zookeeper.close();
  return { controllerEpoch, brokerEpoch: (id) => epochs.get(id) ?? -1 };
}

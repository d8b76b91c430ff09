/** The version of `/feature` that ApiVersions tells (KIP-584); kept up to date by a watch. */
import type { Log } from '../platform/ports';
import type { KafkaZooKeeper } from '../zookeeper/store';

export class FinalizedFeatures {
  #epoch = 0;

  constructor(
    private readonly zookeeper: KafkaZooKeeper,
    private readonly log: Log,
  ) {}

  get epoch(): number {
    return this.#epoch;
  }

  async start(): Promise<void> {
    const refresh = (): void => {
      this.#read().catch((error: unknown) => this.log.warn('cannot read the features', { error }));
    };
    this.zookeeper.cluster.watchFeatures(refresh);
    this.zookeeper.session.onSessionEstablished(refresh);
    await this.#read();
  }

  async #read(): Promise<void> {
    this.#epoch = (await this.zookeeper.cluster.features())?.epoch ?? 0;
  }
}

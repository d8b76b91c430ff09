import { ZnodeFormatError, isZooKeeperError } from './errors';
import { type StoreContext, createRecursive, ignoring } from './operations';
import type { ProducerIdBlock } from './types';
import { producerIdBlock } from './znodes';

const BLOCK_SIZE = 1000;

/** `/latest_producer_id_block`. */
export class ProducerIdStore {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /**
   * Takes the next 1000 producer ids for a broker (Kafka's `ZkProducerIdManager`). A lost answer may cost
   * a block, never give one out twice.
   */
  async allocate(brokerId: number): Promise<ProducerIdBlock> {
    const { session } = this.#context;
    const path = producerIdBlock.path();
    for (;;) {
      try {
        const { data, stat } = await session.getData(path);
        const start = data ? producerIdBlock.decode(data, path).block.end + 1 : 0;
        const block = { start, end: start + BLOCK_SIZE - 1 };
        if (!Number.isSafeInteger(block.end)) throw new ZnodeFormatError(path, 'no ids are left');
        await session.setData(path, producerIdBlock.encode({ brokerId, block }), stat.version);
        return block;
      } catch (error) {
        if (isZooKeeperError(error, 'NO_NODE')) {
          await ignoring('NODE_EXISTS', createRecursive(session, path, null));
        } else if (!isZooKeeperError(error, 'BAD_VERSION')) throw error;
      }
    }
  }
}

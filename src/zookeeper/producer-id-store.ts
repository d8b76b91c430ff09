import type { ProducerIdBlock } from './types';

/** `/latest_producer_id_block`. */
export declare class ProducerIdStore {
  /** Takes the next 1000 producer ids for a broker. */
  allocate(brokerId: number): Promise<ProducerIdBlock>;
}

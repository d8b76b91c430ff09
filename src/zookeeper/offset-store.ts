import { type StoreContext, decodeOrWarn, readIfExists, setOrCreate } from './operations';
import { consumerOffset } from './znodes';

/** `/consumers/[group]/offsets`: what OffsetCommit v0 and OffsetFetch v0 use. */
export class OffsetStore {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async offset(group: string, topic: string, partition: number): Promise<number | undefined> {
    const path = consumerOffset.path(group, { topic, partition });
    const found = await readIfExists(this.#context.session, path);
    return found && decodeOrWarn(this.#context.log, () => consumerOffset.decode(found.data, path));
  }

  async setOffset(group: string, topic: string, partition: number, offset: number): Promise<void> {
    const path = consumerOffset.path(group, { topic, partition });
    await setOrCreate(this.#context.session, path, consumerOffset.encode(offset));
  }
}

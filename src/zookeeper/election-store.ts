import { ControllerMovedError, MultiError, isZooKeeperError } from './errors';
import { type StoreContext, decodeOrWarn, fenced, ignoring, readIfExists } from './operations';
import { ANY_VERSION, type NodeEvent, type Stat } from './session';
import type { ControllerEpoch, ControllerFence, ElectionResult } from './types';
import { controller, controllerEpoch } from './znodes';

const INITIAL_EPOCH = 0;
/** Each further round needs a rival to win and to vanish in between. */
const MAX_ROUNDS = 10;

/** `/controller` and `/controller_epoch`. */
export class ElectionStore {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** The controller's broker id; `undefined` if there is none (or an unreadable node, with a warning). */
  async controllerId(): Promise<number | undefined> {
    return (await this.#controller())?.brokerId;
  }

  async controllerEpoch(): Promise<ControllerEpoch | undefined> {
    const path = controllerEpoch.path();
    const found = await readIfExists(this.#context.session, path);
    return (
      found && {
        epoch: controllerEpoch.decode(found.data, path),
        epochZkVersion: found.stat.version,
      }
    );
  }

  /**
   * Stands for election once (Kafka's `registerControllerAndIncrementControllerEpoch`). For a broker
   * that does not act as controller. The session that owns `/controller` decides, not the broker id in
   * it: a node of the own session is a victory whose answer was lost, a node with the own id but another
   * session is left over from a session that is gone, and is removed (KAFKA-13407: it would count as
   * somebody's victory, with nobody acting on it).
   */
  async elect(brokerId: number): Promise<ElectionResult> {
    for (let round = 1; round <= MAX_ROUNDS; round++) {
      // In this order: if anybody is elected after the epoch was read, the fence fails.
      const before = await this.#ensureEpoch();
      const holder = await this.#controller();
      if (!holder) {
        const won = await this.#tryToWin(brokerId, before);
        if (won) return { won: true, ...won };
      } else if (holder.stat.ephemeralOwner === this.#context.session.sessionId) {
        return { won: true, ...before };
      } else if (holder.brokerId === brokerId && holder.stat.ephemeralOwner !== 0n) {
        await this.#removeStale(holder.stat, before);
      } else return { won: false, controllerId: holder.brokerId };
    }
    return { won: false, controllerId: await this.controllerId() };
  }

  /** Deletes `/controller`, so that all stand again. Does nothing if another broker is controller by now. */
  async resign(fence: ControllerFence): Promise<void> {
    const path = controller.path();
    try {
      await fenced(this.#context.session, fence, [{ type: 'delete', path, version: ANY_VERSION }]);
    } catch (error) {
      if (error instanceof ControllerMovedError || isZooKeeperError(error, 'NO_NODE')) return;
      throw error;
    }
  }

  /** Registers and arms; resolves with whether there is a controller. To be called again after each event. */
  async watchController(handler: (event: NodeEvent) => void): Promise<boolean> {
    this.#context.session.watchData(controller.path(), handler);
    return (await this.#context.session.exists(controller.path())) !== undefined;
  }

  unwatchController(): void {
    this.#context.session.unwatchData(controller.path());
  }

  /** An unreadable `/controller` is somebody's all the same: broker −1. */
  async #controller(): Promise<{ brokerId: number; stat: Stat } | undefined> {
    const { session, log } = this.#context;
    const path = controller.path();
    const found = await readIfExists(session, path);
    if (!found) return undefined;
    const decoded = decodeOrWarn(log, () => controller.decode(found.data, path));
    return { brokerId: decoded?.brokerId ?? -1, stat: found.stat };
  }

  async #ensureEpoch(): Promise<ControllerEpoch> {
    for (;;) {
      const found = await this.controllerEpoch();
      if (found) return found;
      const created = this.#context.session.create(
        controllerEpoch.path(),
        controllerEpoch.encode(INITIAL_EPOCH),
      );
      await ignoring('NODE_EXISTS', created);
    }
  }

  /** `undefined` if somebody was faster, or if the answer was lost: the next round tells. */
  async #tryToWin(brokerId: number, before: ControllerEpoch): Promise<ControllerEpoch | undefined> {
    const { session, clock } = this.#context;
    const epoch = before.epoch + 1;
    const claim = { brokerId, timestampMs: clock.nowMs(), kraftControllerEpoch: -1 };
    const data = controller.encode(claim);
    try {
      const results = await session.multi([
        { type: 'create', path: controller.path(), data, mode: 'ephemeral' },
        {
          type: 'set',
          path: controllerEpoch.path(),
          data: controllerEpoch.encode(epoch),
          version: before.epochZkVersion,
        },
      ]);
      const set = results[1];
      return set?.type === 'set' ? { epoch, epochZkVersion: set.stat.version } : undefined;
    } catch (error) {
      const isRefused =
        error instanceof MultiError &&
        (error.code === 'NODE_EXISTS' || error.code === 'BAD_VERSION' || error.code === 'NO_NODE');
      if (isRefused) return undefined;
      throw error;
    }
  }

  /** `before` is the epoch as it was before the node was read, so that no later controller's node is hit. */
  async #removeStale(stat: Stat, before: ControllerEpoch): Promise<void> {
    this.#context.log.warn('removing /controller of an earlier session of this broker', {
      session: stat.ephemeralOwner,
    });
    await this.resign(before);
  }
}

import type { NodeEvent } from './session';
import type { ControllerEpoch, ControllerFence, ElectionResult } from './types';

/** `/controller` and `/controller_epoch`. */
export declare class ElectionStore {
  controllerId(): Promise<number | undefined>;
  controllerEpoch(): Promise<ControllerEpoch | undefined>;
  /** Stands for election once (Kafka's `registerControllerAndIncrementControllerEpoch`). */
  elect(brokerId: number): Promise<ElectionResult>;
  /** Deletes `/controller`, so that all stand again. */
  resign(fence: ControllerFence): Promise<void>;
  /** Registers and arms; resolves with whether there is a controller. `controllerId` re-arms only while there is one: use this again. */
  watchController(handler: (event: NodeEvent) => void): Promise<boolean>;
  unwatchController(): void;
}

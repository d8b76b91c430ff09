/**
 * Workloads: simulated clients that speak the protocol and write down in the history what they did and were told.
 * What a broker must never answer ends the run as a violation of `protocol`.
 */
import type { History } from '../history';
import type { World } from '../kernel/world';
import type { SimulatedNetwork } from '../network/network';
import type { HostPort } from './cluster-view';

export interface WorkloadContext {
  readonly world: World;
  readonly network: SimulatedNetwork;
  readonly history: History;
  readonly bootstrap: readonly HostPort[];
  /** What a workload works on whose options name no topics. */
  readonly topics: readonly string[];
}

export interface Workload {
  /** The machines that its clients run on. */
  readonly hosts: readonly string[];
  /** Asks for nothing new; what is under way is finished or, after its time-outs, given up. */
  stop(): void;
  /** True once it has stopped and nothing is under way any more. */
  readonly isIdle: boolean;
}

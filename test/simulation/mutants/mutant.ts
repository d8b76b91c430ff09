import type { Patch } from './patch';

/** A bug that somebody could have written, and that the simulation must find. */
export interface Mutant {
  /** Letters, digits and dashes. */
  readonly name: string;
  /** What goes wrong, and when. */
  readonly breaks: string;
  readonly patches: readonly Patch[];
  /** The invariants by which it may be found. */
  readonly foundBy: readonly string[];
  /** Within so many seeds, from 1 on; measured, with a margin. `undefined`: no seed is known that finds it. */
  readonly seedsNeeded: number | undefined;
}

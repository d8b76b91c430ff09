import type { WorkloadPlan } from '../plan';
import type { WorkloadContext } from './workload';

/** A workload's options by name; each has a default. Throws a `TypeError` on a value of another type. */
export class WorkloadOptions {
  constructor(private readonly plan: WorkloadPlan) {}

  number(name: string, byDefault: number): number {
    return this.#value(name, byDefault, 'number') as number;
  }

  flag(name: string, byDefault: boolean): boolean {
    return this.#value(name, byDefault, 'boolean') as boolean;
  }

  /** The first of `choices` if absent. */
  oneOf<T extends string | number>(name: string, choices: readonly T[]): T {
    const value = this.plan.options[name] ?? choices[0];
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.#wrong(name, `one of ${choices.join(', ')}`);
    return found;
  }

  /** `topics`: names with commas between them; those that all workloads share if absent. */
  topics(context: WorkloadContext): readonly string[] {
    const names = (this.#value('topics', '', 'string') as string).split(',').filter(Boolean);
    return names.length > 0 ? names : context.topics;
  }

  #value(name: string, byDefault: string | number | boolean, type: string): unknown {
    const value = this.plan.options[name] ?? byDefault;
    if (typeof value !== type) throw this.#wrong(name, type);
    return value;
  }

  #wrong(name: string, wanted: string): TypeError {
    const { id, kind } = this.plan;
    return new TypeError(`option ${name} of workload ${String(id)} (${kind}) must be ${wanted}`);
  }
}

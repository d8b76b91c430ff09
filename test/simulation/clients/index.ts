import type { WorkloadPlan } from '../plan';
import { Admin } from './admin/admin';
import { Consumer } from './consumer/consumer';
import { Group } from './group/group';
import { Producer } from './producer/producer';
import type { Workload, WorkloadContext } from './workload';

/** Starts the clients of a workload; they find the brokers by themselves, whether those run yet or not. */
export function startWorkload(plan: WorkloadPlan, context: WorkloadContext): Workload {
  switch (plan.kind) {
    case 'producer':
      return new Producer(plan, context);
    case 'consumer':
      return new Consumer(plan, context);
    case 'group':
      return new Group(plan, context);
    case 'admin':
      return new Admin(plan, context);
  }
}

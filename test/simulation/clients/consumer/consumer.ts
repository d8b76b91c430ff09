/** A consumer without a group: reads all partitions of its topics, those that are added later as well. */
import type { WorkloadPlan } from '../../plan';
import { Client } from '../client';
import { ClusterView } from '../cluster-view';
import { WorkloadOptions } from '../options';
import type { Workload, WorkloadContext } from '../workload';
import { Fetcher, fetcherSettings } from './fetcher';

export class Consumer implements Workload {
  readonly hosts: readonly string[];
  readonly #view: ClusterView;
  readonly #fetcher: Fetcher;
  readonly #topics: readonly string[];

  constructor(plan: WorkloadPlan, context: WorkloadContext) {
    const options = new WorkloadOptions(plan);
    const client = new Client(context, `c${String(plan.id)}`);
    this.hosts = [client.name];
    this.#topics = options.topics(context);
    this.#view = new ClusterView(client, () => this.#topics, options);
    const settings = fetcherSettings(options, client, this.#view);
    this.#fetcher = new Fetcher(client, this.#view, settings, () => this.#addPartitions());
    this.#fetcher.start();
  }

  get isIdle(): boolean {
    return this.#fetcher.isIdle;
  }

  stop(): void {
    this.#fetcher.stop();
  }

  #addPartitions(): void {
    for (const topic of this.#topics)
      for (const partition of this.#view.partitionsOf(topic))
        this.#fetcher.add({ topic, partition });
  }
}

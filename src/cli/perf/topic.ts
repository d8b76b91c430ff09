/** Topics of measurements, before and after them. */
import { ClusterView } from '../../perf/client/cluster-view';
import { parseProducerSettings } from '../../perf/client/settings';
import type { GivenSettings } from '../../perf/client/settings';
import { ensureTopic } from '../../perf/client/topics';
import type { NewTopic } from '../../perf/client/topics';
import { nodePlatform } from '../../platform/node';

interface ClusterOptions {
  readonly bootstrapServer: string;
  /** Of the producer. */
  readonly set?: GivenSettings;
}

export async function withView<T>(
  { bootstrapServer: bootstrap, set = {} }: ClusterOptions,
  work: (view: ClusterView) => Promise<T>,
): Promise<T> {
  const { clientId, requestTimeoutMs } = parseProducerSettings(set);
  const view = new ClusterView(nodePlatform(), { bootstrap, clientId, requestTimeoutMs });
  try {
    return await work(view);
  } finally {
    view.close();
  }
}

/** Makes the topic that is to be written to, if it is missing. */
export async function prepareTopic(options: ClusterOptions, topic: NewTopic): Promise<void> {
  await withView(options, (view) => ensureTopic(nodePlatform(), view, topic));
}

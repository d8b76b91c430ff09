/** Creates the topics that a broker's environment asks for (`KAFKA_CREATE_TOPICS`), once enough brokers are there. */
import { setTimeout as delay } from 'node:timers/promises';

import type { TopicToCreate } from '../config/environment';
import type { Log } from '../platform/ports';
import { withAdmin } from './kafka';

export interface TopicCreation {
  readonly bootstrapServer: string;
  readonly topics: readonly TopicToCreate[];
  readonly timeoutMs: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

const RETRY_MS = 1_000;

/** `false` if it was there already. */
function create(bootstrapServer: string, wanted: TopicToCreate): Promise<boolean> {
  const { topic, partitions, replicationFactor, config } = wanted;
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  return withAdmin({ bootstrapServer, properties: {} }, (admin) =>
    admin.createTopics({
      topics: [{ topic, numPartitions: partitions, replicationFactor, configEntries }],
      waitForLeaders: false,
    }),
  );
}

/** Resolves when the topic is there, when the time is up, or when the broker stops. */
async function createOne(wanted: TopicToCreate, creation: TopicCreation): Promise<void> {
  const { bootstrapServer, log, signal } = creation;
  const deadlineMs = performance.now() + creation.timeoutMs;
  while (!signal.aborted) {
    try {
      const isNew = await create(bootstrapServer, wanted);
      if (isNew) log.info('created a topic of KAFKA_CREATE_TOPICS', { topic: wanted.topic });
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (performance.now() > deadlineMs) {
        log.error('a topic of KAFKA_CREATE_TOPICS could not be created', {
          topic: wanted.topic,
          error,
        });
        return;
      }
      // Too few brokers, or no controller yet: both pass while a cluster starts.
      log.debug('a topic of KAFKA_CREATE_TOPICS has to wait', { topic: wanted.topic, error });
    }
    await delay(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Never rejects: a topic that cannot be made is a line in the log, and no reason for a broker to end. */
export async function createTopics(creation: TopicCreation): Promise<void> {
  for (const wanted of creation.topics) await createOne(wanted, creation);
}

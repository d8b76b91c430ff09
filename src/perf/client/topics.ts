/** Topics that a measurement needs: found, made and removed. */
import type { Platform } from '../../platform/ports';
import { errorCode, errorName } from '../../protocol/errors';
import {
  CreateTopicsRequest,
  CreateTopicsResponse,
} from '../../protocol/messages/19-create-topics';
import {
  DeleteTopicsRequest,
  DeleteTopicsResponse,
} from '../../protocol/messages/20-delete-topics';
import { pause } from '../pause';
import { PerfError } from '../perf-error';
import type { ClusterView, PartitionPlace } from './cluster-view';

export interface NewTopic {
  readonly topic: string;
  /** −1: what the brokers have as default. */
  readonly partitions: number;
  readonly replicationFactor: number;
}

const REQUEST_TIMEOUT_MS = 30_000;
const LEADERS_TIMEOUT_MS = 30_000;
const POLL_MS = 20;

/** The partitions of a topic once all have leaders; makes the topic if it is missing. */
export async function ensureTopic(
  platform: Platform,
  view: ClusterView,
  wanted: NewTopic,
): Promise<readonly PartitionPlace[]> {
  if ((await view.topic(wanted.topic)) === undefined) await createTopic(view, wanted);
  return untilLed(platform, view, wanted.topic);
}

async function createTopic(view: ClusterView, wanted: NewTopic): Promise<void> {
  const { topic, partitions, replicationFactor } = wanted;
  const controller = await view.controller();
  const description = { name: topic, assignments: [], configs: [], replicationFactor };
  const { topics } = await controller.request(
    CreateTopicsRequest,
    CreateTopicsResponse,
    {
      topics: [{ ...description, numPartitions: partitions }],
      timeoutMs: REQUEST_TIMEOUT_MS,
    },
    REQUEST_TIMEOUT_MS,
  );
  const code = topics[0]?.errorCode ?? errorCode('UNKNOWN_SERVER_ERROR');
  // Another client may have made it in the meantime: then it is there, which is what was wanted.
  if (code === 0 || code === errorCode('TOPIC_ALREADY_EXISTS')) return;
  const why = topics[0]?.errorMessage ?? '';
  throw new PerfError(
    `there is no topic ${topic}, and it cannot be created: ${errorName(code)}${why === '' ? '' : ` (${why})`}`,
  );
}

/** Also what a consumer waits for, which makes no topic. */
export async function untilLed(
  platform: Platform,
  view: ClusterView,
  topic: string,
): Promise<readonly PartitionPlace[]> {
  const deadlineMs = platform.clock.monotonicMs() + LEADERS_TIMEOUT_MS;
  for (;;) {
    const partitions = (await view.topic(topic)) ?? [];
    if (partitions.length > 0 && partitions.every(({ leaderId }) => leaderId >= 0))
      return partitions;
    if (platform.clock.monotonicMs() > deadlineMs)
      throw new PerfError(
        `topic ${topic} has partitions without a leader, for ${String(LEADERS_TIMEOUT_MS / 1000)} s`,
      );
    await pause(platform.clock, POLL_MS);
  }
}

/** Deletes a topic; one that is not there any more is fine. */
export async function deleteTopic(view: ClusterView, topic: string): Promise<void> {
  const controller = await view.controller();
  const { responses } = await controller.request(
    DeleteTopicsRequest,
    DeleteTopicsResponse,
    { topicNames: [topic], timeoutMs: REQUEST_TIMEOUT_MS },
    REQUEST_TIMEOUT_MS,
  );
  const code = responses[0]?.errorCode ?? 0;
  if (code === 0 || code === errorCode('UNKNOWN_TOPIC_OR_PARTITION')) return;
  throw new PerfError(`topic ${topic} cannot be deleted: ${errorName(code)}`);
}

/** One Produce request: what goes in, and what the answer must look like. */
import { errorName } from '../../../../src/protocol/errors';
import type { ErrorName } from '../../../../src/protocol/errors';
import { ProduceRequest, ProduceResponse } from '../../../../src/protocol/messages/00-produce';
import type { TypeOf } from '../../../../src/protocol/schema';
import type { Client } from '../client';
import type { ClusterView } from '../cluster-view';
import type { Connection } from '../connection';
import type { Batch } from './batch';
import type { PartitionQueue } from './partition-queue';

export type Acks = 0 | 1 | -1;

export interface Outgoing {
  readonly queue: PartitionQueue;
  readonly batch: Batch;
}

export interface Outcome {
  readonly error: ErrorName;
  /** −1 unless there is no error. */
  readonly offset: number;
}

export interface ProduceSettings {
  readonly acks: Acks;
  readonly isIdempotent: boolean;
  readonly requestTimeoutMs: number;
}

/** The first version with record batches of magic 2; zstd came with 7. */
const VERSIONS = [7, 11] as const;

/** After these the batch is in no log for certain. */
export const SURELY_NOT_APPENDED: ReadonlySet<ErrorName> = new Set([
  'CORRUPT_MESSAGE',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'MESSAGE_TOO_LARGE',
  'NOT_ENOUGH_REPLICAS',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'RECORD_LIST_TOO_LARGE',
  'UNKNOWN_PRODUCER_ID',
]);

const ALWAYS_ALLOWED: readonly ErrorName[] = [
  'NONE',
  'KAFKA_STORAGE_ERROR',
  'NOT_LEADER_OR_FOLLOWER',
  'UNKNOWN_TOPIC_OR_PARTITION',
  // A clock may have jumped, and settings of a topic may change.
  'INVALID_TIMESTAMP',
  'MESSAGE_TOO_LARGE',
];
const ALLOWED_TO_ALL: readonly ErrorName[] = [
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'REQUEST_TIMED_OUT',
];
const ALLOWED_TO_IDEMPOTENT: readonly ErrorName[] = [
  'DUPLICATE_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_EPOCH',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
];

/** Sends the batches and gives what became of each. Rejects with a `NetworkError`: then nobody knows. */
export async function produce(
  client: Client,
  { connection, view }: { readonly connection: Connection; readonly view: ClusterView },
  outgoing: readonly Outgoing[],
  settings: ProduceSettings,
): Promise<ReadonlyMap<Outgoing, Outcome>> {
  const { acks, requestTimeoutMs } = settings;
  const version = connection.served(ProduceRequest, client.random.between(...VERSIONS));
  const topics = [...new Set(outgoing.map(({ queue }) => queue.topic))];
  const topicData = topics.map((name) => ({
    name,
    partitionData: outgoing
      .filter(({ queue }) => queue.topic === name)
      .map(({ queue, batch }) => ({ index: queue.partition, records: batch.bytes() })),
  }));
  // The broker is to give up before the client does.
  const message = { acks, timeoutMs: Math.floor(requestTimeoutMs / 2), topicData };
  if (acks === 0) {
    await connection.tell(ProduceRequest, message, version);
    return new Map(outgoing.map((each) => [each, { error: 'NONE', offset: -1 }]));
  }
  const asking = { timeoutMs: requestTimeoutMs, version };
  const answer = await connection.ask(ProduceRequest, ProduceResponse, message, asking);
  learn(view, answer);
  return new Judge(client, connection.broker, settings).outcomes(outgoing, answer);
}

function learn(
  view: ClusterView,
  { responses, nodeEndpoints }: TypeOf<typeof ProduceResponse>,
): void {
  for (const { nodeId, host, port } of nodeEndpoints) view.learnBroker(nodeId, { host, port });
  for (const { name, partitionResponses } of responses)
    for (const { index, currentLeader } of partitionResponses) {
      const { leaderId, leaderEpoch } = currentLeader;
      view.learnLeader(name, index, { id: leaderId, epoch: leaderEpoch });
    }
}

class Judge {
  constructor(
    private readonly client: Client,
    private readonly broker: string,
    private readonly settings: ProduceSettings,
  ) {}

  outcomes(
    outgoing: readonly Outgoing[],
    { responses }: TypeOf<typeof ProduceResponse>,
  ): ReadonlyMap<Outgoing, Outcome> {
    const outcomes = new Map<Outgoing, Outcome>();
    for (const { name, partitionResponses } of responses)
      for (const { index, errorCode, baseOffset } of partitionResponses) {
        const asked = outgoing.find(
          ({ queue }) => queue.topic === name && queue.partition === index,
        );
        const outcome = { error: errorName(errorCode), offset: baseOffset };
        this.#judge(`${name}-${String(index)}`, outcome);
        if (!asked || outcomes.has(asked))
          this.#accuse(`${name}-${String(index)} was not asked for, or is answered twice`);
        else outcomes.set(asked, outcome);
      }
    if (outcomes.size < outgoing.length) this.#accuse('not all partitions are answered');
    return outcomes;
  }

  #judge(where: string, { error, offset }: Outcome): void {
    const { acks, isIdempotent } = this.settings;
    const isAllowed =
      ALWAYS_ALLOWED.includes(error) ||
      (acks === -1 && ALLOWED_TO_ALL.includes(error)) ||
      (isIdempotent && ALLOWED_TO_IDEMPOTENT.includes(error));
    if (!isAllowed) this.#accuse(`${error} for ${where}, acks ${String(acks)}`);
    else if (error === 'NONE' && offset < 0)
      this.#accuse(`${where} is acknowledged at offset ${String(offset)}`);
    else if (error !== 'NONE' && error !== 'DUPLICATE_SEQUENCE_NUMBER' && offset !== -1)
      this.#accuse(`${error} for ${where} with offset ${String(offset)}`);
  }

  #accuse(what: string): void {
    this.client.accuse(this.broker, `Produce: ${what}`);
  }
}

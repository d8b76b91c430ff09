/** One Fetch request and what the answer must look like. */
import { errorName } from '../../../../src/protocol/errors';
import type { ErrorName } from '../../../../src/protocol/errors';
import { FetchRequest, FetchResponse } from '../../../../src/protocol/messages/01-fetch';
import type { TypeOf } from '../../../../src/protocol/schema';
import type { Client } from '../client';
import type { ClusterView } from '../cluster-view';
import type { Connection } from '../connection';
import type { Asked, FetchSession, SessionRequest } from './fetch-session';
import { nameOf } from './position';
import type { Position } from './position';

export interface FetchSettings {
  readonly version: number;
  readonly isCommittedOnly: boolean;
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly maxPartitionBytes: number;
  readonly requestTimeoutMs: number;
}

type Answer = TypeOf<typeof FetchResponse>;
type PartitionAnswer = Answer['responses'][number]['partitions'][number];

export interface Fetched {
  readonly asked: Asked;
  readonly error: ErrorName;
  readonly answer: PartitionAnswer;
}

const SESSIONS_SINCE = 7;
const EPOCHS_SINCE = 9;
const TOPIC_IDS_SINCE = 13;
const SESSION_ERRORS: readonly ErrorName[] = [
  'FETCH_SESSION_ID_NOT_FOUND',
  'FETCH_SESSION_TOPIC_ID_ERROR',
  'INVALID_FETCH_SESSION_EPOCH',
];
const PARTITION_ERRORS: readonly ErrorName[] = [
  'NONE',
  'KAFKA_STORAGE_ERROR',
  'NOT_LEADER_OR_FOLLOWER',
  'OFFSET_OUT_OF_RANGE',
  'UNKNOWN_TOPIC_OR_PARTITION',
];
const EPOCH_ERRORS: readonly ErrorName[] = ['FENCED_LEADER_EPOCH', 'UNKNOWN_LEADER_EPOCH'];
const TOPIC_ID_ERRORS: readonly ErrorName[] = ['INCONSISTENT_TOPIC_ID', 'UNKNOWN_TOPIC_ID'];

/** What a request in this version says of a position. */
export function askFor(position: Position, version: number): Asked {
  const { offset, leader, topicId } = position;
  const leaderEpoch = version >= EPOCHS_SINCE ? (leader?.epoch ?? -1) : -1;
  return { position, offset, leaderEpoch, topicId };
}

/** Fetches what is wanted from one broker; nothing if the session is to begin anew. Rejects with a `NetworkError`. */
export async function fetchFrom(
  client: Client,
  { connection, view }: { readonly connection: Connection; readonly view: ClusterView },
  { session, wanted }: { readonly session: FetchSession; readonly wanted: readonly Asked[] },
  settings: FetchSettings,
): Promise<readonly Fetched[]> {
  const version = connection.served(FetchRequest, settings.version);
  const request = session.request(wanted);
  const asking = { timeoutMs: settings.maxWaitMs + settings.requestTimeoutMs, version };
  let answer: Answer;
  try {
    const message = messageOf(request, settings, version);
    answer = await connection.ask(FetchRequest, FetchResponse, message, asking);
  } catch (error) {
    session.renew();
    throw error;
  }
  learn(view, answer);
  return new Judge(client, connection.broker, version).fetched(session, request, answer);
}

function messageOf(request: SessionRequest, settings: FetchSettings, version: number) {
  const { maxWaitMs, maxBytes, maxPartitionBytes, isCommittedOnly } = settings;
  const { sessionId, sessionEpoch, named, forgotten } = request;
  const topics = byTopic(named).map(([topic, topicId, asked]) => ({
    topic,
    topicId,
    partitions: asked.map(({ position, offset, leaderEpoch }) => ({
      partition: position.partition,
      currentLeaderEpoch: leaderEpoch,
      fetchOffset: offset,
      partitionMaxBytes: maxPartitionBytes,
    })),
  }));
  const forgottenTopicsData = byTopic(forgotten).map(([topic, topicId, asked]) => ({
    topic,
    topicId,
    partitions: asked.map(({ position }) => position.partition),
  }));
  const isolationLevel = isCommittedOnly ? 1 : 0;
  const common = { maxWaitMs, minBytes: 1, maxBytes, isolationLevel, topics };
  if (version < SESSIONS_SINCE) return common;
  return { ...common, sessionId, sessionEpoch, forgottenTopicsData };
}

function byTopic(all: readonly Asked[]): (readonly [string, string, readonly Asked[]])[] {
  const topics = new Map<string, Asked[]>();
  for (const asked of all) {
    const key = `${asked.topicId} ${asked.position.topic}`;
    const group = topics.get(key);
    if (group) group.push(asked);
    else topics.set(key, [asked]);
  }
  return [...topics.values()].map((group) => {
    const first = group[0] as Asked;
    return [first.position.topic, first.topicId, group];
  });
}

function learn(view: ClusterView, { responses, nodeEndpoints }: Answer): void {
  for (const { nodeId, host, port } of nodeEndpoints) view.learnBroker(nodeId, { host, port });
  for (const { topic, topicId, partitions } of responses)
    for (const { partitionIndex, currentLeader } of partitions) {
      const { leaderId, leaderEpoch } = currentLeader;
      const name = topic === '' ? view.topicName(topicId) : topic;
      if (name !== undefined)
        view.learnLeader(name, partitionIndex, { id: leaderId, epoch: leaderEpoch });
    }
}

class Judge {
  constructor(
    private readonly client: Client,
    private readonly broker: string,
    private readonly version: number,
  ) {}

  fetched(session: FetchSession, request: SessionRequest, answer: Answer): readonly Fetched[] {
    const error = errorName(answer.errorCode);
    if (error !== 'NONE') {
      if (!SESSION_ERRORS.includes(error)) this.#accuse(error);
      if (request.sessionId === 0 && error === 'FETCH_SESSION_ID_NOT_FOUND')
        this.#accuse('a session is missed that was not named');
      session.forget();
      return [];
    }
    if (this.version >= SESSIONS_SINCE && !session.accepts(request, answer.sessionId))
      this.#accuse(`session ${String(answer.sessionId)}, asked in ${String(request.sessionId)}`);
    session.answered(request, answer.sessionId);
    const found = this.#partitions(request, answer);
    if (request.isFull && found.length < request.known.size)
      this.#accuse('not all partitions of a full request are answered');
    for (const each of found) this.#judge(each);
    return found;
  }

  #partitions(request: SessionRequest, { responses }: Answer): readonly Fetched[] {
    const known = [...request.known.values()];
    const found = new Map<Asked, Fetched>();
    for (const { topic, topicId, partitions } of responses)
      for (const answer of partitions) {
        const asked = known.find(
          ({ position, topicId: id }) =>
            position.partition === answer.partitionIndex &&
            (this.version >= TOPIC_IDS_SINCE ? id === topicId : position.topic === topic),
        );
        if (!asked || found.has(asked))
          this.#accuse(
            `${topic}${topicId}-${String(answer.partitionIndex)} was not asked for, or is answered twice`,
          );
        else found.set(asked, { asked, answer, error: errorName(answer.errorCode) });
      }
    return [...found.values()];
  }

  #judge({ asked, answer, error }: Fetched): void {
    const where = nameOf(asked.position);
    const isAllowed =
      PARTITION_ERRORS.includes(error) ||
      (asked.leaderEpoch >= 0 && EPOCH_ERRORS.includes(error)) ||
      (this.version >= TOPIC_IDS_SINCE && TOPIC_ID_ERRORS.includes(error));
    if (!isAllowed) this.#accuse(`${error} for ${where}`);
    if (error !== 'NONE') return;
    const { highWatermark: end, lastStableOffset: stable, logStartOffset: start } = answer;
    const [saysStart, start0] = [this.version >= 5, Math.max(0, start)];
    if (end < 0 || stable < 0 || stable > end || start0 > end || (saysStart && start < 0))
      this.#accuse(
        `${where}: log start ${String(start)}, stable ${String(stable)}, high watermark ${String(end)}`,
      );
    if (asked.offset < start) this.#accuse(`${where} is read before its log start`);
    if (answer.preferredReadReplica !== -1) this.#accuse(`${where}: read from another, unasked`);
  }

  #accuse(what: string): void {
    this.client.accuse(this.broker, `Fetch v${String(this.version)}: ${what}`);
  }
}

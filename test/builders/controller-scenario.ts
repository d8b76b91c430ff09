/**
 * Runs a controller's conversation line by line: brokers have ids, partitions are written `topic-0`, and what
 * came of a line is every request sent, in order, then every state znode that changed.
 */
import type { ElectionResult } from '../../src/controller/elections';
import type { ElectionType } from '../../src/controller/state/requested-election';
import { errorName } from '../../src/protocol/errors';
import type { LeaderAndIsrRequest } from '../../src/protocol/messages/04-leader-and-isr';
import type { UpdateMetadataRequest } from '../../src/protocol/messages/06-update-metadata';
import { parsePartitionKey, partitionKey } from '../../src/protocol/topic-partition';
import { MemoryControllerCluster, registrationOf } from './controller-cluster';
import type { RecordedRequest } from './fake-brokers';
import { settled } from './memory-zookeeper';

type Command = (...words: string[]) => Promise<readonly string[] | void>;

const ascending = (a: number, b: number): number => a - b;
const numbers = (text: string): number[] => text.split(',').map(Number);

export class ControllerScenario {
  readonly #cluster = new MemoryControllerCluster();
  #seen = new Map<string, string>();
  /** What brokers heard last of each partition: a leader acts on that. */
  readonly #told = new Map<string, MetadataState>();
  readonly #commands: Record<string, Command> = {
    start: (...ids) => this.#cluster.startAll(...ids.map(Number)),
    kill: (id = '') => this.#cluster.kill(Number(id)),
    // The registration goes and comes back before the controller looks.
    bounce: async (id = '') => {
      const { store } = this.#cluster.member(Number(id));
      this.#cluster.zookeeper.remove(`/brokers/ids/${id}`);
      await store.brokers.register(registrationOf(Number(id)));
    },
    // The office falls vacant and brokers bounce before the next controller looks: `unseen 1,2`, with 0 dead: `unseen 1 0`.
    unseen: (returned = '', gone = '') =>
      this.#cluster.loseController(
        returned === '' ? [] : numbers(returned),
        gone === '' ? [] : numbers(gone),
      ),
    expire: (id = '') => this.#cluster.member(Number(id)).session.expire(),
    topic: (name = '', ...replicas) => this.#cluster.createTopic(name, replicas.map(numbers)),
    delete: async (topic = '') => (await this.#cluster.admin()).topics.markForDeletion(topic),
    set: async (topic = '', setting = '') => {
      const [name = '', value = ''] = setting.split('=');
      await (
        await this.#cluster.admin()
      ).configs.set({ type: 'topics', name: topic }, { [name]: value });
    },
    'unclean-enabled': async (topic = '') =>
      this.#cluster.active.controller.uncleanElectionEnabled(topic),
    edit: async (path = '', ...text) => this.#cluster.zookeeper.edit(path, text.join(' ')),
    advance: async (ms = '') => this.#cluster.clock.advance(Number(ms)),
    shutdown: (id = '') => this.#shutDown(Number(id)),
    'alter-isr': (id = '', key = '', isr = '') => this.#alterIsr(Number(id), key, numbers(isr)),
    elect: (type = '', ...keys) => this.#elect(type as ElectionType, keys),
    // `reassign ta-0 2,3 ta-1 cancel`
    reassign: (...words) => this.#reassign(words),
    reassignments: () => this.#reassignments(),
    unedit: async (path = '') => this.#cluster.zookeeper.remove(path),
    partitions: (topic = '', ...replicas) => this.#addPartitions(topic, replicas.map(numbers)),
    'storage-error': async (id = '', partition = '') => {
      this.#cluster.brokers.partitionError = (broker, _topic, index) =>
        broker === Number(id) && index === Number(partition) ? 'KAFKA_STORAGE_ERROR' : 'NONE';
    },
    'log-dir-failure': async (id = '') =>
      (await this.#cluster.admin()).admin.announceLogDirFailure(Number(id)),
  };

  async run(line: string): Promise<readonly string[]> {
    const [name = '', ...words] = line.split(' ');
    const command = this.#commands[name];
    if (!command) throw new Error(`unknown command: ${name}`);
    const answer = (await command(...words)) ?? [];
    await settled();
    this.#cluster.assertNoBug();
    const requests = this.#cluster.brokers.take();
    for (const request of requests)
      if (request.api === 'UpdateMetadata') this.#remember(request.message);
    return [...answer, ...together(requests.map(showRequest)), ...this.#changedNodes()];
  }

  #remember({ topicStates }: UpdateMetadataRequest): void {
    for (const { topicName, partitionStates } of topicStates) {
      for (const state of partitionStates)
        this.#told.set(partitionKey(topicName, state.partitionIndex), state);
    }
  }

  async #shutDown(id: number): Promise<readonly string[]> {
    const { controller } = this.#cluster.active;
    const { errorCode, remainingPartitions } = await controller.controlledShutdown({
      brokerId: id,
      brokerEpoch: -1,
    });
    const left = remainingPartitions.map(
      ({ topicName, partitionIndex }) => `${topicName}-${String(partitionIndex)}`,
    );
    return [`answer: ${errorName(errorCode)}, still leads: ${left.join(' ') || 'nothing'}`];
  }

  async #alterIsr(id: number, key: string, isr: readonly number[]): Promise<readonly string[]> {
    const { topic = '', partition = 0 } = parsePartitionKey(key) ?? {};
    const admin = await this.#cluster.admin();
    const told = this.#told.get(key);
    const topicId = (await admin.topics.assignments([topic])).get(topic)?.topicId ?? '';
    const request = {
      partitionIndex: partition,
      leaderEpoch: told?.leaderEpoch ?? 0,
      partitionEpoch: told?.zkVersion ?? 0,
      newIsr: [],
      newIsrWithEpochs: isr.map((brokerId) => ({ brokerId, brokerEpoch: -1 })),
      leaderRecoveryState: 0,
    };
    const brokerEpoch = (await admin.brokers.broker(id))?.epoch ?? -1;
    const topics = [{ topicName: '', topicId, partitions: [request] }];
    const answer = await this.#cluster.active.controller.alterPartition(
      { brokerId: id, brokerEpoch, topics },
      3,
    );
    const partitionAnswer = answer.topics[0]?.partitions[0];
    const error = errorName(partitionAnswer?.errorCode ?? answer.errorCode);
    return [`answer: ${error} isr ${partitionAnswer?.isr.join(',') ?? ''}`];
  }

  async #elect(type: ElectionType, keys: readonly string[]): Promise<readonly string[]> {
    const names = keys.flatMap((key) => parsePartitionKey(key) ?? []);
    const results = await this.#cluster.active.controller.electLeaders(names, type);
    const show = (result: ElectionResult): string =>
      result.error === undefined ? `leader ${String(result.leader)}` : result.error;
    return results.map(
      (each) => `answer: ${partitionKey(each.topic, each.partition)} ${show(each)}`,
    );
  }

  async #reassign(words: readonly string[]): Promise<readonly string[]> {
    const wanted = words.flatMap((key, index) => {
      const name = parsePartitionKey(key);
      const replicas = words[index + 1] ?? '';
      return name ? [{ ...name, replicas: replicas === 'cancel' ? null : numbers(replicas) }] : [];
    });
    const answer = await this.#cluster.active.controller.alterPartitionReassignments({
      timeoutMs: 1_000,
      topics: wanted.map(({ topic, partition, replicas }) => ({
        name: topic,
        partitions: [{ partitionIndex: partition, replicas }],
      })),
    });
    return answer.responses.flatMap(({ name, partitions }) =>
      partitions.map(
        ({ partitionIndex, errorCode }) =>
          `answer: ${partitionKey(name, partitionIndex)} ${errorName(errorCode)}`,
      ),
    );
  }

  async #reassignments(): Promise<readonly string[]> {
    const request = { timeoutMs: 1_000, topics: null };
    const { topics } = await this.#cluster.active.controller.listPartitionReassignments(request);
    const lines = topics.flatMap(({ name, partitions }) =>
      partitions.map(
        ({ partitionIndex, replicas, addingReplicas, removingReplicas }) =>
          `listed: ${partitionKey(name, partitionIndex)} ${replicas.join(',')} adding ${addingReplicas.join(',')} removing ${removingReplicas.join(',')}`,
      ),
    );
    return lines.length > 0 ? lines : ['listed: none'];
  }

  /** As a tool that writes the znode itself does. */
  async #addPartitions(topic: string, lists: readonly (readonly number[])[]): Promise<void> {
    const { topics } = await this.#cluster.admin();
    await topics.changeAssignment(
      topic,
      ({ topicId, partitions }) => {
        const added = lists.map(
          (replicas, index) =>
            [partitions.size + index, { replicas, adding: [], removing: [] }] as const,
        );
        return { topicId, partitions: new Map([...partitions, ...added]) };
      },
      undefined,
    );
  }

  #changedNodes(): string[] {
    const { nodes } = this.#cluster.zookeeper;
    const shown = new Map(
      [...nodes].flatMap(([path, { data, version }]) => {
        const text = showNode(path, data?.toString() ?? '', version);
        return text === undefined ? [] : [[path, text] as const];
      }),
    );
    const changed = [...shown]
      .filter(([path, text]) => this.#seen.get(path) !== text)
      .map(([, text]) => text);
    const gone = [...this.#seen.keys()]
      .filter((path) => !shown.has(path))
      .map((path) => `${path} gone`);
    this.#seen = shown;
    return [...changed.sort(), ...gone.sort()];
  }
}

function showNode(path: string, data: string, version: number): string | undefined {
  if (path === '/controller')
    return `${path} broker ${String((JSON.parse(data) as { brokerid: number }).brokerid)}`;
  if (path === '/controller_epoch') return `${path} ${data}`;
  if (path.startsWith('/admin/delete_topics/') || path.startsWith('/admin/pref')) return path;
  if (path === '/admin/reassign_partitions') return `${path} ${data}`;
  if (path.startsWith('/brokers/topics/') && !path.includes('/partitions'))
    return `${path} ${data}`;
  if (!path.endsWith('/state')) return undefined;
  return `${path.replace(/^.*topics\/(.*)\/partitions\/(\d+)\/state$/, '$1-$2 state')} v${String(version)} ${data}`;
}

type LeaderState = LeaderAndIsrRequest['topicStates'][number]['partitionStates'][number];
type MetadataState = UpdateMetadataRequest['topicStates'][number]['partitionStates'][number];

function showRequest(request: RecordedRequest): { broker: number; text: string } {
  const { broker, api } = request;
  if (api === 'LeaderAndIsr') {
    const show = (state: LeaderState): string =>
      [
        showLeader(state),
        state.isNew ? 'new' : '',
        state.leaderRecoveryState === 1 ? 'recovering' : '',
        state.addingReplicas.length > 0 ? `adding ${state.addingReplicas.join(',')}` : '',
        state.removingReplicas.length > 0 ? `removing ${state.removingReplicas.join(',')}` : '',
      ]
        .filter((part) => part !== '')
        .join(' ');
    return { broker, text: `LeaderAndIsr ${showTopics(request.message.topicStates, show)}` };
  }
  if (api === 'StopReplica') {
    const text = showTopics(
      request.message.topicStates,
      ({ leaderEpoch, deletePartition }) =>
        `epoch ${String(leaderEpoch)}${deletePartition ? ' delete' : ''}`,
    );
    return { broker, text: `StopReplica ${text}` };
  }
  const show = (state: MetadataState): string =>
    `${showLeader(state)}${state.offlineReplicas.length > 0 ? ` offline ${state.offlineReplicas.join(',')}` : ''}`;
  const live = request.message.liveBrokers
    .map(({ id }) => id)
    .sort(ascending)
    .join(',');
  return {
    broker,
    text: `UpdateMetadata brokers ${live} ${showTopics(request.message.topicStates, show)}`.trim(),
  };
}

function showLeader(state: {
  leader: number;
  leaderEpoch: number;
  isr: readonly number[];
}): string {
  return `leader ${String(state.leader)} epoch ${String(state.leaderEpoch)} isr ${state.isr.join(',')}`;
}

function showTopics<P extends { readonly partitionIndex: number }>(
  topics: readonly { readonly topicName: string; readonly partitionStates: readonly P[] }[],
  show: (partition: P) => string,
): string {
  const partitions = topics.flatMap(({ topicName, partitionStates }) =>
    partitionStates.map((each) => `${topicName}-${String(each.partitionIndex)}: ${show(each)}`),
  );
  return partitions.sort().join('; ');
}

/** One line for the same request to several brokers in a row. */
function together(requests: readonly { broker: number; text: string }[]): string[] {
  const lines: { brokers: number[]; text: string }[] = [];
  for (const { broker, text } of requests) {
    const last = lines.at(-1);
    if (last?.text === text && !last.brokers.includes(broker)) last.brokers.push(broker);
    else lines.push({ brokers: [broker], text });
  }
  return lines.map(({ brokers, text }) => `→ ${brokers.sort(ascending).join(',')} ${text}`);
}

import { MultiError, isZooKeeperError } from './errors';
import {
  type StoreContext,
  childrenIfExists,
  chunksOf,
  decodeOrWarn,
  fenced,
  fencedDelete,
  ignoring,
  pipelined,
  readIfExists,
} from './operations';
import { ANY_VERSION, type Operation } from './session';
import type { ConfigValues, ControllerFence, TopicAssignment } from './types';
import {
  config,
  deleteTopic,
  deleteTopics,
  partitions,
  topic as topicNode,
  topics,
} from './znodes';

const DELETE_BATCH_SIZE = 100;
/** Each further attempt needs somebody else to write the same topic in between. */
const MAX_CHANGE_ATTEMPTS = 10;
/** Each further attempt needs somebody to create nodes below a topic being deleted. */
const MAX_DELETE_ATTEMPTS = 10;

export interface NewTopic {
  readonly name: string;
  readonly topicId: string;
  /** Index = partition. */
  readonly replicas: readonly (readonly number[])[];
  readonly config: ConfigValues;
}

/** `/brokers/topics`: which topics there are, and where their replicas are. */
export class TopicStore {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async names(): Promise<string[]> {
    return [...(await childrenIfExists(this.#context.session, topics.path()))];
  }

  async exists(topic: string): Promise<boolean> {
    return (await this.#context.session.exists(topicNode.path(topic))) !== undefined;
  }

  /** Assignments of those of `names` that exist; read in parallel. Unreadable ones are left out with a warning. */
  async assignments(names: readonly string[]): Promise<Map<string, TopicAssignment>> {
    const found = await pipelined(names, (name) => this.#assignment(name));
    return new Map(
      names.flatMap((name, i) => {
        const assignment = found[i];
        return assignment ? [[name, assignment] as const] : [];
      }),
    );
  }

  /** Writes the topic's settings and the topic at once; Kafka writes one after the other. */
  async create(topic: NewTopic): Promise<'created' | 'exists'> {
    const configPath = config.path({ type: 'topics', name: topic.name });
    const data = config.encode(topic.config);
    const creation = createOperation(
      topicNode.path(topic.name),
      topicNode.encode(toAssignment(topic)),
    );
    try {
      await this.#context.session.multi([createOperation(configPath, data), creation]);
      return 'created';
    } catch (error) {
      if (!isZooKeeperError(error, 'NODE_EXISTS')) throw error;
      if (error.maybeDone && (await this.#isStored(topic))) return 'created';
    }
    // Settings without a topic are left over from a creation that was cut short, or written ahead of it.
    try {
      await this.#context.session.multi([
        { type: 'set', path: configPath, data, version: ANY_VERSION },
        creation,
      ]);
      return 'created';
    } catch (error) {
      if (!(error instanceof MultiError)) throw error;
      if (error.code === 'NO_NODE' && error.index === 0) return this.create(topic);
      if (error.code !== 'NODE_EXISTS') throw error;
      return error.maybeDone && (await this.#isStored(topic)) ? 'created' : 'exists';
    }
  }

  /** Overwrites the whole assignment; `fence` `undefined` = from a broker that is not acting as controller. Throws NO_NODE if the topic is gone. */
  async setAssignment(
    topic: string,
    assignment: TopicAssignment,
    fence: ControllerFence | undefined,
  ): Promise<void> {
    const { session } = this.#context;
    const path = topicNode.path(topic);
    const data = topicNode.encode(assignment);
    if (fence) await fenced(session, fence, [{ type: 'set', path, data, version: ANY_VERSION }]);
    else await session.setData(path, data, ANY_VERSION);
  }

  /**
   * Changes the assignment as it is stored now, so that nobody's concurrent change is lost; `change` is asked
   * again when there was one. `fence` as for `setAssignment`. Resolves with what is stored then, `undefined` if
   * the topic is gone or unreadable.
   */
  async changeAssignment(
    topic: string,
    change: (current: TopicAssignment) => TopicAssignment,
    fence: ControllerFence | undefined,
  ): Promise<TopicAssignment | undefined> {
    const { session, log } = this.#context;
    const path = topicNode.path(topic);
    let written: Buffer | undefined;
    for (let attempt = 1; ; attempt++) {
      const found = await readIfExists(session, path);
      const current = found && decodeOrWarn(log, () => topicNode.decode(found.data, path));
      if (!current) return undefined;
      // An answer was lost, but not the write.
      if (written && found.data?.equals(written)) return current;
      const changed = change(current);
      const data = topicNode.encode(changed);
      if (found.data?.equals(data)) return changed;
      const write = { type: 'set', path, data, version: found.stat.version } as const;
      try {
        if (fence) await fenced(session, fence, [write]);
        else await session.setData(path, data, write.version);
        return changed;
      } catch (error) {
        if (!isZooKeeperError(error, 'BAD_VERSION') || attempt === MAX_CHANGE_ATTEMPTS) throw error;
        written = error.maybeDone ? data : undefined;
      }
    }
  }

  /** Topics marked for deletion. */
  async deletionMarks(): Promise<string[]> {
    return [...(await childrenIfExists(this.#context.session, deleteTopics.path()))];
  }

  async isMarkedForDeletion(topic: string): Promise<boolean> {
    return (await this.#context.session.exists(deleteTopic.path(topic))) !== undefined;
  }

  /** Asks the controller to delete a topic; one that is marked already is fine. */
  async markForDeletion(topic: string): Promise<void> {
    const marking = this.#context.session.create(deleteTopic.path(topic), null);
    await ignoring('NODE_EXISTS', marking);
  }

  async removeDeletionMarks(names: readonly string[], fence: ControllerFence): Promise<void> {
    await fencedDelete(this.#context.session, fence, names.map(deleteTopic.path));
  }

  /** Deletes the topic with its partitions, then its settings, then its mark. */
  async completeDeletion(topic: string, fence: ControllerFence): Promise<void> {
    await this.#deleteTree(topicNode.path(topic), fence);
    await this.#deleteTree(config.path({ type: 'topics', name: topic }), fence);
    await this.removeDeletionMarks([topic], fence);
  }

  /** Which partitions have a `partitions/p` node (needed when partitions were added to a topic being deleted). */
  async partitionNodes(topic: string): Promise<number[]> {
    const names = await childrenIfExists(this.#context.session, partitions.path(topic));
    return names.map(Number).sort((a, b) => a - b);
  }

  /** Runs when a topic appears or vanishes; armed by `names`. */
  watchNames(handler: () => void): void {
    this.#context.session.watchChildren(topics.path(), handler);
  }

  unwatchNames(): void {
    this.#context.session.unwatchChildren(topics.path());
  }

  /** Runs when the topic's assignment changes; armed by `assignments`. */
  watchTopic(topic: string, handler: () => void): void {
    this.#context.session.watchData(topicNode.path(topic), (event) => {
      if (event === 'dataChanged') handler();
    });
  }

  unwatchTopic(topic: string): void {
    this.#context.session.unwatchData(topicNode.path(topic));
  }

  /** Runs when a deletion is asked for; armed by `deletionMarks`. */
  watchDeletionMarks(handler: () => void): void {
    this.#context.session.watchChildren(deleteTopics.path(), handler);
  }

  unwatchDeletionMarks(): void {
    this.#context.session.unwatchChildren(deleteTopics.path());
  }

  async #assignment(name: string): Promise<TopicAssignment | undefined> {
    const path = topicNode.path(name);
    const found = await readIfExists(this.#context.session, path);
    return found && decodeOrWarn(this.#context.log, () => topicNode.decode(found.data, path));
  }

  async #isStored(topic: NewTopic): Promise<boolean> {
    return (await this.#assignment(topic.name))?.topicId === topic.topicId;
  }

  /** Deletes a node and all below it, children first, in batches. */
  async #deleteTree(root: string, fence: ControllerFence): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const paths = await this.#tree(root);
      try {
        for (const batch of chunksOf(paths.reverse(), DELETE_BATCH_SIZE)) {
          await fenced(this.#context.session, fence, batch.map(deleteOperation));
        }
        return;
      } catch (error) {
        const hasChanged =
          isZooKeeperError(error, 'NO_NODE') || isZooKeeperError(error, 'NOT_EMPTY');
        if (!hasChanged || attempt === MAX_DELETE_ATTEMPTS) throw error;
      }
    }
  }

  /** All nodes from `root` down, parents before children; none if it is missing. */
  async #tree(root: string): Promise<string[]> {
    const { session } = this.#context;
    if (!(await session.exists(root))) return [];
    const paths = [root];
    for (let level = [root]; level.length > 0;) {
      const children = await pipelined(level, async (path) => {
        const names = await childrenIfExists(session, path);
        return names.map((name) => `${path}/${name}`);
      });
      level = children.flat();
      paths.push(...level);
    }
    return paths;
  }
}

function toAssignment(topic: NewTopic): TopicAssignment {
  const entries = topic.replicas.map(
    (replicas, partition) => [partition, { replicas, adding: [], removing: [] }] as const,
  );
  return { topicId: topic.topicId, partitions: new Map(entries) };
}

function createOperation(path: string, data: Buffer): Operation {
  return { type: 'create', path, data, mode: 'persistent' };
}

function deleteOperation(path: string): Operation {
  return { type: 'delete', path, version: ANY_VERSION };
}

/**
 * The few topic settings that change what must hold. Each is remembered from the moment it was first in force: a
 * broker may go on by it for a while after it was taken back.
 */
import { config } from '../../../src/zookeeper/znodes';
import { parseEntityPath } from '../../../src/zookeeper/entity-path';

const INTERNAL_TOPICS: ReadonlySet<string> = new Set(['__consumer_offsets', '__transaction_state']);
const DAY_MS = 24 * 60 * 60 * 1000;

interface Memory {
  mayElectUncleanly: boolean;
  isCompacted: boolean;
  mayLoseOldRecords: boolean;
}

export class TopicSettings {
  readonly #byBroker: Memory = unset();
  readonly #byTopic = new Map<string, Memory>();

  constructor(brokerSettings: Readonly<Record<string, string>>) {
    note(this.#byBroker, brokerSettings);
  }

  mayElectUncleanly(topic: string): boolean {
    return this.#is(topic, 'mayElectUncleanly');
  }

  /** Records may be missing between others. */
  isCompacted(topic: string): boolean {
    return INTERNAL_TOPICS.has(topic) || this.#is(topic, 'isCompacted');
  }

  /** Whether the log may come to begin later: retention within a day, or DeleteRecords. */
  mayLoseOldRecords(topic: string): boolean {
    return this.#is(topic, 'mayLoseOldRecords');
  }

  noteDeletedRecords(topic: string): void {
    this.#of(topic).mayLoseOldRecords = true;
  }

  /** `/config/topics/…` and `/config/brokers/…`; what any one broker is set to counts for all. */
  apply(path: string, data: Buffer | null | undefined): void {
    const [, , type, name, ...rest] = path.split('/');
    if ((type !== 'topics' && type !== 'brokers') || !name || rest.length > 0 || !data) return;
    const entity = parseEntityPath(`${type}/${name}`, path);
    const memory =
      type === 'topics' && entity.name !== null ? this.#of(entity.name) : this.#byBroker;
    note(memory, config.decode(data, path));
  }

  #is(topic: string, what: keyof Memory): boolean {
    return this.#byBroker[what] || (this.#byTopic.get(topic)?.[what] ?? false);
  }

  #of(topic: string): Memory {
    const known = this.#byTopic.get(topic);
    if (known) return known;
    const memory = unset();
    this.#byTopic.set(topic, memory);
    return memory;
  }
}

function unset(): Memory {
  return { mayElectUncleanly: false, isCompacted: false, mayLoseOldRecords: false };
}

function note(memory: Memory, values: Readonly<Record<string, string | undefined>>): void {
  const get = (...names: readonly string[]): string | undefined =>
    names.map((name) => values[name]).find((value) => value !== undefined);
  if (get('unclean.leader.election.enable') === 'true') memory.mayElectUncleanly = true;
  if (get('cleanup.policy', 'log.cleanup.policy')?.includes('compact')) memory.isCompacted = true;
  const ms = Number(get('retention.ms', 'log.retention.ms') ?? -1);
  const bytes = Number(get('retention.bytes', 'log.retention.bytes') ?? -1);
  const isHourly = get('log.retention.minutes', 'log.retention.hours') !== undefined;
  if ((ms >= 0 && ms < DAY_MS) || bytes >= 0 || isHourly) memory.mayLoseOldRecords = true;
}

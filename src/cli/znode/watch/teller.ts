/** Makes sentences of changes. It knows who was controller, as an election is told in one sentence, though it writes two znodes. */
import { ZnodeFormatError, isZooKeeperError } from '../../../zookeeper/errors';
import { matchZnode } from '../../../zookeeper/reference';
import type { ZooKeeperSession } from '../../../zookeeper/session';
import * as znodes from '../../../zookeeper/znodes';
import type { Znode } from '../../../zookeeper/znodes';
import { decodeZnode, shortText } from '../decode';
import type { Change } from './change';
import { CLUSTER_TALES } from './cluster-tales';
import type { Tale } from './tale';
import { TOPIC_TALES } from './topic-tales';

const TALES: Readonly<Record<string, Tale>> = { ...TOPIC_TALES, ...CLUSTER_TALES };

/** Made empty and then written, both at once: no write that somebody missed. */
const WRITTEN_WHEN_MADE: Readonly<Record<string, number>> = { [znodes.broker.pattern]: 1 };

export class Teller {
  readonly #session: ZooKeeperSession;
  #controller: number | undefined;
  #epoch: number | undefined;

  constructor(session: ZooKeeperSession) {
    this.#session = session;
  }

  /** Learns who is controller now. */
  async start(): Promise<void> {
    this.#controller = (await this.#read(znodes.controller))?.brokerId;
    this.#epoch = await this.#read(znodes.controllerEpoch);
  }

  /** `undefined` where the change is part of one that was told already. */
  async tell(change: Change): Promise<string | undefined> {
    const match = matchZnode(change.path);
    const pattern = match?.entry.pattern ?? '';
    if (pattern === znodes.controller.pattern) return this.#tellController(change);
    if (pattern === znodes.controllerEpoch.pattern) return this.#tellEpoch(change);
    const sentence = TALES[pattern]?.(change, match?.variables ?? {}) ?? plainly(change);
    return `${sentence}${remark(change, pattern)}`;
  }

  async #tellController(change: Change): Promise<string> {
    if (change.kind === 'deleted') return `controller ${nameOf(this.#controller)} is gone`;
    const now = decode(znodes.controller, change)?.brokerId;
    if (now === undefined) return `${plainly(change)}${remark(change, znodes.controller.pattern)}`;
    const [before, oldEpoch] = [this.#controller, this.#epoch];
    this.#controller = now;
    this.#epoch = (await this.#read(znodes.controllerEpoch)) ?? oldEpoch;
    const hasMoved = before !== undefined && before !== now;
    const who = hasMoved
      ? `controller moved ${String(before)} → ${String(now)}`
      : `controller is ${String(now)}`;
    const isSame = oldEpoch === this.#epoch || oldEpoch === undefined;
    const epoch = isSame
      ? `epoch ${nameOf(this.#epoch)}`
      : `epoch ${String(oldEpoch)} → ${nameOf(this.#epoch)}`;
    const elections = (this.#epoch ?? 0) - (oldEpoch ?? this.#epoch ?? 0);
    const more = elections > 1 ? ` (${String(elections)} elections, told as one)` : '';
    return `${who}, ${epoch}${more}`;
  }

  #tellEpoch(change: Change): string | undefined {
    const now = decode(znodes.controllerEpoch, change);
    if (now === undefined) return plainly(change);
    if (now === this.#epoch) return undefined;
    const before = this.#epoch;
    this.#epoch = now;
    return `controller epoch ${nameOf(before)} → ${String(now)}`;
  }

  async #read<T>(znode: Znode<[], T>): Promise<T | undefined> {
    try {
      const { data } = await this.#session.getData(znode.path());
      return znode.decode(data, znode.path());
    } catch (error) {
      if (error instanceof ZnodeFormatError || isUnknown(error)) return undefined;
      throw error;
    }
  }
}

/** The sentence is told without it, rather than lost: also where the session ends just now. */
function isUnknown(error: unknown): boolean {
  return (['NO_NODE', 'NO_AUTH', 'SESSION_EXPIRED'] as const).some((code) =>
    isZooKeeperError(error, code),
  );
}

function nameOf(number: number | undefined): string {
  return number === undefined ? 'unknown' : String(number);
}

function decode<T>(znode: Znode<[], T>, { path, after }: Change): T | undefined {
  try {
    return after && znode.decode(after.data, path);
  } catch (error) {
    if (error instanceof ZnodeFormatError) return undefined;
    throw error;
  }
}

/** As it is, for znodes that nobody knows and for data that cannot be read. */
function plainly({ kind, path, before, after, hidden }: Change): string {
  const text = (side: Change['before']): string => {
    if (!side) return '';
    const { value, notes } = decodeZnode(path, side.data);
    const note = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
    return `${shortText(value) || 'no data'}${note}`;
  };
  switch (kind) {
    case 'created':
      return `${path} made${after?.data ? `: ${text(after)}` : ''}`;
    case 'changed':
      return `${path}: ${text(before)} → ${text(after)}`;
    case 'deleted':
      return `${path} removed`;
    case 'recreated':
      return `${path} removed and made again: ${text(before)} → ${text(after)}`;
    case 'passed':
      return `${path} came and went before it could be read`;
    case 'unseen':
      return `${path}: ${String(hidden)} more creations and deletions of children, of which only the number is known`;
  }
}

/** What else happened to the znode between two looks. */
function remark({ kind, hidden }: Change, pattern: string): string {
  switch (kind) {
    case 'changed':
      return hidden === 0 ? '' : ` (${String(hidden + 1)} writes, told as one)`;
    case 'created':
    case 'recreated': {
      const more = hidden - (WRITTEN_WHEN_MADE[pattern] ?? 0);
      return more <= 0 ? '' : ` (and ${String(more)} more write${more === 1 ? '' : 's'} since)`;
    }
    case 'deleted':
      return hidden === 0 ? '' : ' (after a write that was not seen)';
    case 'passed':
    case 'unseen':
      return '';
  }
}

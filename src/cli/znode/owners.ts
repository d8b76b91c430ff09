/** Whose session an ephemeral znode belongs to. */
import { isZooKeeperError } from '../../zookeeper/errors';
import type { Stat, ZooKeeperSession } from '../../zookeeper/session';
import { broker, brokerIds } from '../../zookeeper/znodes';

export interface Owner {
  /** As ZooKeeper prints it. */
  readonly session: string;
  /** `null` where no registered broker has this session. */
  readonly broker: number | null;
}

/** Brokers by the session that owns their registration. */
export async function readOwners(session: ZooKeeperSession): Promise<ReadonlyMap<bigint, number>> {
  try {
    const { children } = await session.getChildren(brokerIds.path());
    const ids = children.filter((name) => /^\d+$/.test(name)).map(Number);
    const stats = await Promise.all(ids.map((id) => session.exists(broker.path(id))));
    return new Map(
      ids.flatMap((id, index) => {
        const owner = stats[index]?.ephemeralOwner;
        return owner === undefined ? [] : [[owner, id] as const];
      }),
    );
  } catch (error) {
    if (isZooKeeperError(error, 'NO_NODE')) return new Map();
    throw error;
  }
}

/** `null` for a persistent znode. */
export async function ownerOf(stat: Stat, session: ZooKeeperSession): Promise<Owner | null> {
  if (stat.ephemeralOwner === 0n) return null;
  const owners = await readOwners(session);
  return {
    session: `0x${stat.ephemeralOwner.toString(16)}`,
    broker: owners.get(stat.ephemeralOwner) ?? null,
  };
}

export function ownerText(owner: Owner): string {
  const whose = owner.broker === null ? 'no registered broker' : `broker ${String(owner.broker)}`;
  return `session ${owner.session} of ${whose}`;
}

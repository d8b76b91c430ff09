/**
 * Clocks, as far as they can be seen from outside. No answer of a broker tells its time. A broker writes its time
 * into its znode when it registers, and ZooKeeper's leader notes when the znode was written, by its own clock: the
 * difference is that of the two clocks at that moment, and the time that the write took. A clock that was set, or
 * went astray, since then is not seen. And a znode written in this machine's future shows that its own clock is behind.
 */
import type { Picture } from '../../inspect/picture';
import { zookeeperOf } from '../../inspect/picture';
import { spanOf, timeOf } from '../finding';
import type { Finding } from '../finding';

/** A write is never seen before it was made: ahead is a fault of a clock, but for their grain. */
const AHEAD_MS = 1_000;
/** A write that takes longer than a session lives does not arrive: further behind is no delay. */
const BEHIND_MS = 30_000;

const WHY =
  'Timestamps of records, retention by time and offsets by time go by the brokers’ clocks; logs of different machines cannot be laid side by side.';
const MEND = 'Run NTP (chrony) on every machine, and see that it is in step: chronyc tracking.';

function brokers(picture: Picture): Finding[] {
  const registered = zookeeperOf(picture)?.brokers ?? [];
  return registered.flatMap(({ id, registeredMs, writtenMs }): Finding[] => {
    if (registeredMs === undefined) return [];
    const aheadMs = registeredMs - writtenMs;
    if (aheadMs <= AHEAD_MS && -aheadMs <= BEHIND_MS) return [];
    return [
      {
        severity: 'warning',
        check: 'clock-skew',
        what: `the clocks of broker ${String(id)} and of ZooKeeper were ${spanOf(aheadMs)} apart`,
        where: `broker ${String(id)}, /brokers/ids/${String(id)}`,
        evidence: `when it registered, the broker had ${timeOf(registeredMs)}, ZooKeeper’s leader ${timeOf(writtenMs)}: the broker was ${aheadMs > 0 ? 'ahead' : 'behind'}`,
        why: WHY,
        mend: MEND,
      },
    ];
  });
}

function ownClock(picture: Picture): Finding[] {
  const newestMs = zookeeperOf(picture)?.newestMs ?? 0;
  const behindMs = newestMs - picture.nowMs;
  if (behindMs <= AHEAD_MS) return [];
  return [
    {
      severity: 'warning',
      check: 'clock-skew',
      what: `the clock of this machine is at least ${spanOf(behindMs)} behind ZooKeeper's`,
      where: 'this machine',
      evidence: `a znode was changed at ${timeOf(newestMs)} by the clock of ZooKeeper’s leader; here it is ${timeOf(picture.nowMs)}`,
      why: `What is said here of the age of things is wrong by that much. ${WHY}`,
      mend: MEND,
    },
  ];
}

export function checkClocks(picture: Picture): Finding[] {
  return [...brokers(picture), ...ownClock(picture)];
}

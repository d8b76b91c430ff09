/** Log directories: working, and with room. */
import type { LogDir } from '../../../admin/log-dirs';
import type { Picture } from '../../inspect/picture';
import { counted, named, partitionName } from '../finding';
import type { Finding } from '../finding';

/** Less than this part left is worth a warning, or is an error. */
const LITTLE = 0.15;
const ALMOST_NOTHING = 0.05;
const GIB = 1024 ** 3;

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}

function offlineDir(broker: number, { path, error, replicas }: LogDir): Finding[] {
  if (error === 'NONE') return [];
  return [
    {
      severity: 'error',
      check: 'log-dir-offline',
      what: 'a log directory has failed',
      where: `broker ${String(broker)}, ${path}`,
      evidence: `DescribeLogDirs: ${error}${replicas.length > 0 ? `; ${named(replicas.map(partitionName))}` : ''}`,
      why: 'Its replicas are offline: they serve nobody and protect nothing.',
      mend: 'Mend or replace the disk, then restart the broker: it fetches its replicas anew.',
    },
  ];
}

function fullDisk(broker: number, { path, totalBytes, usableBytes, error }: LogDir): Finding[] {
  if (error !== 'NONE' || totalBytes === undefined || usableBytes === undefined) return [];
  const left = totalBytes === 0 ? 0 : usableBytes / totalBytes;
  if (left >= LITTLE) return [];
  return [
    {
      severity: left < ALMOST_NOTHING ? 'error' : 'warning',
      check: 'disk-full',
      what: left < ALMOST_NOTHING ? 'a disk is almost full' : 'a disk is filling up',
      where: `broker ${String(broker)}, ${path}`,
      evidence: `DescribeLogDirs: ${gib(usableBytes)} of ${gib(totalBytes)} can be used (${(100 * left).toFixed(1)} %)`,
      why: 'When it is full the log directory goes offline, with every replica in it.',
      mend: 'Shorten retention (odradek config set topic T retention.bytes=…), move replicas, or add a disk.',
    },
  ];
}

/** Asked, and not answered: said plainly rather than taken for good. */
function notTold({ brokers }: Picture): Finding[] {
  const silent = brokers.flatMap(({ id, isAsked, logDirs }) =>
    isAsked && 'problem' in logDirs ? [{ id, problem: logDirs.problem }] : [],
  );
  const [first] = silent;
  if (!first) return [];
  return [
    {
      severity: 'note',
      check: 'disks-not-told',
      what: `${counted(silent.length, 'broker')} not saying how full their disks are`,
      where: named(silent.map(({ id }) => `broker ${String(id)}`)),
      evidence: first.problem,
      why: 'Their disks and log directories were not looked at.',
      mend: 'Look at them on the machine itself (df).',
    },
  ];
}

export function checkDisks(picture: Picture): Finding[] {
  const found = picture.brokers.flatMap(({ id, logDirs }) =>
    'value' in logDirs
      ? logDirs.value.flatMap((dir) => [...offlineDir(id, dir), ...fullDisk(id, dir)])
      : [],
  );
  return [...found, ...notTold(picture)];
}

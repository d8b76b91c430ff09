/** What Linux's /proc says of a process, and of the machine. */
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

const CLOCK_TICKS_PER_SECOND = 100;
const KIB_PER_MIB = 1024;
const BYTES_PER_GIB = 1024 ** 3;

function field(status, name) {
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]);
}

/** CPU time since its start (user and system), resident memory now and at its highest. */
export function usageOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The second field is a name that may hold blanks; after its bracket comes field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND,
    residentMb: field(status, 'VmRSS') / KIB_PER_MIB,
    peakMb: field(status, 'VmHWM') / KIB_PER_MIB,
  };
}

export function totalUsage(pids) {
  const total = { cpuSeconds: 0, residentMb: 0, peakMb: 0 };
  for (const pid of pids) {
    const usage = usageOf(pid);
    for (const key of Object.keys(total)) total[key] += usage[key];
  }
  return total;
}

export function machine() {
  const [first] = cpus();
  return {
    cpu: `${first.model.trim()}, ${cpus().length} cores`,
    memory: `${Math.round(totalmem() / BYTES_PER_GIB)} GiB`,
    kernel: `Linux ${release()}`,
  };
}

import { setTimeout as sleep } from 'node:timers/promises';

import { idleConnection } from '../wire.mjs';

const CONNECTIONS = 2000;
const WARM_CONNECTIONS = 200;
const AT_ONCE = 50;
/** Both runtimes give memory of the start back, or take more, for a moment after the last request. */
const SETTLE_MS = 2000;
const KIB_PER_MIB = 1024;

async function open(port, count) {
  const sockets = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: AT_ONCE }, () => idleConnection(port));
    sockets.push(...(await Promise.all(batch)));
  }
  return sockets;
}

async function close(sockets) {
  for (const socket of sockets) socket.destroy();
  await sleep(SETTLE_MS);
}

export const connections2000 = {
  name: 'connections-2000',
  title: '2,000 idle connections, each used once',
  goals: {},
  async measure({ startCluster }) {
    const cluster = await startCluster(1);
    const [port] = cluster.ports;
    await close(await open(port, WARM_CONNECTIONS));
    const before = cluster.usage();
    const sockets = await open(port, CONNECTIONS);
    await sleep(SETTLE_MS);
    const after = cluster.usage();
    await close(sockets);
    return {
      connectionKb: ((after.residentMb - before.residentMb) * KIB_PER_MIB) / CONNECTIONS,
      residentMb: after.residentMb,
      cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    };
  },
};

/**
 * TCP between simulated machines. Bytes arrive in order or not at all; a killed process resets its connections, a
 * machine without power leaves them half open; what is sent while a link is cut arrives once it is mended.
 */
import { NetworkError } from '../../../src/platform/ports';
import type { Listener, Network, Socket } from '../../../src/platform/ports';
import type { Machine } from '../machine/machine';
import { connectSockets } from './socket';
import type { SimulatedSocket } from './socket';
import type { Wire } from './wire';

interface ListeningPort {
  readonly machine: Machine;
  readonly life: number;
  readonly accept: (socket: Socket) => void;
}

const FIRST_FREE_PORT = 32_768;

export class SimulatedNetwork {
  readonly #listening = new Map<string, ListeningPort>();
  readonly #machines = new Map<string, Machine>();
  readonly #sockets = new Set<SimulatedSocket>();
  #nextPort = FIRST_FREE_PORT;

  constructor(readonly wire: Wire) {}

  /** The network as a machine sees it; its name is the host by which others reach it. */
  of(machine: Machine): Network {
    this.#machines.set(machine.name, machine);
    return {
      hostName: machine.name,
      listen: (address, onConnection) => this.#listen(machine, address.port, onConnection),
      connect: (address) => this.#connect(machine, address),
      serveHttp: () =>
        Promise.reject(new NetworkError('EOPNOTSUPP', 'no pages are served in a simulation')),
    };
  }

  /** Breaks every connection between two machines, as a middlebox does that has lost its state. */
  reset(one: string, other: string): void {
    for (const socket of [...this.#sockets]) {
      if (socket.machine.name === one && socket.remoteAddress === other) {
        socket.breakOff();
        socket.peer?.breakOff();
      }
    }
  }

  /** Connections that are open on a machine. */
  connectionsOf(machine: Machine): number {
    return [...this.#sockets].filter((socket) => socket.machine === machine).length;
  }

  #listen(machine: Machine, wanted: number, accept: (socket: Socket) => void): Promise<Listener> {
    const port = wanted === 0 ? this.#nextPort++ : wanted;
    const key = `${machine.name}:${String(port)}`;
    const taken = this.#listening.get(key);
    if (taken?.life === machine.life && taken.machine === machine) {
      const message = `cannot listen on ${key}: address in use`;
      return Promise.reject(new NetworkError('EADDRINUSE', message));
    }
    const listening = { machine, life: machine.life, accept };
    this.#listening.set(key, listening);
    const close = (): void => {
      if (this.#listening.get(key) === listening) this.#listening.delete(key);
    };
    machine.onDeath(close);
    return Promise.resolve({
      port,
      close: () => {
        close();
        return Promise.resolve();
      },
    });
  }

  #connect(
    from: Machine,
    { host, port, timeoutMs }: { host: string; port: number; timeoutMs: number },
  ): Promise<Socket> {
    const where = `${host}:${String(port)}`;
    return new Promise((resolve, reject) => {
      let isSettled = false;
      const settle = (act: () => void): void => {
        if (isSettled) return;
        isSettled = true;
        cancelTimeout();
        act();
      };
      const refuse = (code: string, why: string): void =>
        settle(() => reject(new NetworkError(code, `cannot connect to ${where}: ${why}`)));
      const cancelTimeout = from.after(timeoutMs, () => refuse('ETIMEDOUT', 'timed out'));
      this.#overLink(from.name, host, () => {
        const target = this.#machines.get(host);
        if (!target?.isPowered) return;
        const listening = this.#listening.get(`${host}:${String(port)}`);
        this.#overLink(host, from.name, () => {
          from.after(0, () => {
            if (!listening || !target.isAlive) refuse('ECONNREFUSED', 'refused');
            else settle(() => resolve(this.#pair(from, port, listening)));
          });
        });
      });
    });
  }

  /** A connection attempt is not tried again by the link: its time-out is what ends it. */
  #overLink(from: string, to: string, arrive: () => void): void {
    const { wire } = this;
    const world = this.#machines.get(from)?.world ?? this.#machines.get(to)?.world;
    world?.after(wire.delayMs(from, to), () => {
      if (wire.isOpen(from, to)) arrive();
    });
  }

  #pair(from: Machine, port: number, { machine, accept }: ListeningPort): Socket {
    const [near, far] = connectSockets({
      wire: this.wire,
      near: { machine: from, port: this.#nextPort++ },
      far: { machine, port },
      onGone: (socket) => this.#sockets.delete(socket),
    });
    this.#sockets.add(near).add(far);
    machine.after(0, () => accept(far));
    return near;
  }
}

/** A TCP connection between a client and its server. */
import type { World } from '../kernel/world';
import type { Machine } from '../machine/machine';
import { Pipe } from '../network/pipe';
import type { Wire } from '../network/wire';
import type { ClientMessage, ConnectMessage, Line, ServerMessage } from './protocol';
import type { Server } from './server';
import { ServerConnection } from './server-connection';

interface Ends {
  readonly world: World;
  readonly wire: Wire;
  readonly machine: Machine;
  readonly server: Server;
}

/** Nothing is sent before both directions have been open once: an attempt made during a cut comes to nothing. */
export function openLine(
  { world, wire, machine, server }: Ends,
  first: ConnectMessage,
  deliver: (message: ServerMessage) => void,
): Line {
  const there = { from: machine.name, to: server.name };
  const here = { from: server.name, to: machine.name };
  const back = new Pipe(world, wire, here, deliver);
  const connection = new ServerConnection(server, machine.name, (message) => back.send(message));
  const forth = new Pipe(world, wire, there, (message: ClientMessage) =>
    connection.receive(message),
  );
  let isOver = false;
  const greet = (): void => {
    if (!isOver) forth.send(first);
  };
  overLink(world, wire, there, () => {
    overLink(world, wire, here, () => machine.after(0, greet));
  });
  const drop = (): void => {
    isOver = true;
    back.close();
  };
  return {
    send: (message) => forth.send(message),
    drop,
    hangUp: () => {
      drop();
      forth.send({ type: 'end' });
    },
  };
}

function overLink(
  world: World,
  wire: Wire,
  { from, to }: { readonly from: string; readonly to: string },
  arrive: () => void,
): void {
  world.after(wire.delayMs(from, to), () => {
    if (wire.isOpen(from, to)) arrive();
  });
}

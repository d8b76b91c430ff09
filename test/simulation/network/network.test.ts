import type { NetworkError, Socket } from '../../../src/platform/ports';
import { World } from '../kernel/world';
import { Machine } from '../machine/machine';
import { SimulatedNetwork } from './network';
import { Wire } from './wire';

const PORT = 9092;

/** A client and a server that keeps what it hears. */
class Fixture {
  readonly world: World;
  readonly wire: Wire;
  readonly network: SimulatedNetwork;
  readonly client: Machine;
  readonly server: Machine;
  readonly accepted: Socket[] = [];
  heard = Buffer.alloc(0);
  readonly closes: (Error | undefined)[] = [];

  constructor(seed = '1') {
    this.world = new World(seed);
    this.wire = new Wire(this.world);
    this.network = new SimulatedNetwork(this.wire);
    this.client = new Machine(this.world, 'client');
    this.server = new Machine(this.world, 'server');
    for (const machine of [this.client, this.server]) this.network.of(machine);
  }

  async listen(): Promise<void> {
    await this.network.of(this.server).listen({ host: undefined, port: PORT }, (socket) => {
      this.accepted.push(socket);
      socket.onData = (chunk) => (this.heard = Buffer.concat([this.heard, chunk]));
      socket.onClose = (error) => this.closes.push(error);
    });
  }

  connect(timeoutMs = 1_000): Promise<Socket> {
    return this.network.of(this.client).connect({ host: 'server', port: PORT, timeoutMs });
  }

  /** Connects, and lets the server notice. */
  async connected(): Promise<Socket> {
    let socket: Socket | undefined;
    void this.connect().then((made) => (socket = made));
    await this.pass(20);
    if (!socket) throw new Error('not connected');
    return socket;
  }

  pass(ms: number): Promise<void> {
    return this.world.runUntil(this.world.nowMs + ms);
  }
}

async function refusal(fixture: Fixture, attempt: Promise<Socket>, ms: number): Promise<string> {
  let code = 'still trying';
  attempt.then(
    () => (code = 'connected'),
    (error: NetworkError) => (code = error.code),
  );
  await fixture.pass(ms);
  return code;
}

test('bytes arrive once and in order, in whatever pieces', async () => {
  const fixture = new Fixture();
  await fixture.listen();
  const socket = await fixture.connected();
  const sent = Array.from({ length: 200 }, (_, i) => Buffer.from(`<${String(i)}>`.repeat(50)));
  for (const bytes of sent) {
    socket.write([bytes]);
    await fixture.pass(0.3);
  }
  await fixture.pass(50);
  expect(fixture.heard.equals(Buffer.concat(sent))).toBe(true);
});

test('what was read is overwritten by what is read next', async () => {
  const fixture = new Fixture();
  await fixture.listen();
  const socket = await fixture.connected();
  const kept: Buffer[] = [];
  const [far] = fixture.accepted;
  if (far) far.onData = (chunk) => kept.push(chunk);
  socket.write([Buffer.from('first')]);
  await fixture.pass(20);
  socket.write([Buffer.from('other')]);
  await fixture.pass(20);
  expect(kept[0]?.toString('latin1')).not.toBe('first');
});

test.each`
  state                     | prepare                                                                       | code
  ${'nobody listens'}       | ${() => undefined}                                                            | ${'ECONNREFUSED'}
  ${'the process is dead'}  | ${(f: Fixture) => void f.listen().then(() => f.server.die('killed'))}         | ${'ECONNREFUSED'}
  ${'the machine is off'}   | ${(f: Fixture) => void f.listen().then(() => f.server.die('powerCut'))}       | ${'ETIMEDOUT'}
  ${'the way there is cut'} | ${(f: Fixture) => void f.listen().then(() => f.wire.cut('client', 'server'))} | ${'ETIMEDOUT'}
  ${'the way back is cut'}  | ${(f: Fixture) => void f.listen().then(() => f.wire.cut('server', 'client'))} | ${'ETIMEDOUT'}
  ${'the process is held'}  | ${(f: Fixture) => void f.listen().then(() => f.server.pause())}               | ${'connected'}
`('connecting when $state: $code', async ({ prepare, code }) => {
  const fixture = new Fixture();
  (prepare as (fixture: Fixture) => void)(fixture);
  await fixture.pass(1);
  expect(await refusal(fixture, fixture.connect(), 2_000)).toBe(code);
});

test('a killed process resets its connections; one without power says nothing until it is back', async () => {
  for (const death of ['killed', 'powerCut'] as const) {
    const fixture = new Fixture();
    await fixture.listen();
    const socket = await fixture.connected();
    const closes: (string | undefined)[] = [];
    socket.onClose = (error) => closes.push((error as NetworkError | undefined)?.code);
    fixture.server.die(death);
    await fixture.pass(5_000);
    expect(closes).toEqual(death === 'killed' ? ['ECONNRESET'] : []);
    fixture.server.boot();
    socket.write([Buffer.from('are you there?')]);
    await fixture.pass(50);
    expect(closes).toEqual(['ECONNRESET']);
  }
});

test('what is sent over a cut link arrives when it is mended, in order', async () => {
  const fixture = new Fixture();
  await fixture.listen();
  const socket = await fixture.connected();
  fixture.wire.cut('client', 'server');
  for (const text of ['a', 'b', 'c']) {
    socket.write([Buffer.from(text)]);
    await fixture.pass(10);
  }
  expect(fixture.heard.toString()).toBe('');
  fixture.wire.mend('client', 'server');
  socket.write([Buffer.from('d')]);
  await fixture.pass(500);
  expect(fixture.heard.toString()).toBe('abcd');
});

test('a reader that pauses holds the writer up', async () => {
  const fixture = new Fixture();
  await fixture.listen();
  const socket = await fixture.connected();
  fixture.accepted[0]?.pause();
  let sent = 0;
  for (let i = 0; i < 20; i++) socket.write([Buffer.alloc(64 * 1024)], () => (sent += 1));
  await fixture.pass(1_000);
  expect(socket.unsentBytes).toBeGreaterThan(0);
  expect(sent).toBeLessThan(20);
  fixture.accepted[0]?.resume();
  await fixture.pass(1_000);
  expect({ unsent: socket.unsentBytes, sent, heard: fixture.heard.length }).toEqual({
    unsent: 0,
    sent: 20,
    heard: 20 * 64 * 1024,
  });
});

test('a held process reads when it goes on', async () => {
  const fixture = new Fixture();
  await fixture.listen();
  const socket = await fixture.connected();
  fixture.server.pause();
  socket.write([Buffer.from('hello')]);
  await fixture.pass(1_000);
  expect(fixture.heard.toString()).toBe('');
  fixture.server.resume();
  await fixture.pass(1);
  expect(fixture.heard.toString()).toBe('hello');
});

test('end lets what was written arrive before the close; destroy does not wait', async () => {
  const fixture = new Fixture();
  await fixture.listen();
  const socket = await fixture.connected();
  socket.write([Buffer.from('last words')]);
  socket.end();
  await fixture.pass(50);
  expect({ heard: fixture.heard.toString(), closes: fixture.closes }).toEqual({
    heard: 'last words',
    closes: [undefined],
  });
  expect(fixture.network.connectionsOf(fixture.server)).toBe(0);
});

test('a reset ends both sides', async () => {
  const fixture = new Fixture();
  await fixture.listen();
  const socket = await fixture.connected();
  let isClosed = false;
  socket.onClose = () => (isClosed = true);
  fixture.network.reset('client', 'server');
  await fixture.pass(1);
  expect({ isClosed, closes: fixture.closes.length }).toEqual({ isClosed: true, closes: 1 });
});

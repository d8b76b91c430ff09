import { nodePlatform } from '../../src/platform/node';
import type { Socket } from '../../src/platform/ports';

const { network } = nodePlatform();

async function pair(): Promise<{ client: Socket; server: Socket; close(): Promise<void> }> {
  let accept!: (socket: Socket) => void;
  const accepted = new Promise<Socket>((resolve) => (accept = resolve));
  const listener = await network.listen({ host: '127.0.0.1', port: 0 }, accept);
  const client = await network.connect({ host: '127.0.0.1', port: listener.port, timeoutMs: 5000 });
  const server = await accepted;
  return {
    client,
    server,
    async close() {
      client.destroy();
      server.destroy();
      await listener.close();
    },
  };
}

/** Collects what arrives; each chunk is copied because the slab is reused. */
function collect(socket: Socket): { bytes(): Buffer; until(count: number): Promise<Buffer> } {
  const chunks: Buffer[] = [];
  let size = 0;
  let check = (): void => undefined;
  socket.onData = (chunk) => {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    check();
  };
  return {
    bytes: () => Buffer.concat(chunks),
    until: (count) =>
      new Promise((resolve) => {
        check = () => {
          if (size >= count) resolve(Buffer.concat(chunks));
        };
        check();
      }),
  };
}

test('bytes arrive whole and in order in both directions', async () => {
  const { client, server, close } = await pair();
  const atServer = collect(server);
  const atClient = collect(client);
  const big = Buffer.alloc(3_000_000, 'abcdefg');
  client.write([Buffer.from('head'), big]);
  server.write([Buffer.from('answer')]);
  expect((await atServer.until(3_000_004)).equals(Buffer.concat([Buffer.from('head'), big]))).toBe(
    true,
  );
  expect((await atClient.until(6)).toString()).toBe('answer');
  await close();
});

test('a paused socket delivers nothing until it is resumed', async () => {
  const { client, server, close } = await pair();
  const atServer = collect(server);
  server.pause();
  const sent = new Promise<void>((resolve) => client.write([Buffer.from('later')], resolve));
  await sent;
  await new Promise((resolve) => setImmediate(resolve));
  expect(atServer.bytes().length).toBe(0);
  server.resume();
  expect((await atServer.until(5)).toString()).toBe('later');
  await close();
});

test('what waits to be sent is released when the other side goes away', async () => {
  const { client, server, close } = await pair();
  const closed = new Promise<void>((resolve) => (server.onClose = () => resolve()));
  const released = new Promise<void>((resolve) =>
    server.write([Buffer.alloc(50_000_000)], resolve),
  );
  client.destroy();
  await Promise.all([closed, released]);
  let calledBack = false;
  server.write([Buffer.from('x')], () => (calledBack = true));
  expect(calledBack).toBe(true);
  await close();
});

test('a port in use is a network error with its code', async () => {
  const listener = await network.listen({ host: '127.0.0.1', port: 0 }, () => undefined);
  await expect(
    network.listen({ host: '127.0.0.1', port: listener.port }, () => undefined),
  ).rejects.toMatchObject({ name: 'NetworkError', code: 'EADDRINUSE' });
  await listener.close();
});

test('a refused connection is a network error with its code', async () => {
  const listener = await network.listen({ host: '127.0.0.1', port: 0 }, () => undefined);
  await listener.close();
  await expect(
    network.connect({ host: '127.0.0.1', port: listener.port, timeoutMs: 5000 }),
  ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('pages are served over HTTP, and what is no page is not found', async () => {
  const listener = await network.serveHttp({ host: '127.0.0.1', port: 0 }, (path) =>
    path === '/page' ? { contentType: 'text/plain', body: 'hello' } : undefined,
  );
  const ask = async (path: string, method = 'GET'): Promise<[number, string]> => {
    const response = await fetch(`http://127.0.0.1:${String(listener.port)}${path}`, { method });
    return [response.status, await response.text()];
  };
  expect(await ask('/page?x=1')).toEqual([200, 'hello']);
  expect(await ask('/page', 'HEAD')).toEqual([200, '']);
  expect(await ask('/other')).toEqual([404, 'not found\n']);
  expect(await ask('/page', 'POST')).toEqual([405, 'only GET and HEAD are answered\n']);
  await listener.close();
  await expect(ask('/page')).rejects.toThrow('fetch failed');
});

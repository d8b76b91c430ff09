/** What those who ask for pages can do to the process that serves them. */
import { request as openRequest } from 'node:http';
import { connect } from 'node:net';

import { deferred } from '../../src/base/deferred';
import { nodePlatform } from '../../src/platform/node';
import { httpGet } from '../../src/platform/node/http-get';
import type { HttpPages, Listener } from '../../src/platform/ports';
import { eventually } from '../builders/process';

const { network } = nodePlatform();
const TIMEOUT_MS = 5_000;
let listener: Listener | undefined;

afterEach(async () => {
  await listener?.close();
  listener = undefined;
});

async function serve(pages: HttpPages): Promise<number> {
  listener = await network.serveHttp({ host: '127.0.0.1', port: 0 }, pages);
  return listener.port;
}

function servePieces(pieces: () => Iterable<string>): Promise<number> {
  return serve(() => ({ contentType: 'text/plain', body: pieces() }));
}

const urlOf = (port: number): URL => new URL(`http://127.0.0.1:${String(port)}/page`);

/** Sends bytes as they are and gives all that comes back until the connection ends. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (more: string) => (text += more));
    socket.on('error', () => undefined); // Its end follows.
    socket.on('close', () => resolve(text));
  });
}

test.each([1, 20_000])(
  'a page in pieces of %i characters arrives whole, with turns for others between the pieces',
  async (length) => {
    const events: string[] = [];
    const port = await servePieces(function* () {
      for (const letter of ['a', 'b', 'c']) {
        events.push(letter);
        setImmediate(() => events.push('other'));
        yield letter.repeat(length);
      }
    });
    const body = ['a', 'b', 'c'].map((letter) => letter.repeat(length)).join('');
    expect(await httpGet(urlOf(port), TIMEOUT_MS)).toEqual({ status: 200, body });
    expect(events.slice(0, 4)).toEqual(['a', 'other', 'b', 'other']);
  },
);

test('a client that does not read is not made more pieces, and one that leaves ends them', async () => {
  let made = 0;
  let hasEnded = false;
  const port = await servePieces(function* () {
    try {
      for (;;) {
        made++;
        yield 'x'.repeat(64 * 1024);
      }
    } finally {
      hasEnded = true;
    }
  });
  const responded = deferred();
  const request = openRequest(urlOf(port), { agent: false }, (response) => {
    response.pause();
    response.on('error', () => undefined);
    responded.resolve();
  });
  request.on('error', () => undefined);
  request.end();
  await responded.promise;
  let before = -1;
  await eventually('no more pieces', () => {
    const isStill = made === before;
    before = made;
    return isStill ? true : undefined;
  });
  expect(made).toBeLessThan(200);
  request.destroy();
  await eventually('the end of the page', () => (hasEnded ? true : undefined));
});

test('of pages in pieces few are made at once, others are told to come again', async () => {
  const gate: (() => void)[] = [];
  const port = await servePieces(function* () {
    // Never more than this one piece: the clients do not read, and it is larger than what sockets take.
    gate.push(() => undefined);
    yield 'x'.repeat(32 * 1024 * 1024);
  });
  const idle = Array.from({ length: 4 }, () => {
    const request = openRequest(urlOf(port), { agent: false }, (response) => response.pause());
    request.on('error', () => undefined);
    request.end();
    return request;
  });
  await eventually('four pages begun', () => (gate.length === 4 ? true : undefined));
  expect(await httpGet(urlOf(port), TIMEOUT_MS)).toEqual({
    status: 503,
    body: 'too many are asking at once\n',
  });
  for (const request of idle) request.destroy();
  await eventually('room again', async () => {
    const { status } = await httpGet(urlOf(port), TIMEOUT_MS).catch(() => ({ status: 200 }));
    return status === 200 ? true : undefined;
  });
});

test('a page that fails halfway does not look like a whole one', async () => {
  const port = await servePieces(function* () {
    yield 'a';
    throw new Error('broken');
  });
  await expect(httpGet(urlOf(port), TIMEOUT_MS)).rejects.toMatchObject({ name: 'NetworkError' });
});

test('a page that cannot be begun is answered with 500', async () => {
  const port = await serve(() => Promise.reject(new Error('broken')));
  expect(await httpGet(urlOf(port), TIMEOUT_MS)).toMatchObject({ status: 500 });
});

test.each`
  bytes                                                                   | answer                                                      | because
  ${'hello\r\n\r\n'}                                                      | ${/^HTTP\/1\.1 400 Bad Request\r\n/}                        | ${'that is no request'}
  ${`GET /page HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(9000)}\r\n\r\n`} | ${/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/}    | ${'a header is bounded'}
  ${'POST /page HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'}        | ${/^HTTP\/1\.1 405 Method Not Allowed\r\nallow: GET, HEAD/} | ${'pages are only read'}
  ${'GET /other HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'}        | ${/^HTTP\/1\.1 404 Not Found\r\n/}                          | ${'there is no such page'}
  ${'HEAD /page HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'}        | ${/^HTTP\/1\.1 200 OK\r\n(?:[^\r\n]+\r\n)+\r\n$/}           | ${'HEAD has no body'}
`('$answer, because $because', async ({ bytes, answer }) => {
  const port = await serve((path) =>
    path === '/page' ? { contentType: 'text/plain', body: 'hello' } : undefined,
  );
  expect(await raw(port, String(bytes))).toMatch(answer as RegExp);
});

test('a GET that nobody answers in time fails with the address', async () => {
  const port = await serve(() => new Promise(() => undefined));
  await expect(httpGet(urlOf(port), 50)).rejects.toThrow(
    `cannot get ${urlOf(port).href}: no answer in 50 ms`,
  );
});

/**
 * Pages over HTTP for a few programs that look on: scrapers and health checks. Whatever they do, they hold a bounded
 * part of this process: small requests, few connections, no waiting for slow ones, and one piece of a page at a time.
 */
import * as http from 'node:http';
import type { Socket } from 'node:net';

import type { HttpAnswer, HttpPages, Listener } from '../ports';
import { bind, stopAccepting } from './listening';

const MAX_HEADER_BYTES = 8 * 1024;
const MAX_CONNECTIONS = 64;
/** Pages in pieces that are being sent at once: each takes its share of the event loop. */
const MAX_PAGES_IN_PIECES = 4;
/** For the whole of a request. */
const REQUEST_TIMEOUT_MS = 5_000;
const TIMEOUT_CHECK_MS = 1_000;
/** A client that takes nothing for so long is dropped. */
const STALL_TIMEOUT_MS = 10_000;
/** And so is one that takes its page in crumbs. */
const ANSWER_TIMEOUT_MS = 60_000;
/** Longer than scrapers usually wait between two scrapes. */
const KEEP_ALIVE_MS = 75_000;

const STATUS_OF_CLIENT_ERROR: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

export function serveHttp(
  address: { host: string | undefined; port: number },
  pages: HttpPages,
): Promise<Listener> {
  const sender = new PageSender(pages);
  const server = http.createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: REQUEST_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (request, response) => void sender.answer(request, response),
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = STALL_TIMEOUT_MS;
  server.on('clientError', refuseBadRequest);
  return bind(server, address, () => {
    server.closeAllConnections();
    return stopAccepting(server);
  });
}

/** What is no request, too long a one, or one that does not end in time. */
function refuseBadRequest(error: NodeJS.ErrnoException, stream: NodeJS.WritableStream): void {
  const socket = stream as Socket;
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = STATUS_OF_CLIENT_ERROR[error.code ?? ''] ?? 400;
  const reason = http.STATUS_CODES[status] ?? '';
  socket.end(
    `HTTP/1.1 ${String(status)} ${reason}\r\nConnection: close\r\n` +
      `Content-Type: text/plain\r\nContent-Length: ${String(reason.length + 1)}\r\n\r\n${reason}\n`,
  );
}

class PageSender {
  #inPieces = 0;

  constructor(private readonly pages: HttpPages) {}

  async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method, url = '/' } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      sendText(response, 405, 'only GET and HEAD are answered\n');
      return;
    }
    try {
      const page = await this.pages(url.replace(/[?#].*/s, ''));
      if (!page) sendText(response, 404, 'not found\n');
      else await this.#send(response, page, method === 'HEAD');
    } catch {
      // Whoever made the page has said why; half a page must not look like a whole one.
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'the page could not be made\n');
    }
  }

  async #send(response: http.ServerResponse, page: HttpAnswer, isHead: boolean): Promise<void> {
    const { status = 200, contentType, body } = page;
    if (typeof body === 'string') {
      sendText(response, status, body, contentType);
      return;
    }
    if (this.#inPieces >= MAX_PAGES_IN_PIECES) {
      response.setHeader('retry-after', '1');
      sendText(response, 503, 'too many are asking at once\n');
      return;
    }
    response.writeHead(status, { 'content-type': contentType });
    if (isHead) {
      response.end();
      return;
    }
    this.#inPieces++;
    const deadline = setTimeout(() => response.destroy(), ANSWER_TIMEOUT_MS).unref();
    try {
      await sendPieces(response, body);
    } finally {
      clearTimeout(deadline);
      this.#inPieces--;
    }
  }
}

/** Node leaves the body out of an answer to HEAD by itself. */
function sendText(
  response: http.ServerResponse,
  status: number,
  text: string,
  contentType = 'text/plain',
): void {
  const body = Buffer.from(text);
  response
    .writeHead(status, { 'content-type': contentType, 'content-length': body.length })
    .end(body);
}

async function sendPieces(response: http.ServerResponse, pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    if (!response.write(piece)) await untilTaken(response);
    // What the system takes at once is taken before the event loop turns.
    await nextTurn();
    if (response.destroyed) return;
  }
  response.end();
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function untilTaken(response: http.ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

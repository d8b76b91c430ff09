/** A bare connection to a ZooKeeper server: frames in, frames out, for tests of the protocol itself. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { JuteReader, juteFrame } from '../../src/zookeeper-server/jute';
import type { JuteWriter } from '../../src/zookeeper-server/jute';

export interface Reply {
  readonly xid: number;
  readonly zxid: number;
  readonly error: number;
  readonly body: JuteReader;
}

export interface ConnectReply {
  readonly timeoutMs: number;
  readonly sessionId: bigint;
  readonly password: Buffer;
}

export const OPEN_ACL_ENTRY = { permissions: 31, scheme: 'world', id: 'anyone' };

export class WireClient {
  readonly #frames: Buffer[] = [];
  #received = Buffer.alloc(0);
  #isClosed = false;
  #wake: () => void = () => undefined;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  static async open(port: number): Promise<WireClient> {
    const socket = connect(port, '127.0.0.1');
    const client = new WireClient(socket);
    await new Promise<void>((done, failed) => socket.once('connect', done).once('error', failed));
    return client;
  }

  /** Opens a connection with a new session, or with the one given. */
  static async session(
    port: number,
    options: {
      timeoutMs?: number;
      sessionId?: bigint;
      password?: Buffer;
      lastZxidSeen?: number;
    } = {},
  ): Promise<{ client: WireClient; reply: ConnectReply }> {
    const client = await WireClient.open(port);
    client.send((writer) => {
      writer
        .int(0)
        .long(options.lastZxidSeen ?? 0)
        .int(options.timeoutMs ?? 10_000);
      writer.opaqueLong(options.sessionId ?? 0n).buffer(options.password ?? Buffer.alloc(16));
      writer.bool(false);
    });
    const frame = await client.nextFrame();
    if (!frame) throw new Error('closed instead of a connect response');
    const reader = new JuteReader(frame);
    reader.int();
    const timeoutMs = reader.int();
    const sessionId = reader.opaqueLong();
    return {
      client,
      reply: { timeoutMs, sessionId, password: reader.buffer() ?? Buffer.alloc(0) },
    };
  }

  send(write: (writer: JuteWriter) => void): void {
    this.socket.write(juteFrame(write));
  }

  request(xid: number, code: number, body: (writer: JuteWriter) => void = () => undefined): void {
    this.send((writer) => body(writer.int(xid).int(code)));
  }

  create(xid: number, path: string, options: { data?: string; flags?: number } = {}): void {
    this.request(xid, 1, (writer) => {
      writer.string(path).buffer(Buffer.from(options.data ?? ''));
      writer.vector([OPEN_ACL_ENTRY], (to, acl) => {
        to.int(acl.permissions).string(acl.scheme).string(acl.id);
      });
      writer.int(options.flags ?? 0);
    });
  }

  setData(xid: number, path: string, data: string, version = -1): void {
    this.request(xid, 5, (writer) => {
      writer.string(path).buffer(Buffer.from(data)).int(version);
    });
  }

  getData(xid: number, path: string, watch = false): void {
    this.request(xid, 4, (writer) => {
      writer.string(path).bool(watch);
    });
  }

  /** The next frame; `undefined` once the server has closed the connection. */
  async nextFrame(): Promise<Buffer | undefined> {
    while (this.#frames.length === 0 && !this.#isClosed) {
      await new Promise<void>((wake) => (this.#wake = wake));
    }
    return this.#frames.shift();
  }

  async reply(): Promise<Reply> {
    const frame = await this.nextFrame();
    if (!frame) throw new Error('the server closed the connection');
    const body = new JuteReader(frame);
    return { xid: body.int(), zxid: body.long(), error: body.int(), body };
  }

  async whenClosed(): Promise<void> {
    while (!this.#isClosed) await new Promise<void>((wake) => (this.#wake = wake));
  }

  close(): void {
    this.socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= 4) {
      const size = this.#received.readInt32BE(0);
      if (this.#received.length < 4 + size) break;
      this.#frames.push(this.#received.subarray(4, 4 + size));
      this.#received = this.#received.subarray(4 + size);
    }
    this.#wake();
  }
}

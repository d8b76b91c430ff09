/** node-zookeeper-client with promises, for tests that look at a ZooKeeper server as its users do. */
import * as zookeeper from 'node-zookeeper-client';

type Failure = Error | zookeeper.Exception | null;

/** The library's exceptions are errors, though its types do not say so. */
function asError(failure: Error | zookeeper.Exception): Error {
  return failure instanceof Error ? failure : new Error('failed', { cause: failure });
}

function settle<T>(run: (done: (error: Failure, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    run((error, value) => (error ? reject(asError(error)) : resolve(value)));
  });
}

export class PromisedClient {
  private constructor(readonly raw: zookeeper.Client) {}

  static async connect(connectString: string, sessionTimeout = 4_000): Promise<PromisedClient> {
    const raw = zookeeper.createClient(connectString, { sessionTimeout, retries: 1 });
    const connected = new Promise<void>((done) => raw.once('connected', done));
    raw.connect();
    await connected;
    return new PromisedClient(raw);
  }

  create(path: string, data = '', mode = zookeeper.CreateMode.PERSISTENT): Promise<string> {
    return settle((done) => this.raw.create(path, Buffer.from(data), mode, done));
  }

  remove(path: string, version = -1): Promise<void> {
    return settle((done) => this.raw.remove(path, version, (error) => done(error, undefined)));
  }

  set(path: string, data: string, version = -1): Promise<zookeeper.Stat> {
    return settle((done) => this.raw.setData(path, Buffer.from(data), version, done));
  }

  get(path: string, watcher: (event: zookeeper.Event) => void = () => undefined): Promise<string> {
    return settle<string>((done) =>
      this.raw.getData(path, watcher, (error, data) => done(error, data?.toString())),
    );
  }

  stat(path: string): Promise<zookeeper.Stat | null> {
    return settle((done) => this.raw.exists(path, done));
  }

  children(path: string): Promise<string[]> {
    return settle<string[]>((done) =>
      this.raw.getChildren(path, (error, children) => done(error, children)),
    );
  }

  /** Resolves with the event's name when the watch fires that this call sets. */
  watch(path: string, kind: 'data' | 'children' | 'existence'): Promise<string> {
    return new Promise((resolve, reject) => {
      const onEvent = (event: zookeeper.Event): void => resolve(`${event.getName()} ${event.path}`);
      const onSet = (error: Failure): void => {
        if (error) reject(asError(error));
      };
      if (kind === 'data') this.raw.getData(path, onEvent, onSet);
      else if (kind === 'children') this.raw.getChildren(path, onEvent, onSet);
      else this.raw.exists(path, onEvent, onSet);
    });
  }

  commit(transaction: zookeeper.Transaction): Promise<unknown> {
    return settle((done) => transaction.commit(done));
  }

  setAcl(path: string, acls: zookeeper.ACL[]): Promise<zookeeper.Stat> {
    return settle((done) => this.raw.setACL(path, acls, -1, done));
  }

  getAcl(path: string): Promise<zookeeper.ACL[]> {
    return settle<zookeeper.ACL[]>((done) =>
      this.raw.getACL(path, (error, acls) => done(error, acls)),
    );
  }

  async close(): Promise<void> {
    const gone = new Promise<void>((done) => this.raw.once('disconnected', done));
    this.raw.close();
    await gone;
  }
}

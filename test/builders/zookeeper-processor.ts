/** A request processor on a manual clock, and clients that talk to it without a socket. */
import { silentLog } from '../../src/platform/silent-log';
import type { Identity } from '../../src/zookeeper-server/access';
import { OPEN_ACL } from '../../src/zookeeper-server/access';
import { Database } from '../../src/zookeeper-server/database';
import { Refusal } from '../../src/zookeeper-server/errors';
import { memoryJournal } from '../../src/zookeeper-server/journal/journal';
import type { Journal } from '../../src/zookeeper-server/journal/journal';
import { RequestProcessor } from '../../src/zookeeper-server/processor';
import type { SessionClient, SessionRequest } from '../../src/zookeeper-server/processor';
import type { CreateRequest } from '../../src/zookeeper-server/request';
import type { Result } from '../../src/zookeeper-server/response';
import type { TreeEvent } from '../../src/zookeeper-server/tree';
import { ManualClock } from './manual-clock';

export const EPHEMERAL = 1;
export const SEQUENTIAL = 2;

export function aCreate(path: string, options: Partial<CreateRequest> = {}): CreateRequest {
  const data = Buffer.from('');
  return { type: 'create', path, data, acl: OPEN_ACL, flags: 0, withStat: false, ...options };
}

export class TestClient implements SessionClient {
  readonly identities: Identity[] = [{ scheme: 'ip', id: '127.0.0.1' }];
  readonly events: string[] = [];
  detached: string | undefined;

  constructor(
    private readonly processor: RequestProcessor,
    readonly sessionId: bigint,
  ) {
    processor.attach(this);
  }

  onEvent({ type, path }: TreeEvent): void {
    this.events.push(`${type} ${path}`);
  }

  onDetached(reason: string): void {
    this.detached = reason;
  }

  /** The result, or the name of the error. */
  ask(request: SessionRequest): Result | string {
    try {
      return this.processor.execute(request, this);
    } catch (error) {
      if (error instanceof Refusal) return error.errorName;
      throw error;
    }
  }

  create(path: string, options: Partial<CreateRequest> = {}): Result | string {
    return this.ask(aCreate(path, options));
  }

  delete(path: string, version = -1): Result | string {
    return this.ask({ type: 'delete', path, version });
  }

  set(path: string, text: string, version = -1): Result | string {
    return this.ask({ type: 'setData', path, data: Buffer.from(text), version });
  }

  stat(path: string, watch = false): Result | string {
    return this.ask({ type: 'exists', path, watch });
  }
}

export function aProcessor(journal: Journal = memoryJournal) {
  const clock = new ManualClock();
  const random = { below: () => 0, bytes: (count: number) => Buffer.alloc(count, 7) };
  const database = new Database({ minTimeoutMs: 4_000, maxTimeoutMs: 40_000 });
  const processor = new RequestProcessor({
    clock,
    random,
    log: silentLog,
    database,
    journal,
  });
  const aClient = (timeoutMs = 10_000): TestClient =>
    new TestClient(processor, processor.openSession(timeoutMs).id);
  return { clock, processor, database, aClient };
}

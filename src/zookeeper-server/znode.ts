/** One znode and the Stat that clients see of it (org.apache.zookeeper.server.DataNode). */
import type { Acl } from './access';
import type { JuteWriter } from './jute';

/** Times are milliseconds since the epoch; `ephemeralOwner` is a session id, 0 for a persistent znode. */
export interface Stat {
  readonly czxid: number;
  readonly mzxid: number;
  readonly ctime: number;
  readonly mtime: number;
  readonly version: number;
  readonly cversion: number;
  readonly aversion: number;
  readonly ephemeralOwner: bigint;
  readonly dataLength: number;
  readonly numChildren: number;
  readonly pzxid: number;
}

/** What a znode is made with; all else begins at zero or follows from the zxid and time. */
export interface ZnodeOrigin {
  readonly data: Buffer | null;
  readonly acl: readonly Acl[];
  readonly ephemeralOwner: bigint;
  readonly zxid: number;
  readonly timeMs: number;
}

const NO_CHILDREN: ReadonlySet<string> = new Set();

export class Znode {
  data: Buffer | null;
  acl: readonly Acl[];
  readonly ephemeralOwner: bigint;
  readonly czxid: number;
  readonly ctime: number;
  mzxid: number;
  pzxid: number;
  mtime: number;
  version = 0;
  aversion = 0;
  /** How many children were ever created: the next sequential number. */
  childrenCreated = 0;
  #children: Set<string> | undefined;

  constructor(origin: ZnodeOrigin) {
    this.data = origin.data;
    this.acl = origin.acl;
    this.ephemeralOwner = origin.ephemeralOwner;
    this.czxid = this.mzxid = this.pzxid = origin.zxid;
    this.ctime = this.mtime = origin.timeMs;
  }

  get isEphemeral(): boolean {
    return this.ephemeralOwner !== 0n;
  }

  /** Names, in no promised order. */
  get children(): ReadonlySet<string> {
    return this.#children ?? NO_CHILDREN;
  }

  get childCount(): number {
    return this.#children?.size ?? 0;
  }

  addChild(name: string): void {
    (this.#children ??= new Set()).add(name);
  }

  removeChild(name: string): void {
    this.#children?.delete(name);
    // An empty set takes more memory than most znodes.
    if (this.#children?.size === 0) this.#children = undefined;
  }

  stat(): Stat {
    return {
      czxid: this.czxid,
      mzxid: this.mzxid,
      ctime: this.ctime,
      mtime: this.mtime,
      version: this.version,
      // Clients see every creation and every deletion of a child counted.
      cversion: (this.childrenCreated * 2 - this.childCount) | 0,
      aversion: this.aversion,
      ephemeralOwner: this.ephemeralOwner,
      dataLength: this.data?.length ?? 0,
      numChildren: this.childCount,
      pzxid: this.pzxid,
    };
  }
}

export function writeStat(writer: JuteWriter, stat: Stat): void {
  writer.long(stat.czxid).long(stat.mzxid).long(stat.ctime).long(stat.mtime);
  writer.int(stat.version).int(stat.cversion).int(stat.aversion);
  writer.opaqueLong(stat.ephemeralOwner).int(stat.dataLength).int(stat.numChildren);
  writer.long(stat.pzxid);
}

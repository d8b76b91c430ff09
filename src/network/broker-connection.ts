/** A connection to one broker, whatever its release: each request goes in the newest version that both sides know. */
import type { Clock, Network } from '../platform/ports';
import { ApiVersionsRequest, ApiVersionsResponse } from '../protocol/messages/18-api-versions';
import { API_SPECS } from '../protocol/messages/index';
import type { InputOf, MessageSpec, TypeOf } from '../protocol/schema';
import { BrokerClient } from './broker-client';
import type { BrokerAddress } from './broker-client';

/** Every broker since 0.10 answers it, and says in it what else it answers. */
const FIRST_API_VERSIONS = 0;
/**
 * Newer versions ask in another form: from there on Fetch (1) and DeleteTopics (20) name topics by id,
 * OffsetFetch (9) and FindCoordinator (10) ask about several groups. The older form says all that is needed here.
 */
const NEWEST_USED: Readonly<Record<number, number>> = { 1: 12, 9: 7, 10: 3, 20: 5 };

export interface VersionRange {
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** The broker does not answer an API, or in no version that is known here. Written for operators. */
export class UnsupportedApiError extends Error {
  override readonly name = 'UnsupportedApiError';
  constructor(
    readonly apiKey: number,
    { host, port }: BrokerAddress,
    theirs: VersionRange | undefined,
  ) {
    const api = `${API_SPECS.get(apiKey)?.name ?? 'API'} (${String(apiKey)})`;
    const versions = theirs && `${String(theirs.minVersion)} to ${String(theirs.maxVersion)}`;
    const which =
      versions === undefined ? '' : ` in a version known here, only in versions ${versions}`;
    super(`the broker at ${host}:${String(port)} does not answer ${api}${which}`);
  }
}

export class BrokerConnection {
  private constructor(
    private readonly client: BrokerClient,
    private readonly address: BrokerAddress,
    /** The versions of each API that the broker answers, by API key. */
    readonly ranges: ReadonlyMap<number, VersionRange>,
  ) {}

  /** Rejects with a `NetworkError`. */
  static async open(
    platform: { readonly clock: Clock; readonly network: Network },
    address: BrokerAddress,
  ): Promise<BrokerConnection> {
    const client = await BrokerClient.connect(platform, address);
    try {
      const { apiKeys } = await client.request(
        ApiVersionsRequest,
        ApiVersionsResponse,
        FIRST_API_VERSIONS,
        {},
        address.connectTimeoutMs,
      );
      return new BrokerConnection(
        client,
        address,
        new Map(apiKeys.map((api) => [api.apiKey, api])),
      );
    } catch (error) {
      client.close();
      throw error;
    }
  }

  get isClosed(): boolean {
    return this.client.isClosed;
  }

  /**
   * Rejects with a `NetworkError` when the connection ends or `timeoutMs` pass without an answer; throws an
   * `UnsupportedApiError` if no version is common. Not async: `records` of an answer live until the first await.
   */
  request<S extends MessageSpec, R extends MessageSpec>(
    request: S,
    response: R,
    message: InputOf<S>,
    timeoutMs: number,
  ): Promise<TypeOf<R>> {
    return this.client.request(request, response, this.versionOf(request), message, timeoutMs);
  }

  /** For Produce with acks = 0, which has no answer; resolves once the operating system has taken it. */
  requestUnanswered<S extends MessageSpec>(request: S, message: InputOf<S>): Promise<void> {
    return this.client.requestUnanswered(request, this.versionOf(request), message);
  }

  close(): void {
    this.client.close();
  }

  private versionOf(spec: MessageSpec): number {
    const key = spec.apiKey ?? -1;
    const theirs = this.ranges.get(key);
    const [lowest, highest] = spec.versions;
    const version = Math.min(theirs?.maxVersion ?? -1, NEWEST_USED[key] ?? highest);
    if (theirs && version >= Math.max(lowest, theirs.minVersion)) return version;
    throw new UnsupportedApiError(key, this.address, theirs);
  }
}

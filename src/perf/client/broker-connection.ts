/** A connection to one broker, whatever its release: each request goes in the newest version that both sides know. */
import { BrokerClient } from '../../network/broker-client';
import type { BrokerAddress } from '../../network/broker-client';
import type { Platform } from '../../platform/ports';
import { ApiVersionsRequest, ApiVersionsResponse } from '../../protocol/messages/18-api-versions';
import type { InputOf, MessageSpec, TypeOf } from '../../protocol/schema';
import { PerfError } from '../perf-error';

/** Every broker since 0.10 answers it, and says in it what else it answers. */
const FIRST_API_VERSIONS = 0;
/** From then on Fetch (1) and DeleteTopics (20) can name topics by id; the name that the user gave is what is used here. */
const NEWEST_USED: Readonly<Record<number, number>> = { 1: 12, 20: 5 };

interface Range {
  readonly minVersion: number;
  readonly maxVersion: number;
}

export class BrokerConnection {
  private constructor(
    private readonly client: BrokerClient,
    private readonly address: BrokerAddress,
    private readonly ranges: ReadonlyMap<number, Range>,
  ) {}

  /** Rejects with a `NetworkError`. */
  static async open(platform: Platform, address: BrokerAddress): Promise<BrokerConnection> {
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

  /** Rejects with a `NetworkError` when the connection ends or `timeoutMs` pass without an answer. */
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

  /** Throws a `PerfError` if no version is common. */
  private versionOf(spec: MessageSpec): number {
    const key = spec.apiKey ?? -1;
    const theirs = this.ranges.get(key);
    const [lowest, highest] = spec.versions;
    const version = Math.min(theirs?.maxVersion ?? -1, NEWEST_USED[key] ?? highest);
    if (theirs && version >= Math.max(lowest, theirs.minVersion)) return version;
    const { host, port } = this.address;
    throw new PerfError(
      `the broker at ${host}:${String(port)} has no version of API ${String(key)} that is known here`,
    );
  }
}

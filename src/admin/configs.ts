/** Settings of topics, brokers and broker loggers: read with where they come from, and changed one by one (KIP-339). */
import {
  DescribeConfigsRequest,
  DescribeConfigsResponse,
} from '../protocol/messages/32-describe-configs';
import {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from '../protocol/messages/44-incremental-alter-configs';
import type { AdminClient } from './admin-client';
import { refuseUnlessNone } from './admin-error';

/** `org.apache.kafka.common.config.ConfigResource.Type` */
const RESOURCE_TYPES = { topic: 2, broker: 4, 'broker-logger': 8 } as const;

export interface ConfigResource {
  readonly type: keyof typeof RESOURCE_TYPES;
  /** Of a broker: its id, or empty for the default of all brokers. */
  readonly name: string;
}

/** `org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource` */
const SOURCES = [
  'unknown',
  'topic',
  'dynamic-broker',
  'dynamic-default',
  'static',
  'default',
  'broker-logger',
  'client-metrics',
] as const;
export type ConfigSource = (typeof SOURCES)[number];

export interface ConfigSynonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: ConfigSource;
}

export interface ConfigEntry extends ConfigSynonym {
  readonly isReadOnly: boolean;
  /** Its value is never sent. */
  readonly isSensitive: boolean;
  /** All places that give it a value, the one in force first. */
  readonly synonyms: readonly ConfigSynonym[];
}

/** `org.apache.kafka.clients.admin.AlterConfigOp.OpType` */
const OPERATIONS = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

export interface ConfigChange {
  readonly name: string;
  readonly operation: keyof typeof OPERATIONS;
  /** `null` for a deletion. */
  readonly value: string | null;
}

function sourceOf(code: number): ConfigSource {
  return SOURCES[code] ?? 'unknown';
}

export function describeResource({ type, name }: ConfigResource): string {
  return name === '' ? `the default of all ${type}s` : `${type} ${name}`;
}

/** Only the broker itself knows its own settings. */
function ownBroker({ type, name }: ConfigResource): number | undefined {
  return type === 'topic' || !/^\d+$/.test(name) ? undefined : Number(name);
}

/** Ascending by name; `names` `null` asks for all. */
export async function describeConfigs(
  client: AdminClient,
  resource: ConfigResource,
  names: readonly string[] | null = null,
): Promise<ConfigEntry[]> {
  const request = {
    resources: [
      {
        resourceType: RESOURCE_TYPES[resource.type],
        resourceName: resource.name,
        configurationKeys: names,
      },
    ],
    includeSynonyms: true,
  };
  const broker = ownBroker(resource);
  const { results } =
    broker === undefined
      ? await client.askAny(DescribeConfigsRequest, DescribeConfigsResponse, request)
      : await client.askBroker(broker, DescribeConfigsRequest, DescribeConfigsResponse, request);
  const [result] = results;
  const what = `the settings of ${describeResource(resource)} cannot be read`;
  refuseUnlessNone(what, result?.errorCode ?? -1, result?.errorMessage);
  return (result?.configs ?? [])
    .map((each) => ({
      name: each.name,
      value: each.value,
      source: sourceOf(each.configSource),
      isReadOnly: each.readOnly,
      isSensitive: each.isSensitive,
      synonyms: each.synonyms.map(({ name, value, source }) => ({
        name,
        value,
        source: sourceOf(source),
      })),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** All changes or none. `validateOnly` has the broker check them and change nothing. */
export async function alterConfigs(
  client: AdminClient,
  resource: ConfigResource,
  changes: readonly ConfigChange[],
  validateOnly: boolean,
): Promise<void> {
  const request = {
    resources: [
      {
        resourceType: RESOURCE_TYPES[resource.type],
        resourceName: resource.name,
        configs: changes.map(({ name, operation, value }) => ({
          name,
          configOperation: OPERATIONS[operation],
          value,
        })),
      },
    ],
    validateOnly,
  };
  const broker = ownBroker(resource);
  const api = [IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse] as const;
  const { responses } =
    broker === undefined
      ? await client.askAny(...api, request)
      : await client.askBroker(broker, ...api, request);
  const [result] = responses;
  const what = `the settings of ${describeResource(resource)} cannot be changed`;
  refuseUnlessNone(what, result?.errorCode ?? -1, result?.errorMessage);
}

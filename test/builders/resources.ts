/** Settings of topics and brokers, asked for and changed as the admin APIs do. */
import { errorName } from '../../src/protocol/errors';
import {
  DescribeConfigsRequest,
  DescribeConfigsResponse,
} from '../../src/protocol/messages/32-describe-configs';
import type { Brokers } from './broker-client';

export const TOPIC = 2;
export const BROKER = 4;
export const BROKER_LOGGER = 8;

export interface DescribeOptions {
  readonly version?: number;
  readonly type?: number;
  readonly names?: readonly string[] | null;
  readonly includeSynonyms?: boolean;
  readonly includeDocumentation?: boolean;
  readonly broker?: number;
}

/** What DescribeConfigs answers about one resource. */
export async function describeResource(
  brokers: Brokers,
  name: string,
  options: DescribeOptions = {},
) {
  const { version = 4, type = TOPIC, broker = 1 } = options;
  const answer = await brokers.ask(
    DescribeConfigsRequest,
    DescribeConfigsResponse,
    version,
    {
      resources: [
        {
          resourceType: type,
          resourceName: name,
          configurationKeys: options.names ? [...options.names] : null,
        },
      ],
      ...(version >= 1 ? { includeSynonyms: options.includeSynonyms ?? false } : {}),
      ...(version >= 3 ? { includeDocumentation: options.includeDocumentation ?? false } : {}),
    },
    { broker },
  );
  const [result] = answer.results;
  if (!result) throw new Error('no answer for the resource');
  return { ...result, error: errorName(result.errorCode) };
}

/** The resource's own settings, those that were set on it. */
export async function ownValues(
  brokers: Brokers,
  name: string,
  options: DescribeOptions = {},
): Promise<Record<string, string | null>> {
  const ownSource = options.type === BROKER ? [name === '' ? 3 : 2] : [1];
  const { configs } = await describeResource(brokers, name, options);
  return Object.fromEntries(
    configs
      .filter(({ configSource }) => ownSource.includes(configSource))
      .map((entry) => [entry.name, entry.value]),
  );
}

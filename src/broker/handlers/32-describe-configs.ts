/**
 * DescribeConfigs (32): v0–4. Settings of topics (any broker answers) and of this broker, and the levels of its loggers.
 * Versions: v1 synonyms and sources (KIP-226) · v3 types and documentation (KIP-569) · v4 flexible.
 */
import {
  describeBrokerConfig,
  describeBrokerDefaults,
  describeTopicConfig,
} from '../../config/describe';
import type { ConfigEntry } from '../../config/describe';
import { errorCode, ProtocolError } from '../../protocol/errors';
import {
  DescribeConfigsRequest,
  DescribeConfigsResponse,
} from '../../protocol/messages/32-describe-configs';
import type { InputOf } from '../../protocol/schema';
import { describeLoggers } from '../broker-loggers';
import { RESOURCE_TYPE, resourceOf, storedValues } from '../config-resources';
import { defineHandler } from '../handler';
import type { RequestContext } from '../handler';
import { topicNameProblem } from '../topic-name';

type Resource = DescribeConfigsRequest['resources'][number];
type Result = InputOf<typeof DescribeConfigsResponse>['results'][number];

async function entriesOf(
  { broker }: RequestContext,
  asked: Resource,
  request: DescribeConfigsRequest,
): Promise<ConfigEntry[]> {
  const options = {
    names: asked.configurationKeys,
    includeSynonyms: request.includeSynonyms,
    includeDocumentation: request.includeDocumentation,
  };
  if (asked.resourceType === RESOURCE_TYPE.topic) {
    const problem = topicNameProblem(asked.resourceName);
    if (problem !== undefined) throw new ProtocolError('INVALID_TOPIC_EXCEPTION', problem);
  }
  if (asked.resourceType === RESOURCE_TYPE.brokerLogger) {
    return describeLoggers(broker, asked.resourceName, asked.configurationKeys);
  }
  const resource = resourceOf(broker, asked.resourceType, asked.resourceName);
  switch (resource.kind) {
    case 'topic':
      return describeTopicConfig(broker.config, await storedValues(broker, resource), options);
    case 'broker':
      return describeBrokerConfig(broker.config, options);
    case 'brokerDefaults':
      return describeBrokerDefaults(broker.config, options);
  }
}

async function describe(
  context: RequestContext,
  asked: Resource,
  request: DescribeConfigsRequest,
): Promise<Result> {
  const { resourceType, resourceName } = asked;
  try {
    const configs = await entriesOf(context, asked, request);
    return {
      errorCode: errorCode('NONE'),
      errorMessage: '',
      resourceType,
      resourceName,
      configs,
    };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return {
      errorCode: errorCode(error.errorName),
      errorMessage: error.message,
      resourceType,
      resourceName,
      configs: [],
    };
  }
}

export const describeConfigs = defineHandler({
  request: DescribeConfigsRequest,
  response: DescribeConfigsResponse,
  versions: [0, 4],
  handle: async (context, request) => ({
    throttleTimeMs: 0,
    results: await Promise.all(
      request.resources.map((resource) => describe(context, resource, request)),
    ),
  }),
});

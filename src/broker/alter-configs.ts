/** What AlterConfigs and IncrementalAlterConfigs share: each resource once, each with its own outcome. */
import { errorCode, ProtocolError } from '../protocol/errors';
import type { AlterConfigsResponse } from '../protocol/messages/33-alter-configs';
import type { InputOf } from '../protocol/schema';
import type { ConfigValues } from '../zookeeper/types';
import { replaceValues, resourceOf } from './config-resources';
import type { ConfigResource } from './config-resources';
import type { BrokerServices } from './services';

interface AskedResource {
  readonly resourceType: number;
  readonly resourceName: string;
}

type Result = InputOf<typeof AlterConfigsResponse>['responses'][number];

/** `valuesOf` says what a resource's settings shall be; it may refuse with a `ProtocolError`. */
export async function alterResources<R extends AskedResource>(
  broker: BrokerServices,
  request: { readonly resources: readonly R[]; readonly validateOnly: boolean },
  valuesOf: (resource: ConfigResource, asked: R) => ConfigValues | Promise<ConfigValues>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const asked of request.resources) {
    const { resourceType, resourceName } = asked;
    const answer = (error: ProtocolError | undefined): Result => ({
      errorCode: errorCode(error?.errorName ?? 'NONE'),
      errorMessage: error?.message ?? null,
      resourceType,
      resourceName,
    });
    try {
      refuseRepeated(request.resources, asked);
      const resource = resourceOf(broker, resourceType, resourceName);
      await replaceValues(broker, resource, await valuesOf(resource, asked), request.validateOnly);
      results.push(answer(undefined));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      results.push(answer(error));
    }
  }
  return results;
}

function refuseRepeated(resources: readonly AskedResource[], asked: AskedResource): void {
  const same = resources.filter(
    (each) => each.resourceType === asked.resourceType && each.resourceName === asked.resourceName,
  );
  if (same.length > 1) {
    throw new ProtocolError('INVALID_REQUEST', 'Each resource must appear at most once.');
  }
}

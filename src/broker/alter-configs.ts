/** What AlterConfigs and IncrementalAlterConfigs share: each resource once, each with its own outcome. */
import { errorCode, ProtocolError } from '../protocol/errors';
import type { AlterConfigsResponse } from '../protocol/messages/33-alter-configs';
import type { InputOf } from '../protocol/schema';

interface AskedResource {
  readonly resourceType: number;
  readonly resourceName: string;
}

type Result = InputOf<typeof AlterConfigsResponse>['responses'][number];

/** `alter` changes one resource, or refuses with a `ProtocolError`. */
export async function alterResources<R extends AskedResource>(
  request: { readonly resources: readonly R[] },
  alter: (asked: R) => void | Promise<void>,
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
      await alter(asked);
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

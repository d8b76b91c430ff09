/** Quotas of clients, users and addresses (KIP-546). */
import {
  DescribeClientQuotasRequest,
  DescribeClientQuotasResponse,
} from '../protocol/messages/48-describe-client-quotas';
import {
  AlterClientQuotasRequest,
  AlterClientQuotasResponse,
} from '../protocol/messages/49-alter-client-quotas';
import type { AdminClient } from './admin-client';
import { refuseUnlessNone } from './admin-error';

/** As the protocol spells them. */
export type QuotaEntityType = 'client-id' | 'user' | 'ip';

export interface QuotaEntity {
  readonly type: QuotaEntityType;
  /** `null` is the default of that type. */
  readonly name: string | null;
}

export interface QuotaChange {
  readonly name: string;
  /** `null` removes it. */
  readonly value: number | null;
}

const MATCH_EXACT = 0;
const MATCH_DEFAULT = 1;

/** Quotas that are set for exactly this entity, ascending by name. */
export async function describeQuotas(
  client: AdminClient,
  { type, name }: QuotaEntity,
): Promise<{ readonly name: string; readonly value: number }[]> {
  const matchType = name === null ? MATCH_DEFAULT : MATCH_EXACT;
  const answer = await client.askAny(DescribeClientQuotasRequest, DescribeClientQuotasResponse, {
    components: [{ entityType: type, matchType, match: name }],
    strict: true,
  });
  refuseUnlessNone('the quotas cannot be read', answer.errorCode, answer.errorMessage);
  return (answer.entries ?? [])
    .flatMap(({ values }) => values.map(({ key, value }) => ({ name: key, value })))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function alterQuotas(
  client: AdminClient,
  { type, name }: QuotaEntity,
  changes: readonly QuotaChange[],
  validateOnly: boolean,
): Promise<void> {
  const ops = changes.map((each) => ({
    key: each.name,
    value: each.value ?? 0,
    remove: each.value === null,
  }));
  const { entries } = await client.askAny(AlterClientQuotasRequest, AlterClientQuotasResponse, {
    entries: [{ entity: [{ entityType: type, entityName: name }], ops }],
    validateOnly,
  });
  const [result] = entries;
  refuseUnlessNone('the quotas cannot be changed', result?.errorCode ?? -1, result?.errorMessage);
}

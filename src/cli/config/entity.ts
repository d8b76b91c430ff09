/** Whose settings are meant, as people say it: `topic orders`, `broker 1`, `broker default`, `user alice`. */
import type { ConfigChange, ConfigResource } from '../../admin/configs';
import type { QuotaChange, QuotaEntity } from '../../admin/quotas';
import { OperatorError } from '../failure';

/** The name that stands for what holds for all of a type. */
export const DEFAULT_NAME = 'default';

const RESOURCES = ['topic', 'broker', 'broker-logger'] as const;
const QUOTA_TYPES = { client: 'client-id', user: 'user', ip: 'ip' } as const;

export const ENTITY_TYPES = [...RESOURCES, 'client', 'user', 'ip'] as const;

export type Entity =
  | { readonly kind: 'resource'; readonly resource: ConfigResource }
  | { readonly kind: 'quota'; readonly entity: QuotaEntity };

function isQuotaType(type: string): type is keyof typeof QUOTA_TYPES {
  return Object.hasOwn(QUOTA_TYPES, type);
}

/** Throws an `OperatorError`. */
export function entityOf(type: string, name: string): Entity {
  if (isQuotaType(type)) {
    const entity = { type: QUOTA_TYPES[type], name: name === DEFAULT_NAME ? null : name };
    return { kind: 'quota', entity };
  }
  const resourceType = RESOURCES.find((each) => each === type);
  if (!resourceType)
    throw new OperatorError(`"${type}" has no settings: ${ENTITY_TYPES.join(', ')} have`);
  const isBroker = resourceType !== 'topic';
  if (isBroker && !/^\d+$/.test(name) && name !== DEFAULT_NAME)
    throw new OperatorError(`"${name}" is no broker: its id is needed, or "${DEFAULT_NAME}"`);
  if (resourceType === 'broker-logger' && name === DEFAULT_NAME)
    throw new OperatorError('each broker has loggers of its own: its id is needed');
  const isDefault = resourceType === 'broker' && name === DEFAULT_NAME;
  return { kind: 'resource', resource: { type: resourceType, name: isDefault ? '' : name } };
}

const CHANGE = /^([^=+]+?)(\+=|-=|=)(.*)$/s;
const OPERATIONS = { '=': 'set', '+=': 'append', '-=': 'subtract' } as const;

/** `key=value` sets, `key+=a,b` and `key-=a,b` add to a list and take from it. Throws an `OperatorError`. */
export function parseChange(text: string): ConfigChange {
  const [, name = '', sign = '=', value = ''] = CHANGE.exec(text) ?? [];
  if (name.trim() === '')
    throw new OperatorError(
      `"${text}" changes nothing: key=value is needed (or key+=item, key-=item)`,
    );
  const operation = OPERATIONS[sign as keyof typeof OPERATIONS];
  return { name: name.trim(), operation, value };
}

/** Quotas are numbers, and no lists. Throws an `OperatorError`. */
export function quotaChange({ name, operation, value }: ConfigChange): QuotaChange {
  if (operation === 'delete') return { name, value: null };
  const number = Number(value);
  if (operation !== 'set' || value === null || value.trim() === '' || !Number.isFinite(number))
    throw new OperatorError(`${name}: a quota is a number, as ${name}=1048576`);
  return { name, value: number };
}

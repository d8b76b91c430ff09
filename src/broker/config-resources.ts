/**
 * Settings as the admin APIs name them: a resource is a topic, this broker, or all brokers (the empty
 * broker name). Reading, checking and writing them (`kafka.server.ZkAdminManager`).
 */
import { validateDynamicConfigs } from '../config/dynamic';
import { brokerSetting } from '../config/settings/broker';
import { topicSetting } from '../config/settings/topic';
import { validateTopicConfigs } from '../config/topic-config';
import { ProtocolError } from '../protocol/errors';
import type { ConfigEntity, ConfigValues } from '../zookeeper/types';
import type { BrokerServices } from './services';

/** `org.apache.kafka.common.config.ConfigResource.Type` */
export const RESOURCE_TYPE = { topic: 2, broker: 4, brokerLogger: 8 } as const;

export type ConfigResource =
  | { readonly kind: 'topic'; readonly name: string }
  | { readonly kind: 'broker' }
  | { readonly kind: 'brokerDefaults' };

/** Throws a `ProtocolError` for a resource that is not there, or that another broker answers for. */
export function resourceOf(broker: BrokerServices, type: number, name: string): ConfigResource {
  if (type === RESOURCE_TYPE.topic) {
    if (!broker.metadata.topic(name)) {
      throw new ProtocolError('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`);
    }
    return { kind: 'topic', name };
  }
  if (type !== RESOURCE_TYPE.broker) {
    throw new ProtocolError('INVALID_REQUEST', `Unsupported resource type: ${String(type)}`);
  }
  if (name === '') return { kind: 'brokerDefaults' };
  if (name !== String(broker.brokerId)) {
    throw new ProtocolError(
      'INVALID_REQUEST',
      `Unexpected broker id, expected ${String(broker.brokerId)}, but received ${name}`,
    );
  }
  return { kind: 'broker' };
}

function entityOf(broker: BrokerServices, resource: ConfigResource): ConfigEntity {
  if (resource.kind === 'topic') return { type: 'topics', name: resource.name };
  return { type: 'brokers', name: resource.kind === 'broker' ? String(broker.brokerId) : null };
}

/** The resource's own settings as ZooKeeper has them now. */
export function storedValues(
  broker: BrokerServices,
  resource: ConfigResource,
): Promise<ConfigValues> {
  return broker.zookeeper.configs.get(entityOf(broker, resource));
}

/** Replaces the resource's settings and announces it, unless they are refused with a `ProtocolError`. */
export async function replaceValues(
  broker: BrokerServices,
  resource: ConfigResource,
  values: ConfigValues,
  validateOnly: boolean,
): Promise<void> {
  const problem =
    resource.kind === 'topic'
      ? validateTopicConfigs(values)
      : validateDynamicConfigs(
          values,
          resource.kind === 'broker' ? 'broker' : 'cluster',
          broker.config,
        );
  if (problem !== undefined) {
    throw new ProtocolError(
      resource.kind === 'topic' ? 'INVALID_CONFIG' : 'INVALID_REQUEST',
      problem,
    );
  }
  if (!validateOnly) await broker.zookeeper.configs.set(entityOf(broker, resource), values);
}

/** `org.apache.kafka.clients.admin.AlterConfigOp.OpType` */
export const OPERATION = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

export interface ConfigOperation {
  readonly name: string;
  readonly configOperation: number;
  readonly value: string | null;
}

/** Throws a `ProtocolError` if a setting is named twice. */
export function refuseRepeatedNames(operations: readonly ConfigOperation[]): void {
  const names = operations.map(({ name }) => name);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  if (repeated.length === 0) return;
  throw new ProtocolError(
    'INVALID_REQUEST',
    `Error due to duplicate config keys : ${repeated.join(',')}`,
  );
}

/** What `current` becomes by `operations`. Throws a `ProtocolError`. */
export function appliedOperations(
  resource: ConfigResource,
  current: ConfigValues,
  operations: readonly ConfigOperation[],
): ConfigValues {
  refuseRepeatedNames(operations);
  const values: Record<string, string> = { ...current };
  for (const operation of operations) applyOperation(resource, values, operation);
  return values;
}

function applyOperation(
  resource: ConfigResource,
  values: Record<string, string>,
  { name, configOperation, value }: ConfigOperation,
): void {
  if (configOperation === OPERATION.delete) {
    Reflect.deleteProperty(values, name);
    return;
  }
  if (value === null) {
    throw new ProtocolError('INVALID_REQUEST', `Null value not supported for : ${name}`);
  }
  switch (configOperation) {
    case OPERATION.set:
      values[name] = value;
      return;
    case OPERATION.append: {
      const items = listOf(resource, values, name, 'append');
      values[name] = [...new Set([...items, ...split(value)])].join(',');
      return;
    }
    case OPERATION.subtract: {
      const removed = new Set(split(value));
      const items = listOf(resource, values, name, 'subtract');
      values[name] = items.filter((item) => !removed.has(item)).join(',');
      return;
    }
    default:
      throw new ProtocolError('INVALID_REQUEST', `Unknown operation ${String(configOperation)}`);
  }
}

function split(text: string): string[] {
  return text.split(',').filter((item) => item !== '');
}

function listOf(
  resource: ConfigResource,
  values: ConfigValues,
  name: string,
  operation: string,
): string[] {
  const setting = resource.kind === 'topic' ? topicSetting(name) : brokerSetting(name);
  if (setting?.type !== 'list') {
    throw new ProtocolError(
      'INVALID_CONFIG',
      `Config value ${operation} is not allowed for config key: ${name}`,
    );
  }
  return split(values[name] ?? setting.defaultText ?? '');
}

/**
 * This broker's loggers as the admin APIs name them (KIP-412): read and set while it runs, never stored, back to what the
 * properties file says with the next start (`kafka.server.logger.RuntimeLoggerManager`).
 */
import { CONFIG_SOURCE } from '../config/describe';
import type { ConfigEntry } from '../config/describe';
import { LOG_LEVEL_NAMES, levelNamed } from '../platform/log-areas';
import { ROOT_LOGGER } from '../platform/log-levels';
import { ProtocolError } from '../protocol/errors';
import { OPERATION, refuseRepeatedNames } from './config-resources';
import type { ConfigOperation } from './config-resources';
import type { BrokerServices } from './services';

type Broker = Pick<BrokerServices, 'brokerId' | 'logLevels' | 'platform'>;

/** Throws a `ProtocolError` unless `name` is this broker's id: each broker knows its own loggers only. */
function refuseOtherBroker({ brokerId }: Broker, name: string): void {
  if (!/^[+-]?\d+$/.test(name)) {
    throw new ProtocolError('INVALID_REQUEST', `Broker id must be an integer, but it is: ${name}`);
  }
  if (Number(name) !== brokerId) {
    throw new ProtocolError(
      'INVALID_REQUEST',
      `Unexpected broker id, expected ${String(brokerId)}, but received ${name}`,
    );
  }
}

/** Every logger with its level in force; of `names` only those that there are. Throws a `ProtocolError`. */
export function describeLoggers(
  broker: Broker,
  name: string,
  names: readonly string[] | null,
): ConfigEntry[] {
  if (name === '') throw new ProtocolError('INVALID_REQUEST', 'Broker id must not be empty');
  refuseOtherBroker(broker, name);
  return [...broker.logLevels.entries()]
    .filter(([logger]) => !names || names.length === 0 || names.includes(logger))
    .map(([logger, level]) => ({
      name: logger,
      value: level.toUpperCase(),
      readOnly: false,
      isDefault: false,
      configSource: CONFIG_SOURCE.dynamicBrokerLogger,
      isSensitive: false,
      synonyms: [],
      configType: 0,
      documentation: '',
    }));
}

/** Sets and unsets levels, all of them or, with a `ProtocolError`, none. */
export function alterLoggers(
  broker: Broker,
  { name, operations }: { readonly name: string; readonly operations: readonly ConfigOperation[] },
  validateOnly: boolean,
): void {
  refuseRepeatedNames(operations);
  refuseOtherBroker(broker, name);
  for (const operation of operations) refuseBadOperation(broker, operation);
  if (validateOnly) return;
  const { log } = broker.platform;
  for (const { name: logger, configOperation, value } of operations) {
    // A DELETE may come with a value; it means nothing.
    const level = configOperation === OPERATION.set ? levelNamed(value ?? '') : undefined;
    if (level === undefined) broker.logLevels.unset(logger);
    else broker.logLevels.set(logger, level);
    log.warn('log level changed', { logger, level: level?.toUpperCase() ?? 'as root' });
  }
}

function refuseBadOperation(
  { logLevels }: Broker,
  { name: logger, configOperation, value }: ConfigOperation,
): void {
  if (configOperation !== OPERATION.delete && value === null) {
    throw new ProtocolError('INVALID_REQUEST', `Null value not supported for : ${logger}`);
  }
  if (configOperation !== OPERATION.set && configOperation !== OPERATION.delete) {
    throw new ProtocolError(
      'INVALID_REQUEST',
      `Operation ${String(configOperation)} is not allowed for the BROKER_LOGGER resource`,
    );
  }
  if (!logLevels.has(logger)) {
    throw new ProtocolError('INVALID_CONFIG', `Logger ${logger} does not exist!`);
  }
  if (configOperation === OPERATION.delete && logger === ROOT_LOGGER) {
    throw new ProtocolError(
      'INVALID_REQUEST',
      `Removing the log level of the ${ROOT_LOGGER} logger is not allowed`,
    );
  }
  if (configOperation === OPERATION.set && levelNamed(value ?? '') === undefined) {
    throw new ProtocolError(
      'INVALID_CONFIG',
      `Cannot set the log level of ${logger} to ${String(value)}: valid levels are ${LOG_LEVEL_NAMES.join(', ')}`,
    );
  }
}

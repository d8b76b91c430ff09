/** Where a broker listens, what it advertises, and which listener brokers use among themselves. */
import type { BrokerValues } from './settings/broker';

export type SecurityProtocol = BrokerValues['security.inter.broker.protocol'];

export interface ListenerAddress {
  /** Always upper case, as Kafka normalises it. */
  readonly name: string;
  /** `undefined`: all interfaces when listening, this machine's name when advertised. */
  readonly host: string | undefined;
  /** 0 takes a free port. */
  readonly port: number;
  readonly securityProtocol: SecurityProtocol;
}

export interface Listeners {
  readonly listeners: readonly ListenerAddress[];
  readonly advertisedListeners: readonly ListenerAddress[];
  readonly interBrokerListenerName: string;
  /** The listener only the controller uses, if `control.plane.listener.name` is set. */
  readonly controlPlaneListenerName: string | undefined;
}

/** Takes each problem found, worded `setting=value: reason`. */
export type Report = (problem: string) => void;

const PROTOCOLS: readonly string[] = [
  'PLAINTEXT',
  'SSL',
  'SASL_PLAINTEXT',
  'SASL_SSL',
] satisfies SecurityProtocol[];

const ADDRESS = /^([^:/]+):\/\/\[?([0-9a-zA-Z\-%._:]*?)\]?:(\d{1,5})$/;

const split = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

function isSecurityProtocol(name: string): name is SecurityProtocol {
  return PROTOCOLS.includes(name);
}

type ProtocolMap = ReadonlyMap<string, SecurityProtocol>;

function parseProtocolMap(values: BrokerValues, report: Report): ProtocolMap {
  const setting = 'listener.security.protocol.map';
  const map = new Map<string, SecurityProtocol>();
  for (const pair of split(values[setting])) {
    const [name = '', protocol = ''] = pair.split(':').map((part) => part.trim().toUpperCase());
    if (isSecurityProtocol(protocol)) map.set(name, protocol);
    else report(`${setting}: '${pair}' is not NAME:PROTOCOL with one of ${PROTOCOLS.join(', ')}`);
  }
  return map;
}

type AddressSetting = 'listeners' | 'advertised.listeners';

function parseAddresses(
  setting: AddressSetting,
  text: string,
  protocols: ProtocolMap,
  report: Report,
): ListenerAddress[] {
  return split(text).flatMap((item) => {
    const [, rawName = '', host = '', portText = ''] = ADDRESS.exec(item) ?? [];
    const name = rawName.toUpperCase();
    const port = Number(portText);
    const securityProtocol = protocols.get(name);
    if (name === '' || port > 65_535)
      report(`${setting}=${text}: '${item}' is not NAME://host:port`);
    else if (securityProtocol === undefined) {
      report(
        `${setting}=${text}: no security protocol defined for listener ${name} in listener.security.protocol.map`,
      );
    } else return [{ name, host: host === '' ? undefined : host, port, securityProtocol }];
    return [];
  });
}

const isIpV4 = (host: string | undefined): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host ?? '');
const isIpV6 = (host: string | undefined): boolean => host?.includes(':') ?? false;

/** Two listeners may share a port only as the IPv4 and the IPv6 address of one service. */
function mayShareAPort(a: ListenerAddress, b: ListenerAddress): boolean {
  return (isIpV4(a.host) && isIpV6(b.host)) || (isIpV6(a.host) && isIpV4(b.host));
}

function checkDistinct(
  setting: AddressSetting,
  text: string,
  found: readonly ListenerAddress[],
  report: Report,
): void {
  const names = new Set(found.map((listener) => listener.name));
  if (names.size < found.length)
    report(`${setting}=${text}: each listener must have a different name`);
  if (setting === 'advertised.listeners') return; // A port forwarder may stand before several listeners.
  const clash = found.some((a, i) =>
    found.slice(i + 1).some((b) => a.port !== 0 && a.port === b.port && !mayShareAPort(a, b)),
  );
  if (clash) report(`${setting}=${text}: each listener must have a different port`);
}

function chooseInterBrokerListener(
  values: BrokerValues,
  isProtocolGiven: boolean,
  protocols: ProtocolMap,
  report: Report,
): string {
  const name = values['inter.broker.listener.name']?.toUpperCase();
  if (name === undefined) return values['security.inter.broker.protocol'];
  if (isProtocolGiven) {
    report(
      'inter.broker.listener.name and security.inter.broker.protocol: only one of them may be set',
    );
  }
  if (!protocols.has(name)) {
    report(`inter.broker.listener.name=${name}: not found in listener.security.protocol.map`);
  }
  return name;
}

function checkAdvertised(result: Listeners, report: Report): void {
  const advertised = result.advertisedListeners;
  const names = (list: readonly ListenerAddress[]): string[] => list.map(({ name }) => name);
  if (advertised.some(({ host }) => host === '0.0.0.0')) {
    report(
      'advertised.listeners: 0.0.0.0 cannot be reached by others; name an address of this machine',
    );
  }
  const unknown = names(advertised).filter((name) => !names(result.listeners).includes(name));
  if (unknown.length > 0) {
    report(`advertised.listeners: ${unknown.join(', ')} is not among the names in listeners`);
  }
  if (!names(advertised).includes(result.interBrokerListenerName)) {
    report(
      `inter.broker.listener.name: ${result.interBrokerListenerName} must be one of the advertised listeners: ${names(advertised).join(', ')}`,
    );
  }
}

function checkControlPlane(result: Listeners, report: Report): void {
  const name = result.controlPlaneListenerName;
  if (name === undefined) return;
  if (name === result.interBrokerListenerName) {
    report(`control.plane.listener.name=${name}: must differ from the inter-broker listener`);
  }
  if (!result.listeners.some((listener) => listener.name === name)) {
    report(`control.plane.listener.name=${name}: not among the names in listeners`);
  }
}

/**
 * Reads and checks all listener settings together, as kafka.server.KafkaConfig does.
 * `isProtocolGiven`: `security.inter.broker.protocol` was set rather than taken from its default.
 */
export function readListeners(
  values: BrokerValues,
  isProtocolGiven: boolean,
  report: Report,
): Listeners {
  const protocols = parseProtocolMap(values, report);
  const bound = values.listeners;
  const advertised = values['advertised.listeners'];
  const listeners = parseAddresses('listeners', bound, protocols, report);
  const advertisedListeners =
    advertised === null
      ? listeners
      : parseAddresses('advertised.listeners', advertised, protocols, report);
  if (split(bound).length === 0) report('listeners: at least one listener is needed');
  checkDistinct('listeners', bound, listeners, report);
  if (advertised !== null)
    checkDistinct('advertised.listeners', advertised, advertisedListeners, report);
  const result: Listeners = {
    listeners,
    advertisedListeners,
    interBrokerListenerName: chooseInterBrokerListener(values, isProtocolGiven, protocols, report),
    controlPlaneListenerName: values['control.plane.listener.name']?.toUpperCase(),
  };
  const isReadable = listeners.length === split(bound).length && advertisedListeners.length > 0;
  if (isReadable) {
    checkAdvertised(result, report);
    checkControlPlane(result, report);
  }
  return result;
}

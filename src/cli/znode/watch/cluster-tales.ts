/** Sentences about brokers, settings and what else is not a topic. The controller's are told by `Teller`. */
import type { BrokerRegistration, ConfigValues } from '../../../zookeeper/types';
import * as znodes from '../../../zookeeper/znodes';
import { difference, list, plainTale, tale } from './tale';
import type { Tale, Told } from './tale';

function endpointsOf({ endpoints }: BrokerRegistration): string {
  return list(endpoints.map(({ name, host, port }) => `${name}://${host}:${String(port)}`));
}

function brokerText(broker: BrokerRegistration): string {
  return `${endpointsOf(broker)}${broker.rack === null ? '' : `, rack ${broker.rack}`}`;
}

const broker = tale(
  (data, path) => znodes.broker.decode(Number(path.slice(path.lastIndexOf('/') + 1)), data),
  ({ kind, variables, before, after }: Told<BrokerRegistration>) => {
    const name = `broker ${variables['id'] ?? ''}`;
    if (!after) return `${name} left`;
    if (kind === 'recreated') return `${name} left and joined again (${brokerText(after)})`;
    if (!before) return `${name} joined (${brokerText(after)})`;
    const differences = [
      ...difference('endpoints', endpointsOf(before), endpointsOf(after)),
      ...difference('rack', before.rack ?? 'none', after.rack ?? 'none'),
    ];
    return `${name}: ${differences.length > 0 ? differences.join(', ') : 'registration written again, unchanged'}`;
  },
);

/** Values that whoever looks over a shoulder should not read. */
const SECRET = /password|secret|jaas|^SCRAM-|keystore\.key$/i;

function settingText(name: string, value: string): string {
  return SECRET.test(name) ? '(hidden)' : value;
}

function settingsDifference(before: ConfigValues, after: ConfigValues): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const parts = names.flatMap((name) => {
    const [old, now] = [before[name], after[name]];
    if (old === now) return [];
    if (now === undefined) return [`${name} removed`];
    const text = settingText(name, now);
    return [
      old === undefined ? `${name} set to ${text}` : `${name} ${settingText(name, old)} → ${text}`,
    ];
  });
  return parts.length > 0 ? parts.join(', ') : 'written again, unchanged';
}

/** `topic orders`, `the default of brokers`, `user alice`; names as the path spells them. */
function entityText({ type, name }: Readonly<Record<string, string>>): string {
  const one = (type ?? '').replace(/s$/, '');
  return name === '<default>' ? `all ${type ?? ''}` : `${one} ${name ?? ''}`;
}

function configTale(whose: (variables: Readonly<Record<string, string>>) => string): Tale {
  return tale(znodes.config.decode, ({ kind, variables, before, after }: Told<ConfigValues>) => {
    const subject = `settings of ${whose(variables)}`;
    if (!after) return `${subject} removed`;
    if (before && kind === 'recreated')
      return `${subject} removed and made again: ${settingsDifference(before, after)}`;
    if (before) return `${subject} changed: ${settingsDifference(before, after)}`;
    const isEmpty = Object.keys(after).length === 0;
    return isEmpty ? `${subject} made, empty` : `${subject} made: ${settingsDifference({}, after)}`;
  });
}

const configChange = tale(znodes.configChange.decode, ({ variables, after }) => {
  const number = String(Number(variables['number'] ?? ''));
  if (!after) return `announcement ${number} of changed settings removed`;
  const client = after.client === undefined ? '' : `, client ${after.client ?? 'default'}`;
  return `changed settings announced: ${after.type} ${after.name ?? 'default'}${client}`;
});

const logDir = tale(znodes.logDirEvent.decode, ({ path, after }: Told<number>) =>
  after === undefined
    ? `announcement read: ${path}`
    : `broker ${String(after)} has lost a log directory`,
);

const producerIds = tale(znodes.producerIdBlock.decode, ({ path, after }) =>
  after
    ? `producer ids ${String(after.block.start)} to ${String(after.block.end)} given to broker ${String(after.brokerId)}`
    : `${path} removed`,
);

const offset = tale(znodes.consumerOffset.decode, ({ variables, before, after }: Told<number>) => {
  const { group, topic, partition } = variables;
  const subject = `group ${group ?? ''}: ${topic ?? ''}-${partition ?? ''}`;
  if (after === undefined) return `${subject} offset removed`;
  return before === undefined
    ? `${subject} offset ${String(after)}`
    : `${subject} offset ${String(before)} → ${String(after)}`;
});

const tokenChange = plainTale(({ kind, path }) =>
  kind === 'deleted'
    ? `announcement removed: ${path}`
    : `changed delegation token announced: ${path}`,
);

export const CLUSTER_TALES: Readonly<Record<string, Tale>> = {
  [znodes.broker.pattern]: broker,
  [znodes.config.pattern]: configTale(entityText),
  '/config/users/[user]': configTale(({ user }) => entityText({ type: 'users', name: user ?? '' })),
  '/config/users/[user]/clients/[client]': configTale(
    ({ user, client }) => `user ${user ?? ''}, client ${client ?? ''}`,
  ),
  [znodes.configChange.pattern]: configChange,
  [znodes.logDirEvent.pattern]: logDir,
  [znodes.producerIdBlock.pattern]: producerIds,
  [znodes.consumerOffset.pattern]: offset,
  '/delegation_token/token_changes/token_change_[number]': tokenChange,
};

/** Settings of topics, brokers, clients, users and addresses. */
import * as znodes from '../znodes';
import { entryOf, folder } from './entry';
import type { ZnodeEntry } from './entry';

const TOOL = '`kafka-configs.sh`';

export const CONFIG: readonly ZnodeEntry[] = [
  {
    pattern: '/config',
    purpose: 'Settings that override those of server.properties.',
    kind: 'persistent',
    presence: 'always',
    writtenBy: 'The first broker ever.',
    changesWhen: 'Never.',
    example: null,
    may: 'Look.',
    mustNot: 'Delete it: all settings of topics, quotas and SCRAM credentials are below.',
  },
  folder(znodes.configChanges, {
    presence: 'always',
    writtenBy: 'Every broker, at its start, if it is missing.',
    changesWhen: 'Settings are changed, and 15 minutes later.',
    may: 'Look.',
    mustNot: 'Delete it: its version numbers the changes, and brokers skip numbers they have seen.',
  }),
  entryOf(znodes.configChange, {
    kind: 'persistent-sequential',
    presence: 'at-need',
    writtenBy: 'The broker that has changed settings, after it has written them.',
    changesWhen: 'It does not; any broker removes it after 15 minutes.',
    example: '{"version":2,"entity_path":"topics/orders"}',
    may: 'Create one (sequential, `config_change_`) after a setting was written by hand: it makes brokers read it.',
    mustNot: 'Delete one that is younger than 15 minutes: a broker may not have read it.',
  }),
  folder(znodes.configEntities, {
    presence: 'always',
    writtenBy: 'Every broker, at its start, if it is missing.',
    changesWhen: 'Something gets its first setting of that type.',
    may: 'Look.',
    mustNot: 'Delete it.',
  }),
  entryOf(znodes.config, {
    kind: 'persistent',
    presence: 'at-need',
    writtenBy: `The broker that serves the change (${TOOL}, or the creation of a topic), which then announces it in /config/changes.`,
    changesWhen:
      'Settings are changed. Topics have it from their creation on, if only empty; quotas of clients, users and addresses vanish with their last value.',
    example: '{"version":1,"config":{"cleanup.policy":"compact","retention.ms":"1000"}}',
    may: `Look; \`<default>\` stands for all that have none of their own. Change a setting where no broker can: the running brokers do not notice without a znode in /config/changes. Otherwise use ${TOOL}.`,
    mustNot:
      'Write values that are not text, or other names than Kafka knows: brokers cannot read them.',
  }),
  entryOf(
    {
      ...znodes.config,
      pattern: '/config/users/[user]',
      purpose: 'Quotas and SCRAM credentials of one user; `<default>` holds quotas of all others.',
    },
    {
      kind: 'persistent',
      presence: 'at-need',
      writtenBy: `The broker that serves the change (${TOOL}), which then announces it in /config/changes.`,
      changesWhen:
        'Quotas or credentials are changed; it vanishes with its last value, unless a client of the user has quotas.',
      example:
        '{"version":1,"config":{"SCRAM-SHA-256":"salt=MWMy,stored_key=IcIH,server_key=fdLF,iterations=4096"}}',
      may: `Look, without showing it around: whoever has it can try passwords. Use ${TOOL} to change it.`,
      mustNot:
        'Copy credentials from another user: the name is no part of them, the password would be the same.',
    },
  ),
  folder(znodes.userClients, {
    presence: 'at-need',
    writtenBy: 'The broker that serves the first quota of a user and client.',
    changesWhen: 'A client of the user gets its first quota, or loses its last.',
    may: 'Look.',
    mustNot: 'Delete it.',
  }),
  entryOf(
    {
      ...znodes.config,
      pattern: '/config/users/[user]/clients/[client]',
      purpose: 'Quotas of one client id of one user.',
    },
    {
      kind: 'persistent',
      presence: 'at-need',
      writtenBy: `The broker that serves the change (${TOOL}).`,
      changesWhen: 'Quotas are changed; it vanishes with its last value.',
      example: '{"version":1,"config":{"producer_byte_rate":"1048576"}}',
      may: `Look. Use ${TOOL} to change it.`,
      mustNot: 'Write values that are not text: brokers cannot read them.',
    },
  ),
];

/** ACLs of `AclAuthorizer`, and delegation tokens. */
import type { ZnodeEntry } from './entry';

type Rest = Pick<ZnodeEntry, 'pattern' | 'purpose' | 'example' | 'may' | 'mustNot'> &
  Partial<ZnodeEntry>;

const AUTHORIZER = 'Brokers whose authorizer is `AclAuthorizer`, at their start.';
const TOOL = '`kafka-acls.sh`';
const CHANGE = 'A broker that has changed ACLs, after it has written them.';
const ACL_EXAMPLE =
  '{"version":1,"acls":[{"principal":"User:bob","permissionType":"Allow","operation":"Read","host":"*"}]}';

function entry(rest: Rest): ZnodeEntry {
  return {
    kind: 'persistent',
    presence: 'at-need',
    writtenBy: AUTHORIZER,
    changesWhen: 'Never.',
    ...rest,
  };
}

/** Without data, and with nothing to do but to look. */
function holder(pattern: string, purpose: string, mustNot: string): ZnodeEntry {
  return entry({ pattern, purpose, example: null, may: 'Look.', mustNot });
}

function change(pattern: string, purpose: string, example: string): ZnodeEntry {
  return entry({
    pattern,
    purpose,
    example,
    kind: 'persistent-sequential',
    writtenBy: CHANGE,
    changesWhen: 'It does not; any broker removes it after 15 minutes.',
    may: 'Create one (sequential) after an ACL was written by hand: it makes brokers read it.',
    mustNot: 'Delete one that is younger than 15 minutes: a broker may not have read it.',
  });
}

function acls(pattern: string, purpose: string): ZnodeEntry {
  return entry({
    pattern,
    purpose,
    example: ACL_EXAMPLE,
    writtenBy: `The broker that serves the change (${TOOL}), which then announces it.`,
    changesWhen: 'ACLs of the resource are added or removed; it vanishes with the last.',
    may: `Look. Where a wrong ACL keeps everybody out, ${TOOL} included: write it here, and announce it.`,
    mustNot: `Change it where ${TOOL} can: brokers do not notice by themselves.`,
  });
}

export const SECURITY: readonly ZnodeEntry[] = [
  holder(
    '/kafka-acl',
    'ACLs of resources by their whole name, `*` included.',
    'Delete it: no ACL would be left.',
  ),
  holder(
    '/kafka-acl/[type]',
    'One child for each resource of the type (Topic, Group, Cluster, TransactionalId, DelegationToken, User) with ACLs.',
    'Delete it: no ACL of the type would be left.',
  ),
  acls('/kafka-acl/[type]/[name]', 'ACLs of one resource.'),
  holder(
    '/kafka-acl-changes',
    'One sequential child for each change of ACLs below /kafka-acl.',
    'Delete it: its version numbers the changes.',
  ),
  change(
    '/kafka-acl-changes/acl_changes_[number]',
    'Which resource has other ACLs now; every broker then reads them again.',
    'TOPIC:orders',
  ),
  holder(
    '/kafka-acl-extended',
    'ACLs of resources by a pattern of their name.',
    'Delete it: no ACL by prefix would be left.',
  ),
  holder(
    '/kafka-acl-extended/[patternType]',
    'ACLs by prefix; `prefixed` is the only pattern type.',
    'Delete it.',
  ),
  holder(
    '/kafka-acl-extended/[patternType]/[type]',
    'One child for each prefix of names of the type with ACLs.',
    'Delete it: no ACL by prefix of the type would be left.',
  ),
  acls(
    '/kafka-acl-extended/[patternType]/[type]/[name]',
    'ACLs of all resources whose name begins so.',
  ),
  holder(
    '/kafka-acl-extended-changes',
    'One sequential child for each change of ACLs below /kafka-acl-extended.',
    'Delete it: its version numbers the changes.',
  ),
  change(
    '/kafka-acl-extended-changes/acl_changes_[number]',
    'Which pattern has other ACLs now; every broker then reads them again.',
    '{"version":1,"resourceType":"TOPIC","name":"orders","patternType":"PREFIXED"}',
  ),
  holder(
    '/delegation_token',
    'Delegation tokens, where delegation.token.secret.key is set.',
    'Delete it: all tokens would be void.',
  ),
  holder(
    '/delegation_token/tokens',
    'One child for each token.',
    'Delete it: all tokens would be void.',
  ),
  entry({
    pattern: '/delegation_token/tokens/[id]',
    purpose:
      'Owner, renewers and times of one token. Its secret is not here: it is computed from the id and delegation.token.secret.key.',
    writtenBy: 'The broker that serves the request (`kafka-delegation-tokens.sh`).',
    changesWhen: 'The token is renewed; the controller removes it when it has expired.',
    example:
      '{"version":3,"owner":"User%3Aadmin","tokenRequester":"User%3Aadmin","renewers":["User%3Abob"],"issueTimestamp":1795331592856,"maxTimestamp":1795936392856,"expiryTimestamp":1795417992856,"tokenId":"O3f8YERXTMWsnu91b8qeHw"}',
    may: 'Look.',
    mustNot:
      'Set it: a later time of expiry would lengthen the life of a token that others rely on ending. Expire tokens with `kafka-delegation-tokens.sh`.',
  }),
  holder(
    '/delegation_token/token_changes',
    'One sequential child for each change of tokens.',
    'Delete it: its version numbers the changes.',
  ),
  entry({
    pattern: '/delegation_token/token_changes/token_change_[number]',
    purpose: 'Which token has changed; every broker then reads it again.',
    kind: 'persistent-sequential',
    writtenBy: 'The broker that has changed the token.',
    changesWhen: 'It does not; any broker removes it after 15 minutes.',
    example: 'O3f8YERXTMWsnu91b8qeHw',
    may: 'Look.',
    mustNot: 'Delete one that is younger than 15 minutes: a broker may not have read it.',
  }),
];

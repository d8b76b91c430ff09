/**
 * Runs transcripts of group conversations (test/scenarios/group-*.txt): blocks of commands, then
 * `----`, then what came of them. One client is one name; it remembers
 * the member id it is given and how it joined.
 *
 *   elect P EPOCH · resign P [EPOCH] · set SETTING=VALUE · advance 3s
 *   join NAME [protocols=a,b] [topics=t] [instance=i] [session=10s] [rebalance=60s] [version=9] [type=consumer] [member=ID]
 *   sync NAME [assign=NAME:x,NAME:y] [generation=N] [instance=i] [version=5] · heartbeat NAME · leave NAME…
 *   commit NAME TOPIC-PARTITION=OFFSET… [metadata=m] [retention=1h] (NAME `-`: no member) · fetch [TOPIC-PARTITION…] [stable]
 *   describe · list [states=…] [types=…] · delete · delete-offsets TOPIC-PARTITION… · delete-topic TOPIC
 *   writes ok|hold|ERROR · release [ERROR] · forget NAME (the client restarts) · log (records written since the last)
 */

import {
  decodeGroupValue,
  decodeKey,
  decodeOffsetValue,
} from '../../src/coordinator/group/records';
import type { RequestContext } from '../../src/coordinator/group/environment';
import type { GroupSettings } from '../../src/coordinator/group/environment';
import { codecOf } from '../../src/protocol/codec';
import { errorName } from '../../src/protocol/errors';
import type { ErrorName } from '../../src/protocol/errors';
import {
  OffsetCommitRequest,
  OffsetCommitResponse,
} from '../../src/protocol/messages/08-offset-commit';
import {
  OffsetFetchRequest,
  OffsetFetchResponse,
} from '../../src/protocol/messages/09-offset-fetch';
import { JoinGroupRequest, JoinGroupResponse } from '../../src/protocol/messages/11-join-group';
import { HeartbeatRequest, HeartbeatResponse } from '../../src/protocol/messages/12-heartbeat';
import { LeaveGroupRequest, LeaveGroupResponse } from '../../src/protocol/messages/13-leave-group';
import { SyncGroupRequest, SyncGroupResponse } from '../../src/protocol/messages/14-sync-group';
import {
  DescribeGroupsRequest,
  DescribeGroupsResponse,
} from '../../src/protocol/messages/15-describe-groups';
import { ListGroupsRequest, ListGroupsResponse } from '../../src/protocol/messages/16-list-groups';
import {
  DeleteGroupsRequest,
  DeleteGroupsResponse,
} from '../../src/protocol/messages/42-delete-groups';
import {
  OffsetDeleteRequest,
  OffsetDeleteResponse,
} from '../../src/protocol/messages/47-offset-delete';
import { readRecords } from '../../src/protocol/records/reader';
import type { InputOf, MessageSpec, TypeOf } from '../../src/protocol/schema';
import { parsePartitionKey } from '../../src/protocol/topic-partition';
import { aCoordinator, settle } from './coordinator-builder';
import { subscriptionTo } from './subscription';

const GROUP = 'g';

interface Client {
  memberId: string;
  generation: number;
  protocol: string;
  instanceId: string | null;
}

interface Command {
  readonly verb: string;
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

export class GroupScenario {
  readonly #test = aCoordinator();
  readonly #clients = new Map<string, Client>();
  /** What each client said when it joined: it says the same again unless told otherwise. */
  readonly #joinOptions = new Map<string, ReadonlyMap<string, string>>();
  readonly #output: string[] = [];
  #loggedBatches = 0;

  constructor() {
    // One partition: every group is in it.
    this.#test.coordinator.start(1);
  }

  /** Runs one line and returns what happened, line by line, including answers to earlier requests. */
  async run(line: string): Promise<string[]> {
    await this.#execute(parseCommand(line));
    await settle();
    return this.#output.splice(0);
  }

  async #execute(command: Command): Promise<void> {
    const handler = this.#handlers[command.verb];
    if (!handler) throw new Error(`unknown command: ${command.verb}`);
    await handler(command);
  }

  readonly #handlers: Record<string, (command: Command) => void | Promise<void>> = {
    elect: ({ words }) => this.#elect(Number(words[0]), Number(words[1])),
    resign: ({ words }) => {
      const epoch = words[1] === undefined ? undefined : Number(words[1]);
      this.#test.coordinator.onResigned(Number(words[0]), epoch);
    },
    set: ({ options }) => {
      for (const [name, value] of options) {
        this.#test.settings[name as keyof GroupSettings] = Number(value);
      }
    },
    advance: ({ words }) => this.#advance(milliseconds(words[0] ?? '0s')),
    forget: ({ words }) => void this.#clients.delete(words[0] ?? ''),
    writes: ({ words }) => {
      const [mode] = words;
      this.#test.log.isHolding = mode === 'hold';
      this.#test.log.failure = mode === 'ok' || mode === 'hold' ? undefined : (mode as ErrorName);
    },
    release: ({ words }) => this.#test.log.release((words[0] as ErrorName | undefined) ?? 'NONE'),
    'delete-topic': ({ words }) => {
      this.#test.missingTopics.add(words[0] ?? '');
      this.#test.coordinator.onTopicDeleted(words[0] ?? '');
    },
    join: (command) => this.#join(command),
    sync: (command) => this.#sync(command),
    heartbeat: (command) => this.#heartbeat(command),
    leave: (command) => this.#leave(command),
    commit: (command) => this.#commit(command),
    fetch: (command) => this.#fetch(command),
    describe: () => this.#describe(),
    list: (command) => this.#list(command),
    delete: () => this.#delete(),
    'delete-offsets': (command) => this.#deleteOffsets(command),
    log: () => this.#printLog(),
  };

  /** In steps, so that what follows from a timer is done before the next one. */
  async #advance(totalMs: number): Promise<void> {
    const stepMs = totalMs > 600_000 ? 600_000 : 500;
    for (let leftMs = totalMs; leftMs > 0; leftMs -= stepMs) {
      this.#test.clock.advance(Math.min(stepMs, leftMs));
      await settle();
    }
  }

  #elect(partition: number, leaderEpoch: number): void {
    void this.#test.coordinator.onElected(partition, leaderEpoch).then(() => {
      this.#output.push(`partition ${String(partition)} is loaded`);
    });
  }

  #join({ words, options: given }: Command): void {
    const name = words[0] ?? '';
    const options = new Map([...(this.#joinOptions.get(name) ?? []), ...given]);
    this.#joinOptions.set(name, new Map([...options].filter(([key]) => key !== 'member')));
    const version = Number(options.get('version') ?? 9);
    const client = this.#client(name);
    client.instanceId = options.get('instance') ?? client.instanceId;
    const topics = (options.get('topics') ?? 't').split(',');
    const request: InputOf<typeof JoinGroupRequest> = {
      groupId: GROUP,
      sessionTimeoutMs: milliseconds(options.get('session') ?? '10s'),
      rebalanceTimeoutMs: milliseconds(options.get('rebalance') ?? '60s'),
      memberId: options.get('member') ?? client.memberId,
      groupInstanceId: client.instanceId,
      protocolType: options.get('type') ?? 'consumer',
      protocols: (options.get('protocols') ?? 'range')
        .split(',')
        .filter((protocol) => protocol !== '')
        .map((protocol) => ({ name: protocol, metadata: subscriptionTo(topics) })),
    };
    const received = sent(JoinGroupRequest, version, request);
    void this.#test.coordinator.joinGroup(this.#context(name, version), received).then((answer) => {
      this.#joined(name, sent(JoinGroupResponse, version, answer));
    });
  }

  #joined(name: string, response: JoinGroupResponse): void {
    const client = this.#client(name);
    const error = errorName(response.errorCode);
    if (error === 'MEMBER_ID_REQUIRED') client.memberId = response.memberId;
    if (error !== 'NONE') {
      const id = response.memberId === '' ? '' : ` id=${shortId(response.memberId)}`;
      this.#output.push(`${name}: join ${error}${id}`);
      return;
    }
    client.memberId = response.memberId;
    client.generation = response.generationId;
    client.protocol = response.protocolName ?? '';
    const members = response.members.map(({ memberId }) => shortId(memberId)).join(',');
    const parts = [
      `${name}: joined`,
      `id=${shortId(response.memberId)}`,
      `generation=${String(response.generationId)}`,
      `protocol=${String(response.protocolName)}`,
      `leader=${shortId(response.leader)}`,
      ...(members === '' ? [] : [`members=${members}`]),
      ...(response.skipAssignment ? ['skipAssignment'] : []),
    ];
    this.#output.push(parts.join(' '));
  }

  #sync({ words, options }: Command): void {
    const name = words[0] ?? '';
    const version = Number(options.get('version') ?? 5);
    const client = this.#client(name);
    const assignments = (options.get('assign') ?? '').split(',').filter((each) => each !== '');
    const request: InputOf<typeof SyncGroupRequest> = {
      groupId: GROUP,
      generationId: Number(options.get('generation') ?? client.generation),
      memberId: options.get('member') ?? client.memberId,
      groupInstanceId: options.get('instance') ?? client.instanceId,
      protocolType: options.get('type') ?? 'consumer',
      protocolName: options.get('protocol') ?? client.protocol,
      assignments: assignments.map((each) => {
        const [member = '', assignment = ''] = each.split(':');
        return {
          memberId: this.#client(member).memberId,
          assignment: Buffer.from(assignment),
        };
      }),
    };
    const received = sent(SyncGroupRequest, version, request);
    void this.#test.coordinator.syncGroup(this.#context(name, version), received).then((answer) => {
      const response = sent(SyncGroupResponse, version, answer);
      const error = errorName(response.errorCode);
      const outcome =
        error === 'NONE' ? `synced '${response.assignment.toString()}'` : `sync ${error}`;
      this.#output.push(`${name}: ${outcome}`);
    });
  }

  #heartbeat({ words, options }: Command): void {
    const name = words[0] ?? '';
    const client = this.#client(name);
    const request = sent(HeartbeatRequest, 4, {
      groupId: GROUP,
      generationId: Number(options.get('generation') ?? client.generation),
      memberId: options.get('member') ?? client.memberId,
      groupInstanceId: options.get('instance') ?? client.instanceId,
    });
    const answer = this.#test.coordinator.heartbeat(this.#context(name, 4), request);
    this.#output.push(
      `${name}: heartbeat ${errorName(sent(HeartbeatResponse, 4, answer).errorCode)}`,
    );
  }

  #leave({ words, options }: Command): void {
    const version = Number(options.get('version') ?? 5);
    const members = words.map((name) => {
      const { memberId, instanceId } = this.#client(name);
      return { memberId: options.get('member') ?? memberId, groupInstanceId: instanceId };
    });
    const memberId = members[0]?.memberId ?? '';
    const request = sent(LeaveGroupRequest, version, { groupId: GROUP, memberId, members });
    const context = this.#context(words[0] ?? '', version);
    const answer = this.#test.coordinator.leaveGroup(context, request);
    const response = sent(LeaveGroupResponse, version, answer);
    const errors = response.members.map((each) => errorName(each.errorCode));
    const topError = errorName(response.errorCode);
    const outcome = topError === 'NONE' && version >= 3 ? errors.join(', ') : topError;
    this.#output.push(`${words.join(', ')}: leave ${outcome}`);
  }

  #commit({ words, options }: Command): void {
    const [name = '', ...offsets] = words;
    const version = Number(options.get('version') ?? 9);
    const client = name === '-' ? newClient() : this.#client(name);
    const retention = options.get('retention');
    const request: InputOf<typeof OffsetCommitRequest> = {
      groupId: GROUP,
      generationIdOrMemberEpoch: Number(options.get('generation') ?? client.generation),
      memberId: options.get('member') ?? client.memberId,
      groupInstanceId: client.instanceId,
      retentionTimeMs: retention === undefined ? -1 : milliseconds(retention),
      topics: offsets.map((each) => {
        const [key = '', offset] = each.split('@');
        const { topic, partition } = partitionOf(key);
        return {
          name: topic,
          partitions: [
            {
              partitionIndex: partition,
              committedOffset: Number(offset),
              committedMetadata: options.get('metadata') ?? null,
            },
          ],
        };
      }),
    };
    const received = sent(OffsetCommitRequest, version, request);
    const context = this.#context(name, version);
    void this.#test.coordinator.commitOffsets(context, received).then((answer) => {
      const { topics } = sent(OffsetCommitResponse, version, answer);
      this.#output.push(`${name}: commit ${partitionErrors(topics)}`);
    });
  }

  #fetch({ words }: Command): void {
    const wanted = words.filter((word) => word !== 'stable').map(partitionOf);
    const topics = wanted.map(({ topic, partition }) => ({
      name: topic,
      partitionIndexes: [partition],
    }));
    const request = sent(OffsetFetchRequest, 9, {
      groups: [{ groupId: GROUP, topics: wanted.length === 0 ? null : topics }],
      requireStable: words.includes('stable'),
    });
    const answer = this.#test.coordinator.fetchOffsets(this.#context('', 9), request);
    const [group] = sent(OffsetFetchResponse, 9, answer).groups;
    const error = errorName(group?.errorCode ?? 0);
    const offsets = (group?.topics ?? []).flatMap(({ name, partitions }) =>
      partitions.map((each) => {
        const partitionError = errorName(each.errorCode);
        const key = `${name}-${String(each.partitionIndex)}`;
        if (partitionError !== 'NONE') return `${key} ${partitionError}`;
        return `${key}@${String(each.committedOffset)}${each.metadata ? ` '${each.metadata}'` : ''}`;
      }),
    );
    this.#output.push(`fetch: ${error === 'NONE' ? offsets.join(', ') || 'no offsets' : error}`);
  }

  #describe(): void {
    const request = sent(DescribeGroupsRequest, 5, {
      groups: [GROUP],
      includeAuthorizedOperations: false,
    });
    const answer = this.#test.coordinator.describeGroups(this.#context('', 5), request);
    for (const group of sent(DescribeGroupsResponse, 5, answer).groups) {
      const error = errorName(group.errorCode);
      const state = error === 'NONE' ? group.groupState : error;
      this.#output.push(
        `group ${state} type='${group.protocolType}' protocol='${group.protocolData}'`,
      );
      for (const member of group.members) {
        const instance =
          member.groupInstanceId === null ? '' : ` instance=${member.groupInstanceId}`;
        const assignment = member.memberAssignment.toString();
        const metadata = String(member.memberMetadata.length);
        this.#output.push(
          `  ${shortId(member.memberId)}${instance} ${member.clientId} ${member.clientHost} metadata=${metadata} bytes assignment='${assignment}'`,
        );
      }
    }
  }

  #list({ options }: Command): void {
    const filter = (name: string): string[] => options.get(name)?.split(',') ?? [];
    const request = sent(ListGroupsRequest, 5, {
      statesFilter: filter('states'),
      typesFilter: filter('types'),
    });
    const answer = this.#test.coordinator.listGroups(this.#context('', 5), request);
    const response = sent(ListGroupsResponse, 5, answer);
    const groups = response.groups.map(
      (each) => `${each.groupId} ${each.groupState} ${each.groupType} '${each.protocolType}'`,
    );
    this.#output.push(`list: ${errorName(response.errorCode)} [${groups.join('; ')}]`);
  }

  #delete(): void {
    const request = sent(DeleteGroupsRequest, 2, { groupsNames: [GROUP] });
    void this.#test.coordinator.deleteGroups(this.#context('', 2), request).then((answer) => {
      const { results } = sent(DeleteGroupsResponse, 2, answer);
      this.#output.push(`delete: ${results.map((each) => errorName(each.errorCode)).join(', ')}`);
    });
  }

  #deleteOffsets({ words }: Command): void {
    const request = sent(OffsetDeleteRequest, 0, {
      groupId: GROUP,
      topics: words.map(partitionOf).map(({ topic, partition }) => ({
        name: topic,
        partitions: [{ partitionIndex: partition }],
      })),
    });
    void this.#test.coordinator.deleteOffsets(this.#context('', 0), request).then((answer) => {
      const { topics, errorCode } = sent(OffsetDeleteResponse, 0, answer);
      const error = errorName(errorCode);
      this.#output.push(`delete-offsets: ${error === 'NONE' ? partitionErrors(topics) : error}`);
    });
  }

  #printLog(): void {
    const batches = this.#test.log.batches(0);
    for (const batch of batches.slice(this.#loggedBatches)) {
      for (const { key, value } of readRecords(batch)) {
        this.#output.push(recordLine(key ?? Buffer.alloc(0), value));
      }
    }
    this.#loggedBatches = batches.length;
  }

  #client(name: string): Client {
    let client = this.#clients.get(name);
    if (!client) this.#clients.set(name, (client = newClient()));
    return client;
  }

  #context(clientId: string, apiVersion: number): RequestContext {
    return { clientId, clientHost: '/127.0.0.1', apiVersion };
  }
}

function newClient(): Client {
  return { memberId: '', generation: -1, protocol: '', instanceId: null };
}

function parseCommand(line: string): Command {
  const [verb = '', ...rest] = line.trim().split(/\s+/);
  const isOption = (word: string): boolean => /^[a-z.]+=/.test(word);
  return {
    verb,
    words: rest.filter((word) => !isOption(word)),
    options: new Map(
      rest.filter(isOption).map((word) => {
        const at = word.indexOf('=');
        return [word.slice(0, at), word.slice(at + 1)];
      }),
    ),
  };
}

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function milliseconds(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  if (!match) throw new Error(`not a time: ${text}`);
  return Number(match[1]) * (UNITS[match[2] ?? ''] ?? 0);
}

function partitionOf(key: string): { topic: string; partition: number } {
  const parsed = parsePartitionKey(key);
  if (!parsed) throw new Error(`not a partition: ${key}`);
  return parsed;
}

/** The message as the other side sees it after it went over the wire in `version`. */
function sent<S extends MessageSpec>(spec: S, version: number, message: InputOf<S>): TypeOf<S> {
  const codec = codecOf(spec);
  return codec.decode(Buffer.concat(codec.encode(message, version)), version).message;
}

function shortId(memberId: string): string {
  return memberId.replace(/-00000000-0000-4000-8000-0*([0-9a-f]+)$/, '-$1');
}

function partitionErrors(
  topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[];
  }[],
): string {
  return topics
    .flatMap(({ name, partitions }) =>
      partitions.map(
        (each) => `${name}-${String(each.partitionIndex)} ${errorName(each.errorCode)}`,
      ),
    )
    .join(', ');
}

function recordLine(keyBytes: Buffer, value: Buffer | null): string {
  const key = decodeKey(keyBytes);
  if (key.kind === 'unknown') return `record with key version ${String(key.version)}`;
  if (key.kind === 'offset') {
    const name = `offset ${key.groupId} ${key.topic}-${String(key.partition)}`;
    if (!value) return `${name}: tombstone`;
    const offset = decodeOffsetValue(value);
    const expires = offset.expireTimestampMs === undefined ? '' : ' with its own expiration';
    return `${name}: ${String(offset.offset)} '${offset.metadata}'${expires}`;
  }
  if (!value) return `group ${key.groupId}: tombstone`;
  const group = decodeGroupValue(key.groupId, value);
  const members = group.members.map(
    (member) => `${shortId(member.id)}='${Buffer.from(member.assignment).toString()}'`,
  );
  return `group ${key.groupId}: generation=${String(group.generation)} protocol=${group.protocolName ?? 'none'} leader=${shortId(group.leaderId ?? 'none')} [${members.join(' ')}]`;
}

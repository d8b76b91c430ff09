import { errorCode } from '../../../../src/protocol/errors';
import type { ErrorName } from '../../../../src/protocol/errors';
import {
  CreateTopicsRequest,
  CreateTopicsResponse,
} from '../../../../src/protocol/messages/19-create-topics';
import {
  DeleteTopicsRequest,
  DeleteTopicsResponse,
} from '../../../../src/protocol/messages/20-delete-topics';
import {
  DeleteRecordsRequest,
  DeleteRecordsResponse,
} from '../../../../src/protocol/messages/21-delete-records';
import {
  CreatePartitionsRequest,
  CreatePartitionsResponse,
} from '../../../../src/protocol/messages/37-create-partitions';
import {
  ElectLeadersRequest,
  ElectLeadersResponse,
} from '../../../../src/protocol/messages/43-elect-leaders';
import {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from '../../../../src/protocol/messages/44-incremental-alter-configs';
import {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from '../../../../src/protocol/messages/45-alter-partition-reassignments';
import type { AdminAction } from '../../history';
import { startWorkload } from '../index';
import { ScriptedBroker } from '../scripted-broker';

/** A controller that answers everything with one error, or nothing. */
async function aController(outcome: ErrorName | 'silence' = 'NONE') {
  const broker = await ScriptedBroker.start({ t: 2 });
  const given = outcome === 'silence' ? 0 : errorCode(outcome);
  const error = { errorCode: given, errorMessage: null };
  const heard = <T extends object>(answer: T): T | 'silence' =>
    outcome === 'silence' ? 'silence' : answer;
  const asked = new Set<string>();
  broker.on(CreateTopicsRequest, CreateTopicsResponse, ({ topics }) => {
    asked.add('createTopic');
    return heard({ topics: topics.map(({ name }) => ({ name, ...error, configs: null })) });
  });
  broker.on(DeleteTopicsRequest, DeleteTopicsResponse, ({ topicNames }) => {
    for (const name of topicNames) asked.add(`deleteTopic ${name}`);
    return heard({ responses: topicNames.map((name) => ({ name, ...error })) });
  });
  broker.on(CreatePartitionsRequest, CreatePartitionsResponse, ({ topics }) => {
    for (const { name, count } of topics) asked.add(`addPartitions ${name} ${String(count)}`);
    return heard({ throttleTimeMs: 0, results: topics.map(({ name }) => ({ name, ...error })) });
  });
  broker.on(IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse, ({ resources }) => {
    asked.add('alterConfigs');
    const responses = resources.map(({ resourceType, resourceName }) => ({
      resourceType,
      resourceName,
      ...error,
    }));
    return heard({ throttleTimeMs: 0, responses });
  });
  broker.on(DeleteRecordsRequest, DeleteRecordsResponse, ({ topics }) => {
    for (const { name } of topics) asked.add(`deleteRecords ${name}`);
    const partitions = [{ partitionIndex: 0, lowWatermark: 0, errorCode: given }];
    return heard({ throttleTimeMs: 0, topics: topics.map(({ name }) => ({ name, partitions })) });
  });
  broker.on(ElectLeadersRequest, ElectLeadersResponse, ({ topicPartitions }) => {
    asked.add('elect');
    const replicaElectionResults = (topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) => ({ partitionId, ...error })),
    }));
    return heard({ throttleTimeMs: 0, errorCode: 0, replicaElectionResults });
  });
  broker.on(
    AlterPartitionReassignmentsRequest,
    AlterPartitionReassignmentsResponse,
    ({ topics }) => {
      asked.add('reassign');
      const responses = topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, ...error })),
      }));
      return heard({ throttleTimeMs: 0, errorCode: 0, errorMessage: null, responses });
    },
  );
  return { broker, asked };
}

async function run(
  outcome: ErrorName | 'silence',
  options: Record<string, string | number | boolean> = {},
) {
  const { broker, asked } = await aController(outcome);
  const plan = { id: 0, kind: 'admin', options: { everyMs: 100, ...options } } as const;
  const workload = startWorkload(plan, broker.context);
  await broker.world.runUntil(30_000);
  workload.stop();
  await broker.world.runUntil(60_000, () => workload.isIdle);
  expect(workload.isIdle).toBe(true);
  const events = broker.history.events.filter(
    (event): event is AdminAction => event.kind === 'admin',
  );
  return { asked, events };
}

test('asks for whatever can be asked for, and writes down question and answer', async () => {
  const { events } = await run('NONE', { mayDeleteRecords: true });
  expect(new Set(events.map(({ action }) => action))).toEqual(
    new Set([
      'createTopic',
      'deleteTopic',
      'addPartitions',
      'reassign',
      'elect',
      'alterConfigs',
      'deleteRecords',
    ]),
  );
  for (let index = 0; index < events.length; index += 2) {
    const [question, answer] = [events[index], events[index + 1]];
    expect(answer).toEqual({ ...question, atMs: answer?.atMs, step: 'answered', error: 'NONE' });
  }
});

test('what nobody answered has an error that is none of the protocol', async () => {
  const { events } = await run('silence');
  const answers = events.filter(({ step }) => step === 'answered');
  expect(answers.length).toBeGreaterThan(1);
  expect(new Set(answers.map(({ error }) => error))).toEqual(new Set(['ECONNRESET']));
});

test.each`
  options                       | what                 | isDone
  ${{}}                         | ${'deleteTopic t'}   | ${false}
  ${{ mayDeleteShared: true }}  | ${'deleteTopic t'}   | ${true}
  ${{}}                         | ${'deleteRecords t'} | ${false}
  ${{ mayDeleteRecords: true }} | ${'deleteRecords t'} | ${true}
`('with $options a shared topic meets $what: $isDone', async ({ options, what, isDone }) => {
  const { asked } = await run('NONE', options);
  expect(asked.has(what)).toBe(isDone);
});

test('what the broker does not serve is not asked for', async () => {
  const { broker, asked } = await aController();
  broker.unserved.add(43).add(45);
  startWorkload({ id: 0, kind: 'admin', options: { everyMs: 100 } }, broker.context);
  await broker.world.runUntil(30_000);
  expect(asked.has('alterConfigs')).toBe(true);
  expect(asked.has('elect') || asked.has('reassign')).toBe(false);
});

test('an error that has nothing to do with what was asked is none that a broker may give', async () => {
  await expect(run('FENCED_LEADER_EPOCH')).rejects.toThrow(/^protocol: broker1 to a0: .*FENCED/);
});

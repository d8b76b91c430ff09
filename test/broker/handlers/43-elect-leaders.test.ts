/** ElectLeaders (43): preferred and unclean leaders, on the controller only. */
import { errorName } from '../../../src/protocol/errors';
import { MetadataRequest, MetadataResponse } from '../../../src/protocol/messages/03-metadata';
import {
  ElectLeadersRequest,
  ElectLeadersResponse,
} from '../../../src/protocol/messages/43-elect-leaders';
import { Brokers, versionsOf } from '../../builders/broker-client';
import { eventually } from '../../builders/process';

const PREFERRED = 0;
const UNCLEAN = 1;

let brokers: Brokers;
let controller: number;
/** The brokers that are not the controller. */
let first: number;
let second: number;

beforeAll(async () => {
  brokers = await Brokers.start({
    count: 3,
    settings: { 'auto.leader.rebalance.enable': 'false', 'zookeeper.session.timeout.ms': '3000' },
  });
  controller = await eventually('a controller', () => brokers.controllerId());
  [first = 0, second = 0] = [1, 2, 3].filter((id) => id !== controller);
}, 90_000);
afterAll(() => brokers.stop());

type Wanted = Readonly<Record<string, readonly number[]>> | null;

interface Options {
  readonly version?: number;
  readonly broker?: number;
  readonly type?: number;
  readonly timeoutMs?: number;
}

/** One line for each result: `topic-partition ERROR`, sorted. */
async function elect(wanted: Wanted, options: Options = {}): Promise<string[]> {
  const answer = await ask(wanted, options);
  return answer.replicaElectionResults
    .flatMap(({ topic, partitionResult }) =>
      partitionResult.map(
        ({ partitionId, errorCode }) => `${topic}-${String(partitionId)} ${errorName(errorCode)}`,
      ),
    )
    .sort();
}

function ask(
  wanted: Wanted,
  { version = 2, broker = controller, type = PREFERRED, timeoutMs = 15_000 }: Options = {},
) {
  return brokers.ask(
    ElectLeadersRequest,
    ElectLeadersResponse,
    version,
    {
      ...(version >= 1 ? { electionType: type } : {}),
      topicPartitions:
        wanted &&
        Object.entries(wanted).map(([topic, partitions]) => ({
          topic,
          partitions: [...partitions],
        })),
      timeoutMs,
    },
    { broker },
  );
}

/** As this broker knows it: the leader and the ISR. */
async function leadership(topic: string, broker = controller) {
  const { topics } = await brokers.ask(
    MetadataRequest,
    MetadataResponse,
    4,
    { topics: [{ name: topic }], allowAutoTopicCreation: false },
    { broker },
  );
  const found = topics[0]?.partitions[0];
  return { leader: found?.leaderId, isr: new Set(found?.isrNodes) };
}

const untilLed = (topic: string, by: number, isrSize: number): Promise<unknown> =>
  eventually(`${topic} is led by ${String(by)}`, async () => {
    const { leader, isr } = await leadership(topic);
    return (leader === by && isr.size === isrSize) || undefined;
  });

describe('preferred', () => {
  const topics = versionsOf(ElectLeadersRequest).map((version) => `preferred-${String(version)}`);

  beforeAll(async () => {
    const assignment = [[first, second]];
    for (const topic of [...topics, 'all', 'absent-replica']) {
      await brokers.createTopic(topic, { assignment });
    }
    await brokers.createTopic('stays', { assignment: [[second, first]] });
    await brokers.kill(first);
    for (const topic of topics) await untilLed(topic, second, 1);
  }, 60_000);

  test('PREFERRED_LEADER_NOT_AVAILABLE while the first replica is away', async () => {
    const answer = await ask({ 'absent-replica': [0] });
    const [result] = answer.replicaElectionResults[0]?.partitionResult ?? [];
    expect(errorName(result?.errorCode ?? 0)).toBe('PREFERRED_LEADER_NOT_AVAILABLE');
    expect(result?.errorMessage).toContain('absent-replica-0');
  });

  test('PREFERRED_LEADER_NOT_AVAILABLE is what those of all that cannot move say', async () => {
    expect(await elect(null)).toContain('absent-replica-0 PREFERRED_LEADER_NOT_AVAILABLE');
  });

  describe('once the first replica is back and in sync', () => {
    beforeAll(async () => {
      await brokers.restart(first);
      for (const topic of [...topics, 'all']) await untilLed(topic, second, 2);
    }, 60_000);

    test.each(versionsOf(ElectLeadersRequest))('v%i moves the leader', async (version) => {
      const topic = `preferred-${String(version)}`;
      const answer = await ask({ [topic]: [0] }, { version });
      expect(answer).toEqual({
        throttleTimeMs: 0,
        errorCode: 0,
        replicaElectionResults: [
          { topic, partitionResult: [{ partitionId: 0, errorCode: 0, errorMessage: null }] },
        ],
      });
      // The answer came when the controller's own metadata had it.
      expect(await leadership(topic)).toEqual({ leader: first, isr: new Set([first, second]) });
      expect(await elect({ [topic]: [0] }, { version })).toEqual([
        `${topic}-0 ELECTION_NOT_NEEDED`,
      ]);
    });

    test('no topics named: all are elected, and those that were right are left out', async () => {
      const results = await elect(null);
      expect(results).toContain('all-0 NONE');
      expect(results.join()).not.toContain('stays-0');
      expect(await leadership('all')).toMatchObject({ leader: first });
    });
  });
});

test.each`
  wanted                 | type         | results                                                                                              | because
  ${{ absent: [0] }}     | ${PREFERRED} | ${['absent-0 UNKNOWN_TOPIC_OR_PARTITION']}                                                           | ${'there is no such topic'}
  ${{ here: [7] }}       | ${UNCLEAN}   | ${['here-7 UNKNOWN_TOPIC_OR_PARTITION']}                                                             | ${'there is no such partition'}
  ${{ here: [-1] }}      | ${PREFERRED} | ${['here--1 UNKNOWN_TOPIC_OR_PARTITION']}                                                            | ${'there is no such partition'}
  ${{ here: [0] }}       | ${PREFERRED} | ${['here-0 ELECTION_NOT_NEEDED']}                                                                    | ${'the preferred replica leads'}
  ${{ here: [0, 0] }}    | ${UNCLEAN}   | ${['here-0 ELECTION_NOT_NEEDED']}                                                                    | ${'the leader is alive, and a partition is answered once'}
  ${{ here: [0, 1, 5] }} | ${UNCLEAN}   | ${['here-0 ELECTION_NOT_NEEDED', 'here-1 ELECTION_NOT_NEEDED', 'here-5 UNKNOWN_TOPIC_OR_PARTITION']} | ${'each partition has its own answer'}
  ${{ here: [] }}        | ${PREFERRED} | ${[]}                                                                                                | ${'no partition was named'}
  ${{}}                  | ${UNCLEAN}   | ${[]}                                                                                                | ${'no topic was named'}
  ${{ here: [0] }}       | ${7}         | ${['here-0 UNKNOWN_SERVER_ERROR']}                                                                   | ${'there is no such type of election'}
`('$wanted type $type: $results because $because', async ({ wanted, type, results }) => {
  if (!(await isKnown('here'))) {
    await brokers.createTopic('here', { assignment: [[controller], [controller]] });
  }
  expect(await elect(wanted as Wanted, { type: type as number })).toEqual(results);
});

async function isKnown(topic: string): Promise<boolean> {
  return (await leadership(topic)).leader !== undefined;
}

test.each`
  error                           | message
  ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'The partition does not exist.'}
  ${'ELECTION_NOT_NEEDED'}        | ${'Leader election not needed for topic partition.'}
`('$error says: $message', async ({ error, message }) => {
  const topic = `says-${String(error)}`;
  if (error === 'ELECTION_NOT_NEEDED') await brokers.createTopic(topic);
  const answer = await ask({ [topic]: [0] });
  const [result] = answer.replicaElectionResults[0]?.partitionResult ?? [];
  expect(result).toMatchObject({ errorMessage: message });
});

test('an unknown type of election fails the whole request too', async () => {
  const { errorCode, replicaElectionResults } = await ask(null, { type: 7 });
  expect(errorName(errorCode)).toBe('UNKNOWN_SERVER_ERROR');
  expect(replicaElectionResults).toEqual([]);
});

test('a broker that is not the controller refuses each partition', async () => {
  const answer = await ask({ absent: [0, 1] }, { broker: first });
  expect(answer.errorCode).toBe(0);
  expect(await elect({ absent: [0, 1] }, { broker: first })).toEqual([
    'absent-0 NOT_CONTROLLER',
    'absent-1 NOT_CONTROLLER',
  ]);
});

describe('unclean', () => {
  beforeAll(async () => {
    await brokers.createTopic('lost', { assignment: [[first, second]] });
    await brokers.kill(second);
    await untilLed('lost', first, 1);
    await brokers.kill(first);
    await untilLed('lost', -1, 1);
  }, 60_000);

  test('ELIGIBLE_LEADERS_NOT_AVAILABLE while no replica is alive', async () => {
    expect(await elect({ lost: [0] }, { type: UNCLEAN })).toEqual([
      'lost-0 ELIGIBLE_LEADERS_NOT_AVAILABLE',
    ]);
  });

  test('a replica out of sync is elected by this type alone', async () => {
    await brokers.restart(second);
    expect(await elect({ lost: [0] })).toEqual(['lost-0 PREFERRED_LEADER_NOT_AVAILABLE']);
    expect(await leadership('lost')).toMatchObject({ leader: -1 });
    expect(await elect({ lost: [0] }, { type: UNCLEAN })).toEqual(['lost-0 NONE']);
    expect(await leadership('lost')).toEqual({ leader: second, isr: new Set([second]) });
  }, 60_000);
});

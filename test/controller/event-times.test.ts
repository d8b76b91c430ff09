import { EventQueue } from '../../src/controller/event-queue';
import { EventTimes } from '../../src/controller/event-times';
import { MetricsRegistry } from '../../src/metrics/registry';
import { ManualClock } from '../builders/manual-clock';
import { settled } from '../builders/memory-zookeeper';

function aTimedQueue() {
  const clock = new ManualClock();
  const registry = new MetricsRegistry();
  const queue = new EventQueue(() => Promise.resolve(), new EventTimes(registry, clock));
  const samplesOf = (name: string) => {
    const metric = [...registry.metrics].find((each) => each.name === `kafka_controller_${name}`);
    return [...(metric?.read(0) ?? [])];
  };
  const sumOf = (name: string): number | undefined =>
    samplesOf(name).find(({ suffix }) => suffix === '_sum')?.value;
  return {
    queue,
    sumOf,
    state: () => samplesOf('kafkacontroller_controllerstate')[0]?.value,
    put: (name: string, tookMs: number, during?: () => void) =>
      queue.put({
        name,
        run: () => {
          during?.();
          clock.advance(tookMs);
        },
      }),
  };
}

test.each`
  event                                   | metric                                             | state
  ${'Startup'}                            | ${'controllerchangerateandtimems'}                 | ${1}
  ${'BrokerChange'}                       | ${'leaderelectionrateandtimems'}                   | ${2}
  ${'PartitionModifications'}             | ${'topicchangerateandtimems'}                      | ${3}
  ${'TopicDeletion'}                      | ${'topicdeletionrateandtimems'}                    | ${4}
  ${'ApiPartitionReassignment'}           | ${'partitionreassignmentrateandtimems'}            | ${5}
  ${'AutoPreferredReplicaLeaderElection'} | ${'autoleaderbalancerateandtimems'}                | ${6}
  ${'ReplicaLeaderElection'}              | ${'manualleaderbalancerateandtimems'}              | ${7}
  ${'ControlledShutdown'}                 | ${'controlledshutdownrateandtimems'}               | ${8}
  ${'AlterPartition'}                     | ${'isrchangerateandtimems'}                        | ${9}
  ${'LeaderAndIsrResponseReceived'}       | ${'leaderandisrresponsereceivedrateandtimems'}     | ${10}
  ${'LogDirEventNotification'}            | ${'logdirchangerateandtimems'}                     | ${11}
  ${'TopicUncleanLeaderElectionEnable'}   | ${'topicuncleanleaderelectionenablerateandtimems'} | ${14}
`('$event takes the time of $metric', async ({ event, metric, state }) => {
  const { put, sumOf, state: stateNow } = aTimedQueue();
  let during: number | undefined;
  put(String(event), 7, () => {
    during = stateNow();
  });
  await settled();
  expect(sumOf(`controllerstats_${String(metric)}`)).toBe(7);
  expect(during).toBe(state);
  expect(stateNow()).toBe(0);
});

test('an event waits for those before it', async () => {
  const { put, sumOf } = aTimedQueue();
  put('BrokerChange', 5);
  put('TopicChange', 1);
  put('AllocateProducerIds', 1);
  await settled();
  expect(sumOf('controllereventmanager_eventqueuetimems')).toBe(5 + 6);
});

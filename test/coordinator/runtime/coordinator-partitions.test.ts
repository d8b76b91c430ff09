import { deferred } from '../../../src/base/deferred';
import type { Deferred } from '../../../src/base/deferred';
import { CoordinatorPartitions } from '../../../src/coordinator/runtime/coordinator-partitions';
import { settle } from '../../builders/coordinator-builder';
import { ManualClock } from '../../builders/manual-clock';
import { RecordingLog } from '../../builders/recording-log';

/** Partitions whose loads end when the test says so; the state of a load is its number. */
function aTopic(): {
  partitions: CoordinatorPartitions<number>;
  loads: Deferred<number>[];
  events: string[];
  clock: ManualClock;
} {
  const loads: Deferred<number>[] = [];
  const events: string[] = [];
  const clock = new ManualClock();
  const partitions = new CoordinatorPartitions<number>({
    clock,
    log: new RecordingLog(),
    load: () => {
      const load = deferred<number>();
      loads.push(load);
      return load.promise;
    },
    activate: (state) => void events.push(`activate ${String(state)}`),
    unload: (state) => void events.push(`unload ${String(state)}`),
  });
  return { partitions, loads, events, clock };
}

test('a partition is not ours, then loading, then active, then not ours', async () => {
  const { partitions, loads, events } = aTopic();
  expect(partitions.find(0)).toEqual({ error: 'NOT_COORDINATOR' });
  const elected = partitions.elected(0, 1);
  expect(partitions.find(0)).toEqual({ error: 'COORDINATOR_LOAD_IN_PROGRESS' });
  expect(partitions.isLoading).toBe(true);
  loads[0]?.resolve(10);
  await elected;
  expect(partitions.find(0)).toEqual({ error: 'NONE', state: 10 });
  expect(partitions.isLoading).toBe(false);
  partitions.resigned(0, 2);
  expect(partitions.find(0)).toEqual({ error: 'NOT_COORDINATOR' });
  expect(events).toEqual(['activate 10', 'unload 10']);
});

test('KAFKA-9307: after two lost sessions in a row only the newest election is loaded', async () => {
  const { partitions, loads, events } = aTopic();
  const first = partitions.elected(0, 1);
  const second = partitions.elected(0, 3);
  const third = partitions.elected(0, 5);
  loads[0]?.resolve(10);
  await first;
  expect(partitions.find(0)).toEqual({ error: 'COORDINATOR_LOAD_IN_PROGRESS' });
  loads[2]?.resolve(30);
  await third;
  loads[1]?.resolve(20);
  await second;
  expect(partitions.find(0)).toEqual({ error: 'NONE', state: 30 });
  expect(events).toEqual(['activate 30']);
});

test('KAFKA-9307: a load that ends after the resignation leaves nothing', async () => {
  const { partitions, loads, events } = aTopic();
  const elected = partitions.elected(0, 1);
  partitions.resigned(0, 2);
  loads[0]?.resolve(10);
  await elected;
  expect(partitions.find(0)).toEqual({ error: 'NOT_COORDINATOR' });
  expect(events).toEqual([]);
});

test('KAFKA-9307: a load of an earlier tenure does not end that of a later one', async () => {
  const { partitions, loads, events } = aTopic();
  const first = partitions.elected(0, 1);
  partitions.resigned(0, 2);
  const second = partitions.elected(0, 3);
  loads[0]?.resolve(10);
  await first;
  expect(partitions.find(0)).toEqual({ error: 'COORDINATOR_LOAD_IN_PROGRESS' });
  loads[1]?.resolve(20);
  await second;
  expect(partitions.find(0)).toEqual({ error: 'NONE', state: 20 });
  expect(events).toEqual(['activate 20']);
});

test.each`
  news                                 | loads | state        | because
  ${[['elected', 1]]}                  | ${1}  | ${10}        | ${'the same epoch is no news'}
  ${[['elected', 0]]}                  | ${1}  | ${10}        | ${'an older epoch came late'}
  ${[['elected', 2]]}                  | ${1}  | ${10}        | ${'nobody can have led between two epochs in a row'}
  ${[['elected', 3]]}                  | ${2}  | ${20}        | ${'somebody may have led in between'}
  ${[['resigned', 0]]}                 | ${1}  | ${10}        | ${'a resignation of an older epoch came late'}
  ${[['resigned', 1]]}                 | ${1}  | ${undefined} | ${'the epoch of the resignation is the current one'}
  ${[['resigned', 2]]}                 | ${1}  | ${undefined} | ${'another leads now'}
  ${[['resigned']]}                    | ${1}  | ${undefined} | ${'a removed replica has no epoch'}
  ${[['resigned', 2], ['elected', 1]]} | ${1}  | ${undefined} | ${'the election is older than the resignation'}
  ${[['resigned'], ['elected', 1]]}    | ${2}  | ${20}        | ${'the replica came back'}
  ${[['resigned', 2], ['elected', 3]]} | ${2}  | ${20}        | ${'it leads again'}
`('$news after an election in epoch 1: $because', async ({ news, loads, state }) => {
  const topic = aTopic();
  const elected = topic.partitions.elected(0, 1);
  topic.loads[0]?.resolve(10);
  await elected;
  for (const [kind, epoch] of news as [string, number | undefined][]) {
    if (kind === 'elected') void topic.partitions.elected(0, epoch ?? 0);
    else topic.partitions.resigned(0, epoch);
  }
  topic.loads[1]?.resolve(20);
  await settle();
  expect(topic.loads).toHaveLength(loads as number);
  const found = topic.partitions.find(0);
  expect(found.error === 'NONE' ? found.state : undefined).toBe(state);
});

test('a load that fails is tried again, later each time, while the partition is ours', async () => {
  const { partitions, loads, clock } = aTopic();
  const elected = partitions.elected(0, 1);
  loads[0]?.reject(new Error('EIO'));
  await settle();
  expect(partitions.find(0)).toEqual({ error: 'COORDINATOR_LOAD_IN_PROGRESS' });
  clock.advance(100);
  await settle();
  loads[1]?.reject(new Error('EIO'));
  await settle();
  clock.advance(100);
  await settle();
  expect(loads).toHaveLength(2);
  clock.advance(100);
  await settle();
  loads[2]?.resolve(30);
  await elected;
  expect(partitions.find(0)).toEqual({ error: 'NONE', state: 30 });
});

test('a load that failed is not tried again after a resignation', async () => {
  const { partitions, loads, clock } = aTopic();
  const elected = partitions.elected(0, 1);
  loads[0]?.reject(new Error('EIO'));
  await settle();
  partitions.resigned(0, 2);
  clock.advance(60_000);
  await elected;
  expect(loads).toHaveLength(1);
});

test('what needs the state waits for the load, and is forgotten with the partition', async () => {
  const { partitions, loads, events } = aTopic();
  const first = partitions.elected(0, 1);
  partitions.whenActive(0, (state) => void events.push(`act on ${String(state)}`));
  partitions.whenActive(1, () => void events.push('never'));
  loads[0]?.resolve(10);
  await first;
  partitions.whenActive(0, (state) => void events.push(`again on ${String(state)}`));
  expect(events).toEqual(['activate 10', 'act on 10', 'again on 10']);
  void partitions.elected(1, 1);
  partitions.whenActive(1, () => void events.push('never'));
  partitions.resignAll();
  loads[1]?.resolve(20);
  await settle();
  expect(events).toEqual(['activate 10', 'act on 10', 'again on 10', 'unload 10']);
});

import { DelayedElections } from '../../src/broker/delayed-elections';
import { MetadataCache } from '../../src/metadata/metadata-cache';
import { Timers } from '../../src/platform/timers';
import { anUpdateMetadata } from '../builders/cluster-metadata';
import { drained } from '../builders/drained';
import { ManualClock } from '../builders/manual-clock';

const TIMEOUT_MS = 1_000;

/** Waits for partition 0 to be led by 1 and partition 1 by 2; plays what brokers hear, then lets time pass. */
async function outcomesAfter(updates: readonly (readonly number[])[], advanceMs: number) {
  const clock = new ManualClock();
  const metadata = new MetadataCache();
  const elections = new DelayedElections(new Timers(clock), metadata);
  metadata.onChange(({ topicsChanged }) => elections.checkAll(topicsChanged));
  const pending = [1, 2].map((leader, partition) => ({
    topic: 't',
    partition,
    leader,
    error: undefined,
  }));
  let isAnswered = false;
  void elections.awaitLeaders(pending, TIMEOUT_MS).then(() => (isAnswered = true));
  for (const leaders of updates)
    metadata.update(anUpdateMetadata({ topics: { t: leaders.map((leader) => ({ leader })) } }));
  clock.advance(advanceMs);
  await drained();
  return isAnswered ? pending.map(({ error }) => error) : 'waits';
}

test.each`
  updates             | advanceMs     | outcome                                       | because
  ${[]}               | ${0}          | ${'waits'}                                    | ${'nothing is known yet'}
  ${[[1, 2]]}         | ${0}          | ${['NONE', 'NONE']}                           | ${'both leaders are known'}
  ${[[1, 3]]}         | ${0}          | ${'waits'}                                    | ${'another leader is not the elected one'}
  ${[[1, 3], [3, 2]]} | ${0}          | ${['NONE', 'NONE']}                           | ${'each was known at some time'}
  ${[[1, 3]]}         | ${TIMEOUT_MS} | ${['NONE', 'REQUEST_TIMED_OUT']}              | ${'the time is over for what is missing'}
  ${[]}               | ${TIMEOUT_MS} | ${['REQUEST_TIMED_OUT', 'REQUEST_TIMED_OUT']} | ${'the time is over'}
`('leaders $updates, after $advanceMs ms: $outcome because $because', async (row) => {
  const { updates, advanceMs, outcome } = row as {
    updates: number[][];
    advanceMs: number;
    outcome: unknown;
  };
  expect(await outcomesAfter(updates, advanceMs)).toEqual(outcome);
});

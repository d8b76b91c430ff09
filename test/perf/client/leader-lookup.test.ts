import type { PartitionPlace } from '../../../src/perf/client/cluster-view';
import { LeaderLookup } from '../../../src/perf/client/leader-lookup';
import { ManualClock } from '../../builders/manual-clock';

const BACKOFF_MS = 100;

/** A lookup whose questions the test answers. */
class Fixture {
  readonly clock = new ManualClock();
  readonly questions: ((places: readonly PartitionPlace[] | undefined) => void)[] = [];
  leaders: readonly number[] | undefined;
  settled = 0;
  readonly lookup = new LeaderLookup({
    clock: this.clock,
    view: { topic: () => new Promise((answer) => this.questions.push(answer)) },
    topic: 't',
    retryBackoffMs: BACKOFF_MS,
    apply: (places) => {
      this.leaders = places?.map(({ leaderId }) => leaderId);
      return places?.every(({ leaderId }) => leaderId >= 0) ?? false;
    },
    onSettled: () => (this.settled += 1),
  });

  /** Answers the last question with the leaders of partitions 0, 1, …; nobody answers without. */
  async answer(...leaders: number[]): Promise<void> {
    const places = leaders.map((leaderId, index) => ({ index, leaderId }));
    this.questions.at(-1)?.(leaders.length > 0 ? places : undefined);
    await Promise.resolve();
  }
}

test('asks again after a back-off until every partition is led', async () => {
  const fixture = new Fixture();
  fixture.lookup.start();
  await fixture.answer(1, -1);
  expect(fixture).toMatchObject({ leaders: [1, -1], settled: 0 });
  fixture.clock.advance(BACKOFF_MS);
  expect(fixture).toMatchObject({ settled: 1, questions: { length: 2 } });
  await fixture.answer(1, 2);
  fixture.clock.advance(BACKOFF_MS * 10);
  expect(fixture).toMatchObject({ leaders: [1, 2], settled: 2, questions: { length: 2 } });
});

test.each`
  moment                           | answersFirst
  ${'before the answer is there'}  | ${false}
  ${'while the back-off runs out'} | ${true}
`('what fails $moment is asked for once more', async ({ answersFirst }) => {
  const fixture = new Fixture();
  fixture.lookup.start();
  if (answersFirst as boolean) await fixture.answer(3);
  fixture.lookup.start();
  fixture.lookup.start();
  if (!(answersFirst as boolean)) await fixture.answer(3);
  fixture.clock.advance(BACKOFF_MS);
  expect(fixture.questions).toHaveLength(2);
  await fixture.answer(1);
  fixture.clock.advance(BACKOFF_MS * 10);
  expect(fixture).toMatchObject({ leaders: [1], questions: { length: 2 } });
});

test('asks nothing once closed', async () => {
  const fixture = new Fixture();
  fixture.lookup.start();
  fixture.lookup.close();
  await fixture.answer(-1);
  fixture.clock.advance(BACKOFF_MS);
  expect(fixture).toMatchObject({ leaders: undefined, questions: { length: 1 } });
});

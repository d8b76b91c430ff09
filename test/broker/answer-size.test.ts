import { maxAnswerBytes } from '../../src/broker/answer-size';
import { ManualClock } from '../builders/manual-clock';
import { FetchingHost } from '../builders/fetching-host';

const KIB = 1024;
const MIB = 1024 * KIB;

test.each`
  asked        | lent         | limit       | most         | because
  ${50 * MIB}  | ${0}         | ${64 * MIB} | ${8 * MIB}   | ${'one answer takes a bounded share'}
  ${100 * KIB} | ${0}         | ${64 * MIB} | ${100 * KIB} | ${'no more was asked for'}
  ${50 * MIB}  | ${32 * MIB}  | ${64 * MIB} | ${MIB}       | ${'half of the memory is held'}
  ${50 * MIB}  | ${64 * MIB}  | ${64 * MIB} | ${64 * KIB}  | ${'all of the memory is held'}
  ${50 * MIB}  | ${900 * MIB} | ${64 * MIB} | ${64 * KIB}  | ${'much more than the memory is held'}
  ${50 * MIB}  | ${0}         | ${1}        | ${64 * KIB}  | ${'a tiny memory still lets some through'}
`('$asked bytes asked with $lent of $limit lent get $most: $because', (row) => {
  const { asked, lent, limit, most } = row as Record<string, number>;
  const memory = { lentBytes: lent ?? 0, limitBytes: limit ?? 0 };
  expect(maxAnswerBytes(asked ?? 0, memory)).toBe(most);
});

describe('50 consumers that stop reading in the midst of an answer', () => {
  const CACHE_BYTES = 16 * MIB;
  const RECORD_BYTES = 200 * KIB;
  const RECORDS = 160;
  let host: FetchingHost;

  beforeEach(async () => {
    host = await FetchingHost.start(new ManualClock(), 1, { cacheBytes: CACHE_BYTES });
    for (let i = 0; i < RECORDS; i++) host.append(0, 'x'.repeat(RECORD_BYTES));
    await host.fetch({ replicaId: 2, positions: [[0, RECORDS]] });
  });

  afterEach(() => host.stop());

  /** Reads all there is, and says in how many answers. */
  async function consumeAll(): Promise<number> {
    let answers = 0;
    for (let offset = 0; offset < RECORDS; answers++) {
      const { partitions } = await host.fetch({ positions: [[0, offset]], maxBytes: 50 * MIB });
      offset = partitions[0]?.nextOffset ?? Number.NaN;
    }
    return answers;
  }

  test('hold a bounded part of memory, and take nothing from the others', async () => {
    const { memory } = host.host.logs;
    const answersBefore = await consumeAll();
    for (let i = 0; i < 50; i++) {
      // From anywhere: some hold what was read from the file, some the tail in memory.
      await host.fetch({
        positions: [[0, (i * 7) % RECORDS]],
        maxBytes: 50 * MIB,
        neverReads: true,
      });
    }
    expect(memory.lentBytes).toBeGreaterThan(CACHE_BYTES / 2);
    expect(memory.lentBytes).toBeLessThan(CACHE_BYTES + 50 * MIB);
    // A producer goes on in the memory for tails, which nobody holds; what it wrote last is read from there.
    for (let i = 0; i < RECORDS; i++) host.append(0, 'x'.repeat(RECORD_BYTES));
    expect(memory.allocatedBytes).toBeLessThanOrEqual(CACHE_BYTES);
    expect(await consumeAll()).toBeLessThanOrEqual(answersBefore * 5);
    host.readAll();
    expect(memory.lentBytes).toBe(0);
    expect(memory.allocatedBytes).toBeLessThanOrEqual(CACHE_BYTES);
    expect(await consumeAll()).toBe(answersBefore);
  });
});

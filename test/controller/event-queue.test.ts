import { deferred } from '../../src/base/deferred';
import { EventQueue } from '../../src/controller/event-queue';
import { settled } from '../builders/memory-zookeeper';

function aQueue() {
  const seen: string[] = [];
  const queue = new EventQueue(
    async (event, error) => void seen.push(`${event.name} failed: ${String(error)}`),
  );
  const put = (name: string, work?: Promise<void>) => {
    queue.put({
      name,
      run: async () => {
        seen.push(`${name} begins`);
        await work;
        seen.push(`${name} ends`);
      },
      preempt: () => seen.push(`${name} dropped`),
    });
  };
  return { queue, seen, put };
}

test('events run one after another, each to its end', async () => {
  const { seen, put } = aQueue();
  const work = deferred();
  put('a', work.promise);
  put('b');
  await settled();
  expect(seen).toEqual(['a begins']);
  work.resolve();
  await settled();
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test('an event that fails is reported, and the next one runs', async () => {
  const { seen, put } = aQueue();
  put('a', Promise.reject(new Error('no')));
  put('b');
  await settled();
  expect(seen).toEqual(['a begins', 'a failed: Error: no', 'b begins', 'b ends']);
});

test('clearing drops what waits, and lets what runs end', async () => {
  const { queue, seen, put } = aQueue();
  const work = deferred();
  put('a', work.promise);
  put('b');
  await settled();
  queue.clearAndPut({ name: 'expire', run: () => void seen.push('expire') });
  expect(seen).toEqual(['a begins', 'b dropped']);
  work.resolve();
  await settled();
  expect(seen).toEqual(['a begins', 'b dropped', 'a ends', 'expire']);
});

test('closing waits for what runs; what comes later is dropped at once', async () => {
  const { queue, seen, put } = aQueue();
  const work = deferred();
  put('a', work.promise);
  put('b');
  await settled();
  const closed = queue.close();
  put('c');
  work.resolve();
  await closed;
  expect(seen).toEqual(['a begins', 'b dropped', 'c dropped', 'a ends']);
});

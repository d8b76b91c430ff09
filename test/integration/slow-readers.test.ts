/** Consumers that stop reading in the midst of an answer, over real sockets, and what is left for the others. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { encodeRequest } from '../../src/protocol/frames';
import { errorName } from '../../src/protocol/errors';
import { FetchRequest, FetchResponse } from '../../src/protocol/messages/01-fetch';
import { batches } from '../../src/protocol/records/reader';
import type { InputOf } from '../../src/protocol/schema';
import { aRecord, Brokers } from '../builders/broker-client';
import { eventually } from '../builders/process';

const MIB = 1024 * 1024;
const VERSION = 11;
const PARTITIONS = 4;
const BATCHES = 12;
const SLOW_READERS = 50;

let brokers: Brokers;
const sockets: Socket[] = [];

beforeAll(async () => {
  brokers = await Brokers.start();
  await brokers.createTopic('data', { partitions: PARTITIONS });
  for (let partition = 0; partition < PARTITIONS; partition++) {
    for (let i = 0; i < BATCHES; i++) {
      await brokers.produce('data', { records: [aRecord('x'.repeat(MIB - 1000))] }, { partition });
    }
  }
}, 60_000);

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await brokers.stop();
});

function aFetch(fetchOffset: number): InputOf<typeof FetchRequest> {
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => ({
    partition,
    fetchOffset,
    partitionMaxBytes: 50 * MIB,
  }));
  return {
    maxWaitMs: 100,
    minBytes: 1,
    maxBytes: 50 * MIB,
    topics: [{ topic: 'data', partitions }],
    forgottenTopicsData: [],
  };
}

/** Asks for all there is, twice, and then takes what the kernel takes and no more. */
async function startSlowReader(): Promise<{ isAnswered: () => boolean }> {
  const socket = connect(brokers.portOf(1), '127.0.0.1');
  sockets.push(socket);
  await new Promise((resolve) => socket.once('connect', resolve));
  let isAnswered = false;
  socket.once('data', () => {
    isAnswered = true;
    socket.pause();
  });
  for (const correlationId of [1, 2]) {
    const header = { version: VERSION, correlationId, clientId: 'slow' };
    for (const buffer of encodeRequest(FetchRequest, header, aFetch(0))) socket.write(buffer);
  }
  return { isAnswered: () => isAnswered };
}

/** One answer of a client that reads: its bytes of records and whole batches. */
async function fetchOnce(fetchOffset: number): Promise<{ bytes: number; batches: number }> {
  const answer = await brokers.ask(FetchRequest, FetchResponse, VERSION, aFetch(fetchOffset));
  let bytes = 0;
  let count = 0;
  for (const { errorCode, records } of answer.responses.flatMap(({ partitions }) => partitions)) {
    if (errorName(errorCode) !== 'NONE') throw new Error(errorName(errorCode));
    bytes += records?.length ?? 0;
    count += [...batches(records ?? Buffer.alloc(0))].length;
  }
  return { bytes, batches: count };
}

test('50 of them hold a bounded part of memory; producers and other consumers go on', async () => {
  const before = process.memoryUsage().arrayBuffers;
  const readers = await Promise.all(Array.from({ length: SLOW_READERS }, startSlowReader));
  await eventually('each of them got the start of an answer', () =>
    readers.every(({ isAnswered }) => isAnswered()) ? true : undefined,
  );
  // The cache fills, and as much again is lent; without bounds each would hold what it asked for, 48 MiB.
  const grownBytes = process.memoryUsage().arrayBuffers - before;
  expect(grownBytes).toBeLessThan(100 * MIB);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    await brokers.produce('data', { records: [aRecord('fresh')] }, { partition });
  }
  const fresh = await fetchOnce(BATCHES);
  expect(fresh.batches).toBe(PARTITIONS);
  const old = await fetchOnce(0);
  expect(old.batches).toBeGreaterThanOrEqual(1);
  expect(old.bytes).toBeGreaterThan(MIB / 2);
}, 60_000);

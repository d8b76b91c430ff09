import {
  formatProducerSnapshot,
  parseProducerSnapshot,
} from '../../../src/storage/formats/producer-snapshot';
import {
  formatPartitionMetadata,
  parsePartitionMetadata,
} from '../../../src/storage/formats/partition-metadata';

const ENTRY = {
  producerId: 4_000_000_001,
  producerEpoch: 3,
  lastSequence: 2 ** 31 - 1,
  lastOffset: 2 ** 40,
  offsetDelta: 9,
  timestamp: 1_700_000_000_000,
  coordinatorEpoch: -1,
  currentTxnFirstOffset: -1,
};

test('an empty snapshot is what a real broker writes', () => {
  expect(formatProducerSnapshot([]).toString('hex')).toBe('000148674bc700000000');
});

test('entries have 46 bytes and come back', () => {
  const content = formatProducerSnapshot([ENTRY, { ...ENTRY, producerId: 2, lastSequence: -1 }]);
  expect(content).toHaveLength(10 + 2 * 46);
  expect(parseProducerSnapshot(content)).toEqual([
    ENTRY,
    { ...ENTRY, producerId: 2, lastSequence: -1 },
  ]);
});

test('a torn or damaged snapshot is not used', () => {
  const content = formatProducerSnapshot([ENTRY]);
  for (let length = 0; length < content.length; length++) {
    expect(parseProducerSnapshot(content.subarray(0, length))).toBeUndefined();
  }
  for (let at = 0; at < content.length; at++) {
    const damaged = Buffer.from(content);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(parseProducerSnapshot(damaged)).toBeUndefined();
  }
});

test('partition.metadata has 43 bytes', () => {
  const content = formatPartitionMetadata('5vrEMdaDQ1CUeoZ3Uz6fyA');
  expect(content.toString()).toBe('version: 0\ntopic_id: 5vrEMdaDQ1CUeoZ3Uz6fyA');
  expect(content).toHaveLength(43);
  expect(parsePartitionMetadata(content)).toBe('5vrEMdaDQ1CUeoZ3Uz6fyA');
  expect(parsePartitionMetadata(Buffer.from('version: 1\ntopic_id: x'))).toBeUndefined();
});

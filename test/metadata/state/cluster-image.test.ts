import {
  ClusterImage,
  type BrokerImage,
  type PartitionImage,
} from '../../../src/metadata/state/cluster-image';

const broker = (id: number, port = 9092): BrokerImage => ({
  id,
  endpoints: [{ listener: 'PLAINTEXT', host: 'h', port, securityProtocol: 'PLAINTEXT' }],
  rack: null,
});

const partition = (number: number, leader: number): PartitionImage => ({
  partition: number,
  controllerEpoch: 1,
  leader,
  leaderEpoch: 0,
  isr: [leader],
  partitionEpoch: 0,
  replicas: [leader],
  offlineReplicas: [],
});

const DELETED = -2;

function anImage() {
  const image = new ClusterImage();
  image.replay({
    controllerId: 1,
    brokers: [broker(1), broker(2)],
    topics: [
      { name: 'a', topicId: 'idA', partitions: [partition(0, 1), partition(1, 2)] },
      { name: 'b', topicId: 'idB', partitions: [partition(0, 1)] },
    ],
  });
  return image;
}

test.each`
  brokers                       | added  | removed   | changed | because
  ${[broker(1), broker(2)]}     | ${[]}  | ${[]}     | ${[]}   | ${'the list is the same'}
  ${[broker(1), broker(3)]}     | ${[3]} | ${[2]}    | ${[]}   | ${'the list replaces the old one'}
  ${[]}                         | ${[]}  | ${[1, 2]} | ${[]}   | ${'nobody is alive'}
  ${[broker(1), broker(2, 93)]} | ${[]}  | ${[]}     | ${[2]}  | ${'a broker came back on another port'}
`('brokers: $because', ({ brokers, added, removed, changed }) => {
  const delta = anImage().replay({ controllerId: 1, brokers, topics: [] });
  expect(delta.brokersAdded).toEqual(added);
  expect(delta.brokersRemoved).toEqual(removed);
  expect(delta.brokersChanged).toEqual(changed);
  expect(delta.controllerChanged).toBe(false);
});

test('partitions are merged: those that an update does not name stay', () => {
  const image = anImage();
  const before = image.topics.get('a')?.partitions.get(0);
  const moved = partition(1, 1);
  const delta = image.replay({
    controllerId: 2,
    brokers: [broker(1)],
    topics: [{ name: 'a', topicId: 'idA', partitions: [moved] }],
  });
  expect(image.topics.get('a')?.partitions.get(0)).toBe(before);
  expect(image.topics.get('a')?.partitions.get(1)).toBe(moved);
  expect([...delta.topicsChanged]).toEqual([['a', [moved]]]);
  expect(delta.controllerChanged).toBe(true);
  expect(image.controllerId).toBe(2);
});

test('leader −2 takes partitions away, and the topic with its last one', () => {
  const image = anImage();
  const first = image.replay({
    controllerId: 1,
    brokers: [],
    topics: [{ name: 'a', topicId: 'idA', partitions: [partition(0, DELETED)] }],
  });
  expect([...first.partitionsRemoved]).toEqual([['a', [0]]]);
  expect(first.topicsRemoved).toEqual([]);
  expect(image.topicName('idA')).toBe('a');

  const second = image.replay({
    controllerId: 1,
    brokers: [],
    topics: [
      { name: 'a', topicId: 'idA', partitions: [partition(1, DELETED), partition(7, DELETED)] },
    ],
  });
  expect([...second.partitionsRemoved]).toEqual([['a', [1]]]);
  expect(second.topicsRemoved).toEqual(['a']);
  expect(image.topics.has('a')).toBe(false);
  expect(image.topicName('idA')).toBeUndefined();
});

test('a topic made anew has its new id only', () => {
  const image = anImage();
  image.replay({
    controllerId: 1,
    brokers: [],
    topics: [{ name: 'a', topicId: 'idA2', partitions: [partition(0, 1)] }],
  });
  expect(image.topicName('idA')).toBeUndefined();
  expect(image.topicName('idA2')).toBe('a');
  expect(image.topics.get('a')?.topicId).toBe('idA2');
});

test('an update without topic id takes the id away', () => {
  const image = anImage();
  image.replay({
    controllerId: 1,
    brokers: [],
    topics: [{ name: 'a', topicId: undefined, partitions: [partition(0, 1)] }],
  });
  expect(image.topicName('idA')).toBeUndefined();
  expect(image.topics.get('a')?.topicId).toBeUndefined();
});

test('deleting what is unknown changes nothing', () => {
  const image = anImage();
  const delta = image.replay({
    controllerId: 1,
    brokers: [],
    topics: [{ name: 'c', topicId: 'idC', partitions: [partition(0, DELETED)] }],
  });
  expect(delta.topicsRemoved).toEqual([]);
  expect(image.topics.has('c')).toBe(false);
});

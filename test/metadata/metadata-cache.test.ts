import { MetadataCache } from '../../src/metadata/metadata-cache';
import type { ClusterDelta } from '../../src/metadata/state/cluster-image';
import { codecOf } from '../../src/protocol/codec';
import { UpdateMetadataRequest } from '../../src/protocol/messages/06-update-metadata';
import type { InputOf } from '../../src/protocol/schema';

const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ';

/** Encodes and decodes, so that the cache sees what each version leaves out. */
function atVersion(version: number, message: InputOf<typeof UpdateMetadataRequest>) {
  const codec = codecOf(UpdateMetadataRequest);
  return codec.decode(Buffer.concat(codec.encode(message, version)), version).message;
}

const state = {
  partitionIndex: 0,
  controllerEpoch: 3,
  leader: 1,
  leaderEpoch: 4,
  isr: [1, 2],
  zkVersion: 5,
  replicas: [1, 2, 3],
  offlineReplicas: [3],
};

const endpoint = { host: 'example', port: 9092, securityProtocol: 0 };

test('the current version fills the cache', () => {
  const cache = new MetadataCache();
  cache.update(
    atVersion(8, {
      controllerId: 1,
      controllerEpoch: 3,
      topicStates: [{ topicName: 't', topicId: TOPIC_ID, partitionStates: [state] }],
      liveBrokers: [
        { id: 1, rack: 'r1', endpoints: [{ ...endpoint, listener: 'INTERNAL' }] },
        {
          id: 2,
          rack: null,
          endpoints: [{ ...endpoint, listener: 'INTERNAL', securityProtocol: 3 }],
        },
      ],
    }),
  );
  expect(cache.controllerId).toBe(1);
  expect(cache.aliveBrokers().map(({ id }) => id)).toEqual([1, 2]);
  expect(cache.broker(1)?.rack).toBe('r1');
  expect(cache.endpoint(2, 'INTERNAL')).toEqual({
    listener: 'INTERNAL',
    host: 'example',
    port: 9092,
    securityProtocol: 'SASL_SSL',
  });
  expect(cache.endpoint(2, 'EXTERNAL')).toBeUndefined();
  expect(cache.hasAliveBroker(3)).toBe(false);
  expect(cache.partition('t', 0)).toMatchObject({
    leader: 1,
    leaderEpoch: 4,
    partitionEpoch: 5,
    isr: [1, 2],
  });
  expect(cache.partition('t', 1)).toBeUndefined();
  expect(cache.topicId('t')).toBe(TOPIC_ID);
  expect(cache.topicName(TOPIC_ID)).toBe('t');
  expect([...cache.topics.keys()]).toEqual(['t']);
});

test.each`
  version | listener       | because
  ${4}    | ${'INTERNAL'}  | ${'partitions are not grouped by topic'}
  ${2}    | ${'PLAINTEXT'} | ${'a listener is named like its protocol'}
  ${0}    | ${'PLAINTEXT'} | ${'a broker has one endpoint'}
`('version $version is understood: $because', ({ version, listener }) => {
  const cache = new MetadataCache();
  const broker =
    version === 0
      ? { v0Host: 'example', v0Port: 9092 }
      : { endpoints: [{ ...endpoint, listener }] };
  const { offlineReplicas: _, ...oldState } = state;
  cache.update(
    atVersion(version, {
      controllerId: 1,
      controllerEpoch: 3,
      ungroupedPartitionStates: [
        { topicName: 't', ...oldState },
        { topicName: 't', ...oldState, partitionIndex: 1 },
      ],
      liveBrokers: [{ id: 1, ...broker }],
    }),
  );
  expect(cache.endpoint(1, listener)).toMatchObject({ host: 'example', port: 9092 });
  expect(cache.topic('t')?.partitions.size).toBe(2);
  expect(cache.topicId('t')).toBeUndefined();
});

test('listeners hear of each update, once the cache has it, until they stop', () => {
  const cache = new MetadataCache();
  const heard: ClusterDelta[] = [];
  const stop = cache.onChange((delta) => {
    expect(cache.partition('t', 0)).toBeDefined();
    heard.push(delta);
  });
  const request = atVersion(8, {
    controllerId: 1,
    controllerEpoch: 3,
    topicStates: [{ topicName: 't', topicId: TOPIC_ID, partitionStates: [state] }],
    liveBrokers: [],
  });
  cache.update(request);
  stop();
  cache.update(request);
  expect(heard.map((delta) => [...delta.topicsChanged.keys()])).toEqual([['t']]);
});

test('a listener that stops in the midst of an update keeps no other from hearing of it', () => {
  const cache = new MetadataCache();
  const heard: string[] = [];
  const stop = cache.onChange(() => {
    heard.push('once');
    stop();
  });
  cache.onChange(() => heard.push('always'));
  const request = atVersion(8, { controllerId: 1, controllerEpoch: 3, liveBrokers: [] });
  cache.update(request);
  cache.update(request);
  expect(heard).toEqual(['once', 'always', 'always']);
});

import { ZnodeFormatError } from '../../src/zookeeper/errors';
import { entityPath, parseEntityPath } from '../../src/zookeeper/entity-path';
import * as znodes from '../../src/zookeeper/znodes';
import type { ReplicaAssignment } from '../../src/zookeeper/types';
import { aRegistration } from '../builders/zookeeper-sessions';

const replicas = (
  list: number[],
  adding: number[] = [],
  removing: number[] = [],
): ReplicaAssignment => ({ replicas: list, adding, removing });

const endpoint = (name: string, host: string, port: number, securityProtocol = name) => ({
  name,
  host,
  port,
  securityProtocol,
});

/** Texts as an Apache Kafka 3.9 cluster writes them, and what they mean. */
const WRITTEN_BY_KAFKA = [
  {
    znode: znodes.controller,
    text: '{"version":2,"brokerid":0,"timestamp":"1795330662856","kraftControllerEpoch":-1}',
    value: { brokerId: 0, timestampMs: 1795330662856, kraftControllerEpoch: -1 },
  },
  { znode: znodes.controllerEpoch, text: '1', value: 1 },
  {
    znode: znodes.clusterId,
    text: '{"version":"1","id":"LND0dWJjTEGycuHdknmjcw"}',
    value: 'LND0dWJjTEGycuHdknmjcw',
  },
  {
    znode: znodes.topic,
    text: '{"partitions":{"0":[2,0,1],"1":[1,2],"2":[2,1]},"topic_id":"uoYoGPcWSqeR9nl76h461g","adding_replicas":{"0":[2]},"removing_replicas":{"0":[1]},"version":3}',
    value: {
      topicId: 'uoYoGPcWSqeR9nl76h461g',
      partitions: new Map([
        [0, replicas([2, 0, 1], [2], [1])],
        [1, replicas([1, 2])],
        [2, replicas([2, 1])],
      ]),
    },
  },
  {
    znode: znodes.partitionState,
    text: '{"controller_epoch":1,"leader":2,"version":1,"leader_epoch":0,"isr":[2,1,0]}',
    value: { leader: 2, leaderEpoch: 0, isr: [2, 1, 0], controllerEpoch: 1, recovering: false },
  },
  {
    znode: znodes.partitionState,
    text: '{"controller_epoch":3,"leader":2,"version":1,"leader_epoch":4,"isr":[2],"leader_recovery_state":1}',
    value: { leader: 2, leaderEpoch: 4, isr: [2], controllerEpoch: 3, recovering: true },
  },
  {
    znode: znodes.config,
    text: '{"version":1,"config":{"cleanup.policy":"compact","retention.ms":"1000"}}',
    value: { 'cleanup.policy': 'compact', 'retention.ms': '1000' },
  },
  {
    znode: znodes.configChange,
    text: '{"version":2,"entity_path":"topics/ta"}',
    value: { type: 'topics', name: 'ta' },
  },
  {
    znode: znodes.configChange,
    text: '{"version":2,"entity_path":"users/alice/clients/c%201"}',
    value: { type: 'users', name: 'alice', client: 'c 1' },
  },
  {
    znode: znodes.reassignPartitions,
    text: '{"version":1,"partitions":[{"topic":"ta","partition":1,"replicas":[0,1]}]}',
    value: [{ topic: 'ta', partition: 1, replicas: [0, 1] }],
  },
  {
    znode: znodes.preferredReplicaElection,
    text: '{"version":1,"partitions":[{"topic":"ta","partition":2}]}',
    value: [{ topic: 'ta', partition: 2 }],
  },
  {
    znode: znodes.isrChangeNotification,
    text: '{"version":1,"partitions":[{"topic":"a","partition":0}]}',
    value: [{ topic: 'a', partition: 0 }],
  },
  { znode: znodes.logDirEvent, text: '{"version":1,"broker":0,"event":1}', value: 0 },
  {
    znode: znodes.producerIdBlock,
    text: '{"version":1,"broker":0,"block_start":"0","block_end":"999"}',
    value: { brokerId: 0, block: { start: 0, end: 999 } },
  },
  {
    znode: znodes.features,
    text: '{"features":{"f":{"max_version_level":3}},"version":2,"status":1}',
    value: { enabled: true, features: new Map([['f', 3]]) },
  },
  { znode: znodes.consumerOffset, text: '42', value: 42 },
] as readonly { znode: znodes.Znode<never, unknown>; text: string; value: unknown }[];

test.each(WRITTEN_BY_KAFKA)('$znode.pattern reads and writes $text', ({ znode, text, value }) => {
  expect(znode.decode(Buffer.from(text), '/path')).toEqual(value);
  expect(JSON.parse(znode.encode(value).toString())).toEqual(JSON.parse(text));
});

test.each(WRITTEN_BY_KAFKA.filter(({ text }) => text.startsWith('{')))(
  '$znode.pattern ignores unknown fields, white space and the order of fields',
  ({ znode, text, value }) => {
    const fields = Object.entries({ ...(JSON.parse(text) as object), unknown: [1] }).reverse();
    const spaced = JSON.stringify(Object.fromEntries(fields), null, 2);
    expect(znode.decode(Buffer.from(spaced), '/path')).toEqual(value);
  },
);

test.each(WRITTEN_BY_KAFKA)('$znode.pattern: what cannot be read names the path', ({ znode }) => {
  for (const garbage of ['', '{', 'null', '[]', '"x"', '{}', '{"version":1}', 'x1']) {
    const read = () => znode.decode(Buffer.from(garbage), '/the/path');
    expect(read).toThrow(ZnodeFormatError);
    expect(read).toThrow('/the/path');
  }
  expect(() => znode.decode(null, '/the/path')).toThrow(ZnodeFormatError);
});

test.each`
  field                             | because
  ${{ leader: '1' }}                | ${'a leader is a number'}
  ${{ leader: 1.5 }}                | ${'and a whole one'}
  ${{ leader_epoch: null }}         | ${'the epoch is needed'}
  ${{ isr: [1, '2'] }}              | ${'an ISR is a list of numbers'}
  ${{ isr: { 0: 1 } }}              | ${'and a list'}
  ${{ leader_recovery_state: 'x' }} | ${'a recovery state is a number'}
`('a state znode is refused: $because', ({ field }) => {
  const good = { leader: 1, leader_epoch: 0, isr: [1], controller_epoch: 1, version: 1 };
  const data = Buffer.from(JSON.stringify({ ...good, ...(field as object) }));
  expect(() => znodes.partitionState.decode(data, '/p')).toThrow(ZnodeFormatError);
});

describe('a broker', () => {
  const NOW_MS = 1795330662767;

  test('is written as Kafka 3.9 writes it', () => {
    const registration = aRegistration({
      id: 0,
      endpoints: [endpoint('PLAINTEXT', '127.0.0.1', 9090)],
    });
    expect(JSON.parse(znodes.broker.encode(registration, NOW_MS).toString())).toEqual(
      JSON.parse(
        '{"features":{},"listener_security_protocol_map":{"PLAINTEXT":"PLAINTEXT"},"endpoints":["PLAINTEXT://127.0.0.1:9090"],"jmx_port":-1,"port":9090,"host":"127.0.0.1","version":5,"timestamp":"1795330662767"}',
      ),
    );
  });

  test.each([
    aRegistration(),
    aRegistration({ rack: 'rack1' }),
    aRegistration({
      endpoints: [
        endpoint('INTERNAL', '10.0.0.1', 9093, 'SASL_SSL'),
        endpoint('EXTERNAL', '2001:db8::7', 9092, 'PLAINTEXT'),
        endpoint('LOCAL', 'broker-1.example_x', 9094, 'SSL'),
      ],
    }),
  ])('is read as it was written: %j', (registration) => {
    const data = znodes.broker.encode(registration, NOW_MS);
    expect(znodes.broker.decode(registration.id, data)).toEqual(registration);
  });

  test.each`
    endpoints                                                             | host    | port  | because
    ${[endpoint('A', 'a', 1, 'SSL'), endpoint('B', 'b', 2, 'PLAINTEXT')]} | ${'b'}  | ${2}  | ${'old clients get the first plain-text address'}
    ${[endpoint('A', 'a', 1, 'SSL')]}                                     | ${null} | ${-1} | ${'or none'}
  `('has a host and port of old: $because', ({ endpoints, host, port }) => {
    const data = znodes.broker.encode(aRegistration({ endpoints }), NOW_MS);
    expect(JSON.parse(data.toString())).toMatchObject({ host, port });
  });

  test.each`
    text                                                                                              | endpoints                              | rack
    ${'{"version":1,"host":"h","port":9,"jmx_port":1}'}                                               | ${[endpoint('PLAINTEXT', 'h', 9)]}     | ${null}
    ${'{"version":2,"host":"h","port":9,"endpoints":["SSL://h:7"]}'}                                  | ${[endpoint('SSL', 'h', 7)]}           | ${null}
    ${'{"version":3,"endpoints":["PLAINTEXT://:9"],"rack":"r"}'}                                      | ${[endpoint('PLAINTEXT', '', 9)]}      | ${'r'}
    ${'{"version":4,"endpoints":["CLIENT://h:9"],"listener_security_protocol_map":{"CLIENT":"SSL"}}'} | ${[endpoint('CLIENT', 'h', 9, 'SSL')]} | ${null}
  `('of an older version is read: $text', ({ text, endpoints, rack }) => {
    expect(znodes.broker.decode(3, Buffer.from(text as string))).toEqual({
      id: 3,
      endpoints,
      rack,
    });
  });

  test.each([
    '{"version":0,"host":"h","port":9}',
    '{"version":5,"endpoints":["no address"]}',
    '{"version":5}',
    '{"endpoints":["PLAINTEXT://h:9"]}',
  ])('is refused: %s', (text) => {
    expect(() => znodes.broker.decode(3, Buffer.from(text))).toThrow('/brokers/ids/3');
  });
});

test.each`
  text                                                                                    | because
  ${'{"version":1,"partitions":{"0":[1,2]}}'}                                             | ${'version 1 has replicas only'}
  ${'{"version":2,"partitions":{"0":[1,2]},"adding_replicas":{},"removing_replicas":{}}'} | ${'version 2 has no topic id'}
`('an older topic is read: $because', ({ text }) => {
  expect(znodes.topic.decode(Buffer.from(text as string), '/t')).toEqual({
    topicId: null,
    partitions: new Map([[0, replicas([1, 2])]]),
  });
});

test('a controller of before 3.4 has no KRaft epoch', () => {
  const data = Buffer.from('{"version":1,"brokerid":7,"timestamp":"1"}');
  expect(znodes.controller.decode(data, '/controller')).toMatchObject({
    brokerId: 7,
    kraftControllerEpoch: -1,
  });
});

test.each`
  entity                                             | path
  ${{ type: 'topics', name: 'a.b-c_D' }}             | ${'topics/a.b-c_D'}
  ${{ type: 'brokers', name: null }}                 | ${'brokers/<default>'}
  ${{ type: 'brokers', name: '1' }}                  | ${'brokers/1'}
  ${{ type: 'clients', name: 'c 1' }}                | ${'clients/c%201'}
  ${{ type: 'clients', name: 'a/b*c+d~é' }}          | ${'clients/a%2Fb%2Ac%2Bd%7E%C3%A9'}
  ${{ type: 'users', name: 'CN=x, O=y' }}            | ${'users/CN%3Dx%2C%20O%3Dy'}
  ${{ type: 'users', name: null, client: null }}     | ${'users/<default>/clients/<default>'}
  ${{ type: 'users', name: 'alice', client: 'c 1' }} | ${'users/alice/clients/c%201'}
  ${{ type: 'ips', name: '127.0.0.9' }}              | ${'ips/127.0.0.9'}
`('the entity $entity is at $path', ({ entity, path }) => {
  expect(entityPath(entity)).toBe(path);
  expect(parseEntityPath(path, '/source')).toEqual(entity);
});

test.each([
  '',
  'topics',
  'topics/',
  'things/x',
  'topics/a/b',
  'users/a/clients',
  'users/a/clients/',
  'users/a/b/c',
  'topics/a/clients/b',
  'clients/%',
  'users/a/clients/b/c',
])('"%s" names no entity', (path) => {
  expect(() => parseEntityPath(path, '/source')).toThrow(ZnodeFormatError);
});

test('a change of version 1 names type and entity', () => {
  const data = Buffer.from('{"version":1,"entity_type":"clients","entity_name":"x"}');
  expect(znodes.configChange.decode(data, '/p')).toEqual({ type: 'clients', name: 'x' });
});

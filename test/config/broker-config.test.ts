import { BrokerConfig } from '../../src/config/broker-config';
import { ConfigError } from '../../src/config/config-error';
import { BROKER_SETTINGS } from '../../src/config/settings/broker';
import { aBrokerConfig } from '../builders/broker-config';

function problemsOf(properties: Record<string, string>): readonly string[] {
  try {
    aBrokerConfig(properties);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test.each`
  name                                   | value                  | because
  ${'log.segment.bytes'}                 | ${1_073_741_824}       | ${'an int'}
  ${'log.retention.ms'}                  | ${null}                | ${'not set'}
  ${'log.cleaner.max.compaction.lag.ms'} | ${2 ** 63}             | ${'the largest long, as the nearest number'}
  ${'log.cleanup.policy'}                | ${['delete']}          | ${'a list'}
  ${'auto.create.topics.enable'}         | ${true}                | ${'a boolean'}
  ${'log.cleaner.io.buffer.load.factor'} | ${0.9}                 | ${'a double'}
  ${'listeners'}                         | ${'PLAINTEXT://:9092'} | ${'a string'}
`('the default of $name is $value: $because', ({ name, value }) => {
  expect(aBrokerConfig().values).toHaveProperty([name], value);
});

test('every default is what its own text parses to', () => {
  for (const [name, setting] of Object.entries(BROKER_SETTINGS)) {
    if (setting.defaultText === null) continue;
    expect({ name, ...setting.parse(setting.defaultText) }).toEqual({
      name,
      value: setting.byDefault,
      text: setting.defaultText,
    });
  }
});

test.each`
  properties                                                       | problem
  ${{ 'log.retention.ms': 'abc' }}                                 | ${'log.retention.ms=abc: not a number of type LONG'}
  ${{ 'num.partitions': '0' }}                                     | ${'num.partitions=0: value must be at least 1'}
  ${{ 'num.partitions': '99999999999' }}                           | ${'num.partitions=99999999999: not a number of type INT'}
  ${{ 'delete.topic.enable': 'yes' }}                              | ${'delete.topic.enable=yes: expected value to be either true or false'}
  ${{ 'compression.type': 'zip' }}                                 | ${'compression.type=zip: string must be one of: uncompressed, zstd, lz4, snappy, gzip, producer'}
  ${{ 'compression.gzip.level': '0' }}                             | ${'compression.gzip.level=0: value must be between 1 and 9 or equal to -1'}
  ${{ 'inter.broker.protocol.version': '4.5' }}                    | ${'inter.broker.protocol.version=4.5: version 4.5 is not a valid version'}
  ${{ 'zookeeper.connect': '' }}                                   | ${'zookeeper.connect: required, as host:port,host:port/chroot'}
  ${{ 'zookeeper.connect': 'localhost:x' }}                        | ${"zookeeper.connect=localhost:x: 'localhost:x' is not host:port"}
  ${{ 'odradek.metrics.listener': 'here' }}                        | ${'odradek.metrics.listener=here: must be host:port'}
  ${{ 'log.dirs': ' , ' }}                                         | ${'log.dirs: at least one directory is needed, in log.dirs or log.dir'}
  ${{ 'broker.id': '1001' }}                                       | ${'broker.id=1001: must lie between -1 and reserved.broker.max.id (1000)'}
  ${{ 'broker.id': '-1', 'broker.id.generation.enable': 'false' }} | ${'broker.id=-1: must be 0 or more, as broker.id.generation.enable=false'}
  ${{ 'node.id': '3' }}                                            | ${'node.id=3: must be the same as broker.id (1), or left out'}
  ${{ 'process.roles': 'broker' }}                                 | ${'process.roles: only ZooKeeper mode is supported; remove it and set zookeeper.connect'}
  ${{ 'log.retention.hours': '0' }}                                | ${'log.retention.ms: must be unlimited (-1) or at least 1, also when set in minutes or hours'}
  ${{ 'log.roll.ms': '0' }}                                        | ${'log.roll.ms: must be at least 1'}
  ${{ 'log.roll.jitter.ms': '-1' }}                                | ${'log.roll.jitter.ms: must be at least 0'}
  ${{ 'log.cleaner.dedupe.buffer.size': '1000' }}                  | ${'log.cleaner.dedupe.buffer.size: must be more than 1 MB for each of log.cleaner.threads'}
  ${{ 'offsets.commit.required.acks': '5' }}                       | ${'offsets.commit.required.acks=5: must lie between -1 and offsets.topic.replication.factor'}
  ${{ 'queued.max.request.bytes': '100' }}                         | ${'queued.max.request.bytes=100: must be -1, or at least socket.request.max.bytes'}
  ${{ 'group.min.session.timeout.ms': '9999999' }}                 | ${'group.min.session.timeout.ms: must not exceed group.max.session.timeout.ms'}
  ${{ 'max.connections.per.ip': '0' }}                             | ${'max.connections.per.ip=0: allowed only together with max.connections.per.ip.overrides'}
  ${{ 'replica.lag.time.max.ms': '100' }}                          | ${'replica.fetch.wait.max.ms=500: must not exceed replica.lag.time.max.ms, or the ISR changes all the time'}
  ${{ 'replica.socket.timeout.ms': '100' }}                        | ${'replica.fetch.wait.max.ms=500: must not exceed replica.socket.timeout.ms, or fetches time out without need'}
`('refuses to start: $problem', ({ properties, problem }) => {
  expect(problemsOf(properties)).toEqual([problem]);
});

test('an error names the file on each of its lines', () => {
  const properties = { 'zookeeper.connect': 'h:1', 'num.partitions': 'x', 'log.roll.ms': '0' };
  expect(() => BrokerConfig.parse(properties, 'b1.properties')).toThrow(
    'b1.properties: num.partitions=x: not a number of type INT\nb1.properties: log.roll.ms: must be at least 1',
  );
});

test('keys that nobody knows are kept and told, those of plugins and listeners are known', () => {
  const config = aBrokerConfig({
    'my.key': 'x',
    'super.users': 'User:a',
    'listener.name.external.ssl.keystore.location': '/k',
    'listener.name.external.plain.sasl.jaas.config': 'j',
    'listener.name.external.nonsense': 'n',
  });
  expect(config.unknownKeys).toEqual(['my.key', 'listener.name.external.nonsense']);
});

test.each`
  properties                                   | expected               | because
  ${{}}                                        | ${['/tmp/kafka-logs']} | ${'the default of log.dir'}
  ${{ 'log.dir': '/a' }}                       | ${['/a']}              | ${'log.dir'}
  ${{ 'log.dir': '/a', 'log.dirs': '/b, /c' }} | ${['/b', '/c']}        | ${'log.dirs wins'}
`('log directories are $expected: $because', ({ properties, expected }) => {
  expect(aBrokerConfig(properties).logDirs).toEqual(expected);
});

test.each`
  connect                | expected                                                                               | because
  ${'h1:2181'}           | ${{ servers: [{ host: 'h1', port: 2181 }], chroot: '' }}                               | ${'one server'}
  ${'h1:1,h2:2/kafka/a'} | ${{ servers: [{ host: 'h1', port: 1 }, { host: 'h2', port: 2 }], chroot: '/kafka/a' }} | ${'several, with a chroot'}
  ${'h1/'}               | ${{ servers: [{ host: 'h1', port: 2181 }], chroot: '' }}                               | ${'default port, root'}
  ${'[::1]:5'}           | ${{ servers: [{ host: '::1', port: 5 }], chroot: '' }}                                 | ${'IPv6'}
`('zookeeper.connect=$connect: $because', ({ connect, expected }) => {
  expect(aBrokerConfig({ 'zookeeper.connect': connect }).zookeeper).toEqual(expected);
});

test.each(['h1:0', ',', '/chroot', 'h1:1//a', 'h1:99999', ':1', 'h1:2181/a b'])(
  'refuses zookeeper.connect=%s',
  (connect) => {
    expect(problemsOf({ 'zookeeper.connect': connect })).toHaveLength(1);
  },
);

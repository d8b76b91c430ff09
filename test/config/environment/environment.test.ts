import { BrokerConfig } from '../../../src/config/broker-config';
import { ConfigError } from '../../../src/config/config-error';
import { fromEnvironment } from '../../../src/config/environment';
import type { ContainerFacts, FromEnvironment } from '../../../src/config/environment';

/** Commands print their own text in capitals. */
function translated(
  env: Readonly<Record<string, string>>,
  facts: Partial<ContainerFacts> = {},
): FromEnvironment {
  const run = (command: string): string => command.toUpperCase();
  return fromEnvironment(env, { file: {}, mountPoints: [], run, ...facts });
}

/** What the image sets where nobody else does. */
const BY_IMAGE = { 'odradek.metrics.listener': ':9404', 'log.dirs': '/var/lib/kafka/data' };

describe('a variable becomes a setting', () => {
  test.each`
    variable                                | value          | setting                           | because
    ${'KAFKA_MESSAGE_MAX_BYTES'}            | ${'2000000'}   | ${'message.max.bytes'}            | ${'an underscore is a dot'}
    ${'KAFKA_MY__OWN_SETTING'}              | ${'x'}         | ${'my_own.setting'}               | ${'two are an underscore'}
    ${'KAFKA_MY___OWN_SETTING'}             | ${'x'}         | ${'my-own.setting'}               | ${'three are a dash'}
    ${'KAFKA_ZOOKEEPER_CLIENTCNXNSOCKET'}   | ${'x'}         | ${'zookeeper.clientCnxnSocket'}   | ${'capitals of known settings come back'}
    ${'KAFKA_CFG_NUM_PARTITIONS'}           | ${'5'}         | ${'num.partitions'}               | ${'bitnami/kafka has a prefix of its own'}
    ${'KAFKA_MAX_MESSAGE_BYTES'}            | ${'7'}         | ${'message.max.bytes'}            | ${'bitnami/kafka has a second name for it'}
    ${'ODRADEK_DURABILITY'}                 | ${'strict'}    | ${'odradek.durability'}           | ${"Odradek's own settings need no second prefix"}
    ${'KAFKA_ODRADEK_DURABILITY'}           | ${'strict'}    | ${'odradek.durability'}           | ${'and may have it'}
    ${'KAFKA_BROKER_ID'}                    | ${'3'}         | ${'broker.id'}                    | ${'the id is a setting as others'}
    ${'KAFKA_LISTENER_NAME_INSIDE_SSL_KEY'} | ${'a=b, c: d'} | ${'listener.name.inside.ssl.key'} | ${'a value is taken as it is'}
  `('$variable=$value: $because', ({ variable, value, setting }) => {
    const { properties, hints } = translated({ [variable]: value });
    expect(properties).toEqual({ ...BY_IMAGE, [setting]: value });
    expect(hints).toEqual([]);
  });
});

describe('a variable that is no setting', () => {
  test.each`
    variable                                    | value                     | hint
    ${'CLUSTER_ID'}                             | ${'MkU3OEVBNTcwNTJENDM2'} | ${/^CLUSTER_ID is ignored: .*in ZooKeeper, under \/cluster\/id$/}
    ${'KAFKA_KRAFT_CLUSTER_ID'}                 | ${'x'}                    | ${/under \/cluster\/id$/}
    ${'KAFKA_PROCESS_ROLES'}                    | ${'broker,controller'}    | ${/no KRaft mode here; .* set KAFKA_ZOOKEEPER_CONNECT$/}
    ${'KAFKA_CFG_PROCESS_ROLES'}                | ${'broker'}               | ${/no KRaft mode here/}
    ${'KAFKA_CONTROLLER_QUORUM_VOTERS'}         | ${'1@kafka:9093'}         | ${/no KRaft mode here/}
    ${'KAFKA_CONTROLLER_LISTENER_NAMES'}        | ${'CONTROLLER'}           | ${/no KRaft mode here/}
    ${'KAFKA_HEAP_OPTS'}                        | ${'-Xmx1G'}               | ${/no Java heap here; memory is bounded by odradek\.log\.cache\.bytes/}
    ${'KAFKA_JVM_PERFORMANCE_OPTS'}             | ${'-XX:+UseG1GC'}         | ${/no Java heap here/}
    ${'KAFKA_OPTS'}                             | ${'-Djava.security=x'}    | ${/no Java here/}
    ${'KAFKA_JMX_PORT'}                         | ${'9101'}                 | ${/no JMX here; metrics are served over HTTP/}
    ${'JMX_PORT'}                               | ${'9101'}                 | ${/no JMX here/}
    ${'KAFKA_LOG4J_OPTS'}                       | ${'-Dlog4j=x'}            | ${/no log4j here/}
    ${'KAFKA_CLIENT_USERS'}                     | ${'user'}                 | ${/TLS and SASL are not served yet/}
    ${'KAFKA_SSL_KEYSTORE_FILENAME'}            | ${'kafka.jks'}            | ${/TLS and SASL are not served yet/}
    ${'CUSTOM_INIT_SCRIPT'}                     | ${'echo'}                 | ${/runs no scripts/}
    ${'KAFKA_VERSION'}                          | ${'3.9.1'}                | ${/^$/}
    ${'KAFKA_CONFLUENT_SUPPORT_METRICS_ENABLE'} | ${'false'}                | ${/^$/}
    ${'KAFKA_ENABLE_KRAFT'}                     | ${'no'}                   | ${/^$/}
    ${'ALLOW_PLAINTEXT_LISTENER'}               | ${'yes'}                  | ${/^$/}
    ${'KAFKA_PORT'}                             | ${'tcp://192.0.2.1:9092'} | ${/^$/}
    ${'KAFKA_SERVICE_HOST'}                     | ${'192.0.2.1'}            | ${/^$/}
    ${'KAFKA_SERVICE_PORT_CLIENTS'}             | ${'9092'}                 | ${/^$/}
    ${'KAFKA_PORT_9092_TCP_ADDR'}               | ${'192.0.2.1'}            | ${/^$/}
    ${'PATH'}                                   | ${'/usr/bin'}             | ${/^$/}
    ${'KAFKA_NUM_PARTITIONS'}                   | ${''}                     | ${/^$/}
  `('$variable=$value sets nothing', ({ variable, value, hint }) => {
    const { properties, hints } = translated({ [variable]: value });
    expect(properties).toEqual(BY_IMAGE);
    expect(hints.join('\n')).toMatch(hint);
  });

  test('variables with the same hint share a line', () => {
    const { hints } = translated({ KAFKA_HEAP_OPTS: '-Xmx1G', KAFKA_GC_LOG_OPTS: '-Xlog' });
    expect(hints).toEqual([
      expect.stringMatching(
        /^KAFKA_GC_LOG_OPTS, KAFKA_HEAP_OPTS are ignored: there is no Java heap/,
      ),
    ]);
  });
});

describe('which id a broker takes', () => {
  test.each`
    env                                                     | file                    | id           | because
    ${{}}                                                   | ${{}}                   | ${undefined} | ${'without any, ZooKeeper gives one'}
    ${{ KAFKA_BROKER_ID: '-1' }}                            | ${{}}                   | ${'-1'}      | ${'-1 asks for one'}
    ${{ BROKER_ID_COMMAND: 'seven' }}                       | ${{}}                   | ${'SEVEN'}   | ${'a command may tell'}
    ${{ BROKER_ID_COMMAND: 'seven', KAFKA_BROKER_ID: '2' }} | ${{}}                   | ${'2'}       | ${'the variable goes first'}
    ${{ BROKER_ID_COMMAND: 'seven' }}                       | ${{ 'broker.id': '4' }} | ${'4'}       | ${'so does the file'}
    ${{ KAFKA_NODE_ID: '5' }}                               | ${{}}                   | ${'5'}       | ${"a KRaft broker's number will do"}
    ${{ KAFKA_NODE_ID: '5', KAFKA_BROKER_ID: '2' }}         | ${{}}                   | ${'2'}       | ${'unless there is one for ZooKeeper mode'}
    ${{ KAFKA_BROKER_ID: '2' }}                             | ${{ 'broker.id': '4' }} | ${'2'}       | ${'the environment goes over the file'}
  `('$env over $file: $id, $because', ({ env, file, id }) => {
    const { properties } = translated(env, { file });
    expect(properties['broker.id']).toBe(id);
    expect(properties['node.id']).toBeUndefined();
  });

  test('a node id that is taken is told', () => {
    expect(translated({ KAFKA_NODE_ID: '5' }).hints).toEqual([
      'KAFKA_NODE_ID is taken as broker.id=5; ZooKeeper mode has KAFKA_BROKER_ID',
    ]);
  });
});

describe('listeners', () => {
  test.each`
    env                                                                                                                      | listeners                    | advertised                                  | because
    ${{}}                                                                                                                    | ${undefined}                 | ${undefined}                                | ${"Kafka's default serves"}
    ${{ KAFKA_LISTENERS: 'A://:1,B://:2', KAFKA_ADVERTISED_LISTENERS: 'A://a:1,B://b:3' }}                                   | ${'A://:1,B://:2'}           | ${'A://a:1,B://b:3'}                        | ${'both are given'}
    ${{ KAFKA_ADVERTISED_LISTENERS: 'IN://kafka:29092, OUT://localhost:9092' }}                                              | ${'IN://:29092,OUT://:9092'} | ${'IN://kafka:29092, OUT://localhost:9092'} | ${'cp-kafka listens on what it advertises'}
    ${{ KAFKA_ADVERTISED_LISTENERS: 'nonsense' }}                                                                            | ${'nonsense'}                | ${'nonsense'}                               | ${'the broker says what is wrong'}
    ${{ KAFKA_ADVERTISED_HOST_NAME: 'box' }}                                                                                 | ${'PLAINTEXT://:9092'}       | ${'PLAINTEXT://box:9092'}                   | ${'wurstmeister/kafka has the host apart'}
    ${{ KAFKA_ADVERTISED_HOST_NAME: 'box', KAFKA_ADVERTISED_PORT: '19092', KAFKA_PORT: '9095' }}                             | ${'PLAINTEXT://:9095'}       | ${'PLAINTEXT://box:19092'}                  | ${'and the ports'}
    ${{ KAFKA_HOST_NAME: 'inner' }}                                                                                          | ${'PLAINTEXT://inner:9092'}  | ${'PLAINTEXT://inner:9092'}                 | ${'a host to bind to is advertised too'}
    ${{ KAFKA_LISTENERS: 'PLAINTEXT://:9092', KAFKA_ADVERTISED_HOST_NAME: 'box' }}                                           | ${'PLAINTEXT://:9092'}       | ${'PLAINTEXT://box:9092'}                   | ${'the host applies to listeners that are given'}
    ${{ HOSTNAME_COMMAND: 'box' }}                                                                                           | ${'PLAINTEXT://:9092'}       | ${'PLAINTEXT://BOX:9092'}                   | ${'a command tells the host'}
    ${{ HOSTNAME_COMMAND: 'box', KAFKA_ADVERTISED_HOST_NAME: 'me' }}                                                         | ${'PLAINTEXT://:9092'}       | ${'PLAINTEXT://me:9092'}                    | ${'a name goes before a command'}
    ${{ HOSTNAME_COMMAND: 'box', PORT_COMMAND: '7', KAFKA_ADVERTISED_LISTENERS: 'A://_{HOSTNAME_COMMAND}:_{PORT_COMMAND}' }} | ${'A://:7'}                  | ${'A://BOX:7'}                              | ${'what commands print stands in other variables'}
    ${{ KAFKA_ADVERTISED_HOST_NAME: 'box', KAFKA_PORT: 'tcp://192.0.2.1:9092' }}                                             | ${'PLAINTEXT://:9092'}       | ${'PLAINTEXT://box:9092'}                   | ${'Kubernetes announces a service by the name of a port'}
  `('$env: $because', ({ env, listeners, advertised }) => {
    const { properties } = translated(env);
    expect(properties['listeners']).toBe(listeners);
    expect(properties['advertised.listeners']).toBe(advertised);
  });
});

describe('where the data lies', () => {
  test.each`
    env                             | mountPoints                                  | logDirs
    ${{}}                           | ${[]}                                        | ${'/var/lib/kafka/data'}
    ${{}}                           | ${['/', '/var/lib/kafka/data']}              | ${'/var/lib/kafka/data'}
    ${{}}                           | ${['/var/lib/kafka/data', '/bitnami/kafka']} | ${'/bitnami/kafka/data'}
    ${{}}                           | ${['/bitnami']}                              | ${'/bitnami/kafka/data'}
    ${{}}                           | ${['/kafka']}                                | ${'/kafka/data'}
    ${{ KAFKA_LOG_DIRS: '/a,/b' }}  | ${['/kafka']}                                | ${'/a,/b'}
    ${{ KAFKA_CFG_LOG_DIRS: '/c' }} | ${['/bitnami/kafka']}                        | ${'/c'}
  `('$env with $mountPoints: $logDirs', ({ env, mountPoints, logDirs }) => {
    expect(translated(env, { mountPoints }).properties['log.dirs']).toBe(logDirs);
  });

  test('log.dir of a mounted file is kept', () => {
    const { properties } = translated({}, { file: { 'log.dir': '/d' } });
    expect(properties).toEqual({ 'odradek.metrics.listener': ':9404', 'log.dir': '/d' });
  });
});

test('the environment goes over the file, and the file over what the image sets', () => {
  const file = { 'num.partitions': '2', 'log.dirs': '/file', 'odradek.metrics.listener': ':1' };
  const { properties } = translated({ KAFKA_NUM_PARTITIONS: '3' }, { file });
  expect(properties).toEqual({ ...file, 'num.partitions': '3' });
});

test('of two names for a setting the one without CFG counts, as with bitnami/kafka', () => {
  const env = { KAFKA_NUM_PARTITIONS: '3', KAFKA_CFG_NUM_PARTITIONS: '4' };
  expect(translated(env).properties['num.partitions']).toBe('3');
});

describe('the log', () => {
  test.each`
    env                                                                    | level        | levels
    ${{}}                                                                  | ${undefined} | ${undefined}
    ${{ KAFKA_LOG4J_ROOT_LOGLEVEL: 'WARN' }}                               | ${'WARN'}    | ${undefined}
    ${{ KAFKA_LOG4J_ROOT_LOGLEVEL: 'all, stdout' }}                        | ${'TRACE'}   | ${undefined}
    ${{ KAFKA_LOG4J_ROOT_LOGLEVEL: 'WARN', ODRADEK_LOG_LEVEL: 'DEBUG' }}   | ${'DEBUG'}   | ${undefined}
    ${{ KAFKA_LOG4J_LOGGERS: 'kafka.controller=off, kafka.log=Info' }}     | ${undefined} | ${'kafka.controller=FATAL,kafka.log=INFO'}
    ${{ KAFKA_LOG4J_LOGGERS: 'state.change.logger=TRACE, stateAppender' }} | ${undefined} | ${'state.change.logger=TRACE'}
  `('$env', ({ env, level, levels }) => {
    const { properties } = translated(env);
    expect(properties['odradek.log.level']).toBe(level);
    expect(properties['odradek.log.levels']).toBe(levels);
  });

  test.each`
    variable                       | value               | problem
    ${'KAFKA_LOG4J_ROOT_LOGLEVEL'} | ${'LOUD'}           | ${"'LOUD' is none of ALL, TRACE, DEBUG, INFO, WARN, ERROR, FATAL, OFF"}
    ${'KAFKA_LOG4J_LOGGERS'}       | ${'kafka.log=LOUD'} | ${"'LOUD' is none of ALL, TRACE, DEBUG, INFO, WARN, ERROR, FATAL, OFF"}
    ${'KAFKA_LOG4J_LOGGERS'}       | ${'kafka.log'}      | ${"'kafka.log' is not logger=LEVEL,…"}
  `('$variable=$value is refused', ({ variable, value, problem }) => {
    expect(() => translated({ [variable]: value })).toThrow(new ConfigError(variable, [problem]));
  });
});

describe('topics to create', () => {
  const topic = (name: string, partitions: number, replicationFactor: number, config = {}) => ({
    topic: name,
    partitions,
    replicationFactor,
    config,
  });

  test.each`
    text                            | separator   | topics
    ${''}                           | ${''}       | ${[]}
    ${'a:1:3'}                      | ${''}       | ${[topic('a', 1, 3)]}
    ${'a:1:3, b.c:2:1:compact,'}    | ${''}       | ${[topic('a', 1, 3), topic('b.c', 2, 1, { 'cleanup.policy': 'compact' })]}
    ${'a:1:3;b:2:1:compact,delete'} | ${';'}      | ${[topic('a', 1, 3), topic('b', 2, 1, { 'cleanup.policy': 'compact,delete' })]}
    ${'a:1:3\n  b:2:1\n'}           | ${"$'\\n'"} | ${[topic('a', 1, 3), topic('b', 2, 1)]}
  `('$text', ({ text, separator, topics }) => {
    const env = { KAFKA_CREATE_TOPICS: text, KAFKA_CREATE_TOPICS_SEPARATOR: separator };
    expect(translated(env).topics).toEqual(topics);
  });

  test.each(['a', 'a:1', 'a:x:1', 'a:0:1', 'a:1:0', 'a b:1:1', 'a:1:1:Compact'])(
    '%s is refused',
    (text) => {
      expect(() => translated({ KAFKA_CREATE_TOPICS: `ok:1:1,${text}` })).toThrow(
        `KAFKA_CREATE_TOPICS: '${text}' is not name:partitions:replicas`,
      );
    },
  );

  test.each`
    env                          | timeoutMs
    ${{}}                        | ${600_000}
    ${{ START_TIMEOUT: '30' }}   | ${30_000}
    ${{ START_TIMEOUT: 'soon' }} | ${600_000}
  `('$env: they may wait for $timeoutMs ms', ({ env, timeoutMs }) => {
    expect(translated(env).topicsTimeoutMs).toBe(timeoutMs);
  });
});

/** As their documentation shows them, for one broker of several. */
describe('a compose file for the usual images is understood whole', () => {
  test.each`
    image                      | env
    ${'confluentinc/cp-kafka'} | ${{ KAFKA_BROKER_ID: '1', KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181', KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT', KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://broker:29092,PLAINTEXT_HOST://localhost:9092', KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1', KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1', KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1', KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0', KAFKA_METRIC_REPORTERS: 'io.confluent.metrics.reporter.ConfluentMetricsReporter', KAFKA_CONFLUENT_LICENSE_TOPIC_REPLICATION_FACTOR: '1', KAFKA_JMX_PORT: '9101', KAFKA_JMX_HOSTNAME: 'localhost', CONFLUENT_METRICS_ENABLE: 'true' }}
    ${'wurstmeister/kafka'}    | ${{ KAFKA_ZOOKEEPER_CONNECT: 'zookeeper:2181', HOSTNAME_COMMAND: 'hostname', KAFKA_ADVERTISED_LISTENERS: 'INSIDE://:9092,OUTSIDE://_{HOSTNAME_COMMAND}:9094', KAFKA_LISTENERS: 'INSIDE://:9092,OUTSIDE://:9094', KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT', KAFKA_INTER_BROKER_LISTENER_NAME: 'INSIDE', KAFKA_CREATE_TOPICS: 'Topic1:1:3,Topic2:1:1:compact', LOG4J_LOGGER_KAFKA_AUTHORIZER_LOGGER: 'DEBUG, authorizerAppender' }}
    ${'bitnami/kafka'}         | ${{ ALLOW_PLAINTEXT_LISTENER: 'yes', KAFKA_ENABLE_KRAFT: 'no', KAFKA_CFG_ZOOKEEPER_CONNECT: 'zookeeper:2181', KAFKA_CFG_LISTENERS: 'CLIENT://:9092,EXTERNAL://:9093', KAFKA_CFG_ADVERTISED_LISTENERS: 'CLIENT://kafka:9092,EXTERNAL://localhost:9093', KAFKA_CFG_LISTENER_SECURITY_PROTOCOL_MAP: 'CLIENT:PLAINTEXT,EXTERNAL:PLAINTEXT', KAFKA_CFG_INTER_BROKER_LISTENER_NAME: 'CLIENT' }}
  `('$image', ({ env }) => {
    const config = BrokerConfig.parse(translated(env).properties, 'environment');
    expect(config.unknownKeys).toEqual([]);
    expect(config.listeners).toHaveLength(2);
    expect(config.zookeeper.servers).toEqual([{ host: 'zookeeper', port: 2181 }]);
  });
});

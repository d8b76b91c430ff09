/**
 * What an environment variable of the usual Kafka images stands for: a setting, something that Odradek has no use
 * for (with a word to the operator), or noise of the container platform.
 */
import { BROKER_SETTINGS } from '../settings/broker';

/** `setting`: its name; `hint`: why the variable does nothing; `none`: nothing to say about it. */
export type Meaning =
  | { readonly kind: 'setting'; readonly name: string }
  | { readonly kind: 'hint'; readonly hint: string }
  | { readonly kind: 'none' };

interface Row {
  readonly variable: RegExp;
  /** `null`: the variable says nothing about how the broker should run. */
  readonly hint: string | null;
}

const NO_JAVA = 'there is no Java here';
const NO_HEAP =
  'there is no Java heap here; memory is bounded by odradek.log.cache.bytes and the limits of the container';
const NO_JMX = 'there is no JMX here; metrics are served over HTTP, see odradek.metrics.listener';
const NO_LOG4J =
  'there is no log4j here; set KAFKA_LOG4J_ROOT_LOGLEVEL, or levels of single loggers with KAFKA_LOG4J_LOGGERS';
const NO_KRAFT =
  'there is no KRaft mode here; brokers meet in ZooKeeper, set KAFKA_ZOOKEEPER_CONNECT';
const CLUSTER_ID =
  'the first broker makes the id of the cluster and keeps it in ZooKeeper, under /cluster/id';
const NO_SECURITY = 'TLS and SASL are not served yet';
const NO_SCRIPT = 'the image runs no scripts of its own';

/** The first row that matches counts. Sources: the start scripts of the images that docker/README.md names. */
const NO_SETTINGS: readonly Row[] = [
  { variable: /^(CLUSTER_ID|KAFKA_CLUSTER_ID|KAFKA_KRAFT_CLUSTER_ID)$/, hint: CLUSTER_ID },
  {
    variable: /^(KAFKA_(CFG_)?(PROCESS_ROLES|CONTROLLER_(QUORUM_.+|LISTENER_NAMES)))$/,
    hint: NO_KRAFT,
  },
  { variable: /^(KAFKA_(ENABLE_KRAFT|SKIP_KRAFT_STORAGE_INIT))$/, hint: null },
  { variable: /^(KAFKA_(HEAP_OPTS|JVM_PERFORMANCE_OPTS|GC_LOG_OPTS))$/, hint: NO_HEAP },
  { variable: /^(KAFKA_JMX_.+|JMX_PORT)$/, hint: NO_JMX },
  { variable: /^(KAFKA_LOG4J_OPTS|LOG4J_.+)$/, hint: NO_LOG4J },
  { variable: /^(KAFKA_(OPTS|EXTRA_FLAGS|ZOOKEEPER_CLIENT_CNXN_SOCKET))$/, hint: NO_JAVA },
  { variable: /^(CUSTOM_INIT_SCRIPT)$/, hint: NO_SCRIPT },
  {
    variable:
      /^(KAFKA_(TLS_.+|CERTIFICATE_PASSWORD|SSL_[A-Z]+_(FILENAME|CREDENTIALS)|ZOOKEEPER_(TLS_.+|USER|PASSWORD)|(CLIENT|BROKER|INTER_BROKER|CONTROLLER)_(USERS?|PASSWORDS?)))$/,
    hint: NO_SECURITY,
  },
  { variable: /^(KAFKA_CONFLUENT_.+)$/, hint: null },
  { variable: /^(KAFKA_(LOG4J_(ROOT_LOGLEVEL|LOGGERS)|TOOLS_LOG4J_LOGLEVEL))$/, hint: null },
  { variable: /^(KAFKA_CREATE_TOPICS(_SEPARATOR)?)$/, hint: null },
  {
    variable: /^(KAFKA_((ADVERTISED_)?(HOST_NAME|PORT)|(ADVERTISED_)?PROTOCOL_NAME))$/,
    hint: null,
  },
  { variable: /^(KAFKA_(VERSION|HOME|DEBUG|ZOOKEEPER_PROTOCOL))$/, hint: null },
  { variable: /^(KAFKA_(VOLUME|DATA|BASE|CONF|CERTS|MOUNTED_CONF)_(DIR|FILE))$/, hint: null },
];

/** Kubernetes and Docker's links announce a service named `kafka` by variables that look like settings. */
const ANNOUNCEMENT = /_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP)(_|$)/;
const ANNOUNCED_ADDRESS = /^(tcp|udp):\/\//;

/** What bitnami/kafka calls some settings beside their own names. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  KAFKA_LOGS_DIRS: 'log.dirs',
  KAFKA_SEGMENT_BYTES: 'log.segment.bytes',
  KAFKA_MAX_MESSAGE_BYTES: 'message.max.bytes',
  KAFKA_ZOOKEEPER_CONNECT_TIMEOUT_MS: 'zookeeper.connection.timeout.ms',
};

/** Some settings have capitals in their names, which a variable cannot show. */
const SPELLING: ReadonlyMap<string, string> = new Map(
  Object.keys(BROKER_SETTINGS).map((name) => [name.toLowerCase(), name]),
);

/** `___` is a dash, `__` an underscore and `_` a dot, as in Kafka's own image (kafka.docker.KafkaDockerWrapper). */
function settingOf(text: string): string {
  const name = text.toLowerCase().replaceAll('_', '.').replaceAll('...', '-').replaceAll('..', '_');
  return SPELLING.get(name) ?? name;
}

/** Not from the operator, and not to be taken for a setting. */
export function isAnnouncement(variable: string, value: string): boolean {
  return ANNOUNCEMENT.test(variable) || ANNOUNCED_ADDRESS.test(value);
}

export function meaningOf(variable: string): Meaning {
  const row = NO_SETTINGS.find(({ variable: pattern }) => pattern.test(variable));
  if (row) return row.hint === null ? { kind: 'none' } : { kind: 'hint', hint: row.hint };
  const other = OTHER_NAMES[variable];
  if (other !== undefined) return { kind: 'setting', name: other };
  const [, prefix, rest = ''] = /^(KAFKA_CFG_|KAFKA_|ODRADEK_)(.+)$/.exec(variable) ?? [];
  if (prefix === undefined) return { kind: 'none' };
  return { kind: 'setting', name: settingOf(prefix === 'ODRADEK_' ? variable : rest) };
}

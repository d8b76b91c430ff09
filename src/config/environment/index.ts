/**
 * The environment of a container, in the conventions of the usual Kafka images, as broker settings: which variable
 * becomes which setting, what is derived, and what the operator should hear about. Decides only; files, commands and
 * mounts are looked at by whoever calls.
 */
import type { Properties } from '../values';
import { derivedListeners } from './listeners';
import { logSettings } from './logging';
import { parseTopicsToCreate } from './topics';
import type { TopicToCreate } from './topics';
import { isAnnouncement, meaningOf } from './variables';

export type { TopicToCreate } from './topics';

/** What the environment alone does not tell. */
export interface ContainerFacts {
  /** Settings of the mounted server.properties; the environment goes over them. */
  readonly file: Properties;
  /** Where volumes are mounted. */
  readonly mountPoints: readonly string[];
  /** Runs a command of the operator's in a shell and returns what it prints. */
  readonly run: (command: string) => string;
}

export interface FromEnvironment {
  /** The file's settings, the environment's over them, and what is derived where neither says anything. */
  readonly properties: Properties;
  /** What the environment has that does nothing, and what to do instead: a sentence each. */
  readonly hints: readonly string[];
  readonly topics: readonly TopicToCreate[];
  /** How long the topics may wait for enough brokers. */
  readonly topicsTimeoutMs: number;
}

/** Where other images keep their data: used where a volume is mounted there. */
const OTHER_DATA_DIRECTORIES = [
  { mounts: ['/bitnami', '/bitnami/kafka', '/bitnami/kafka/data'], logDirs: '/bitnami/kafka/data' },
  { mounts: ['/kafka', '/kafka/data'], logDirs: '/kafka/data' },
] as const;
const DATA_DIRECTORY = '/var/lib/kafka/data';
const METRICS_LISTENER = ':9404';
const START_TIMEOUT_S = '600';

/** Variables that hold commands, and the text in other variables that stands for what they print. */
const PLACEHOLDERS = ['HOSTNAME_COMMAND', 'PORT_COMMAND'] as const;

/** An empty variable is how compose files write one that is not set. */
function setByOperator(env: Readonly<Record<string, string | undefined>>): Properties {
  const set: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(env)) {
    if (value !== '' && !isAnnouncement(name, value)) set[name] = value;
  }
  return set;
}

function printedBy(env: Properties, run: ContainerFacts['run']): Properties {
  const printed: Record<string, string> = {};
  for (const name of PLACEHOLDERS) {
    const command = env[name];
    if (command !== undefined) printed[name] = run(command);
  }
  return printed;
}

function withPlaceholders(env: Properties, printed: Properties): Properties {
  const fill = (value: string): string =>
    Object.entries(printed).reduce((text, [name, to]) => text.replaceAll(`_{${name}}`, to), value);
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)]));
}

interface Translated {
  readonly properties: Record<string, string>;
  readonly hints: string[];
}

/** KAFKA_CFG_ names go first: where both are there, bitnami/kafka takes the plain one. */
function translate(env: Properties): Translated {
  const properties: Record<string, string> = {};
  const variablesOf = new Map<string, string[]>();
  const isPlain = (name: string): number => (name.startsWith('KAFKA_CFG_') ? 0 : 1);
  const names = Object.keys(env).sort((a, b) => isPlain(a) - isPlain(b) || (a < b ? -1 : 1));
  for (const name of names) {
    const value = env[name] ?? '';
    const meaning = meaningOf(name);
    if (meaning.kind === 'setting') properties[meaning.name] = value;
    if (meaning.kind !== 'hint') continue;
    variablesOf.set(meaning.hint, [...(variablesOf.get(meaning.hint) ?? []), name]);
  }
  const hints = [...variablesOf].map(([hint, variables]) => {
    const verb = variables.length === 1 ? 'is' : 'are';
    return `${variables.join(', ')} ${verb} ignored: ${hint}`;
  });
  return { properties, hints };
}

/** A broker that was to have a KRaft node id keeps its number. */
function takeNodeId(translated: Translated, file: Properties): void {
  const { properties, hints } = translated;
  const nodeId = properties['node.id'];
  if (nodeId === undefined) return;
  delete properties['node.id'];
  if (properties['broker.id'] !== undefined || file['broker.id'] !== undefined) return;
  properties['broker.id'] = nodeId;
  hints.push(`KAFKA_NODE_ID is taken as broker.id=${nodeId}; ZooKeeper mode has KAFKA_BROKER_ID`);
}

/** What a command prints stands where the variable for its result is not set. */
function fromCommands(
  given: Properties,
  env: Properties,
  run: ContainerFacts['run'],
): Record<string, string> {
  const commands = { 'broker.id': 'BROKER_ID_COMMAND', 'broker.rack': 'RACK_COMMAND' };
  const found: Record<string, string> = {};
  for (const [setting, variable] of Object.entries(commands)) {
    const command = env[variable];
    if (command !== undefined && given[setting] === undefined) found[setting] = run(command);
  }
  return found;
}

function logDirs(given: Properties, mountPoints: readonly string[]): Properties {
  if (given['log.dirs'] !== undefined || given['log.dir'] !== undefined) return {};
  const other = OTHER_DATA_DIRECTORIES.find(({ mounts }) =>
    mounts.some((mount) => mountPoints.includes(mount)),
  );
  return { 'log.dirs': other?.logDirs ?? DATA_DIRECTORY };
}

/** Throws a `ConfigError` for what cannot be read. Settings themselves are checked by the broker. */
export function fromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  facts: ContainerFacts,
): FromEnvironment {
  const set = setByOperator(environment);
  const printed = printedBy(set, facts.run);
  const env = withPlaceholders(set, printed);
  const translated = translate(env);
  takeNodeId(translated, facts.file);
  const given = { ...facts.file, ...logSettings(env), ...translated.properties };
  const advertisedHost = env['KAFKA_ADVERTISED_HOST_NAME'] ?? printed['HOSTNAME_COMMAND'];
  return {
    properties: {
      'odradek.metrics.listener': METRICS_LISTENER,
      ...logDirs(given, facts.mountPoints),
      ...derivedListeners(given, env, advertisedHost),
      ...fromCommands(given, env, facts.run),
      ...given,
    },
    hints: translated.hints,
    topics: parseTopicsToCreate(
      env['KAFKA_CREATE_TOPICS'] ?? '',
      env['KAFKA_CREATE_TOPICS_SEPARATOR'],
    ),
    topicsTimeoutMs:
      Number(/^\d+$/.exec(env['START_TIMEOUT'] ?? '')?.[0] ?? START_TIMEOUT_S) * 1000,
  };
}

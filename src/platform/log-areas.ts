/** What log lines are told apart by: how grave they are, and the area of the broker that speaks. */

/** The gravest first. Each includes those before it, as with log4j. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** As log4j and Kafka's admin APIs name them. */
export const LOG_LEVEL_NAMES = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'] as const;

/** `undefined` for what is no level; only capitals are taken, as by Kafka. */
export function levelNamed(name: string): LogLevel | undefined {
  return LOG_LEVELS.find((level) => level.toUpperCase() === name);
}

/** How far down the list each level is. */
export const LOG_RANKS: Readonly<Record<LogLevel, number>> = {
  fatal: 0,
  error: 1,
  warn: 2,
  info: 3,
  debug: 4,
  trace: 5,
};

interface AreaSpec {
  /** The loggers of Kafka that say there what this area says here: its level is set by their names too. */
  readonly kafkaLoggers: readonly string[];
  /** Its file in a log directory, as Kafka's log4j.properties has them. */
  readonly file: string;
}

const SERVER_FILE = 'server.log';

const AREAS = {
  server: {
    kafkaLoggers: ['kafka.server.KafkaServer', 'kafka.server.ZkAdminManager'],
    file: SERVER_FILE,
  },
  network: {
    kafkaLoggers: ['kafka.network.Processor', 'kafka.network.SocketServer'],
    file: SERVER_FILE,
  },
  request: {
    kafkaLoggers: ['kafka.request.logger', 'kafka.network.RequestChannel$'],
    file: 'kafka-request.log',
  },
  controller: {
    kafkaLoggers: ['kafka.controller', 'kafka.controller.KafkaController'],
    file: 'controller.log',
  },
  'state-change': { kafkaLoggers: ['state.change.logger'], file: 'state-change.log' },
  replication: {
    kafkaLoggers: [
      'kafka.server.ReplicaManager',
      'kafka.server.ReplicaFetcherThread',
      'kafka.cluster.Partition',
    ],
    file: SERVER_FILE,
  },
  storage: { kafkaLoggers: ['kafka.log.LogManager', 'kafka.log.UnifiedLog'], file: SERVER_FILE },
  'log-cleaner': { kafkaLoggers: ['kafka.log.LogCleaner'], file: 'log-cleaner.log' },
  'group-coordinator': {
    kafkaLoggers: [
      'kafka.coordinator.group.GroupCoordinator',
      'kafka.coordinator.group.GroupMetadataManager',
    ],
    file: SERVER_FILE,
  },
  zookeeper: {
    kafkaLoggers: ['kafka.zookeeper.ZooKeeperClient', 'org.apache.zookeeper'],
    file: SERVER_FILE,
  },
} as const satisfies Readonly<Record<string, AreaSpec>>;

export type LogArea = keyof typeof AREAS;
export const LOG_AREAS = Object.keys(AREAS) as readonly LogArea[];

/** The area that speaks where none was named. */
export const DEFAULT_AREA: LogArea = 'server';

/** Every name that the area's level goes by, its own first. */
export function loggersOf(area: LogArea): readonly string[] {
  return [area, ...AREAS[area].kafkaLoggers];
}

export function fileOf(area: LogArea): string {
  return AREAS[area].file;
}

const AREA_BY_LOGGER: ReadonlyMap<string, LogArea> = new Map(
  LOG_AREAS.flatMap((area) => loggersOf(area).map((logger) => [logger, area] as const)),
);

/** The area that goes by exactly this name. */
export function areaNamed(logger: string): LogArea | undefined {
  return AREA_BY_LOGGER.get(logger);
}

/** The areas with a logger below `parent`, as log4j passes levels down: `kafka.log` has two. */
export function areasBelow(parent: string): readonly LogArea[] {
  return LOG_AREAS.filter((area) =>
    loggersOf(area).some((logger) => logger.startsWith(`${parent}.`)),
  );
}

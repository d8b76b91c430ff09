/** Settings that Kafka does not have. Their names begin with `odradek.`. */
import { LOG_LEVEL_NAMES } from '../../platform/log-areas';
import { choice, int, list, long, string } from '../setting';

export const ODRADEK_SETTINGS = {
  'odradek.durability': choice(
    ['kafka', 'strict', 'test'],
    'kafka',
    'What acks=all means: kafka, each in-sync replica has written the records; strict, each has them on its device; test, as kafka, and nothing is ever flushed, not even by a stop.',
  ),
  'odradek.log.cache.bytes': long(
    32 * 1024 * 1024,
    'Memory for the tails of all logs and for reads of their files. What clients hold that do not read comes on top, in bounds that follow from this.',
    { min: 1024 * 1024 },
  ),
  'odradek.log.level': choice(
    LOG_LEVEL_NAMES,
    'INFO',
    'The level of log lines of areas that have none of their own. It can be changed on a running broker, as with Kafka, by the logger root.',
  ),
  'odradek.log.levels': list(
    [],
    'Levels of single areas, as controller=DEBUG,state-change=TRACE; names of Kafka loggers (kafka.controller, kafka.log) are taken too, and those that have no counterpart are ignored with a warning.',
  ),
  'odradek.log.format': choice(
    ['text', 'json'],
    'text',
    'How log lines are written: text, or one JSON object a line.',
  ),
  'odradek.log.directory': string(
    null,
    'Where log lines are written to, in files named as those of Kafka (server.log, controller.log, state-change.log, …); to standard output if not set.',
  ),
  'odradek.log.file.bytes': long(
    100 * 1024 * 1024,
    'A file in odradek.log.directory is set aside, as server.log.1, before it grows larger.',
    { min: 1024 },
  ),
  'odradek.log.file.count': int(
    10,
    'How many files of each kind are kept in odradek.log.directory, with the one that is written to; older ones are removed.',
    { min: 1 },
  ),
  'odradek.metrics.listener': string(
    null,
    'host:port where the broker shows how it is over HTTP: /metrics as Prometheus text, /health/live and /health/ready; port 0 takes a free one. Not served if not set.',
  ),
};

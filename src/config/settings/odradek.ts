/** Settings that Kafka does not have. Their names begin with `odradek.`. */
import { choice, long, string } from '../setting';

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
  'odradek.metrics.listener': string(
    null,
    'host:port where the broker shows how it is over HTTP: /metrics as Prometheus text, /health/live and /health/ready; port 0 takes a free one. Not served if not set.',
  ),
};

/** Settings that Kafka does not have. Their names begin with `odradek.`. */
import { string } from '../setting';

export const ODRADEK_SETTINGS = {
  'odradek.metrics.listener': string(
    null,
    'host:port where the metrics are served as Prometheus text, under /metrics; not served if not set.',
  ),
};

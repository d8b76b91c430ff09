/** What a ZooKeeper session counts (Kafka's `SessionExpireListener`, `ZooKeeperClientMetrics`). */
import type { Histogram } from '../metrics/histogram';
import type { Counter, MetricsRegistry } from '../metrics/registry';
import type { SessionState } from './session';

/** As Kafka names the states of ZooKeeper's Java client. */
const STATE_NAMES: Readonly<Record<SessionState, string>> = {
  connected: 'CONNECTED',
  disconnected: 'CONNECTING',
  expired: 'CLOSED',
  closed: 'CLOSED',
};

export class SessionMetrics {
  readonly connects: Counter;
  readonly disconnects: Counter;
  readonly expires: Counter;
  /** Milliseconds. */
  readonly requestLatency: Histogram;
  state: SessionState = 'disconnected';

  constructor(registry: MetricsRegistry) {
    const counter = (
      name:
        | 'disconnects'
        | 'expires'
        | 'syncconnects'
        | 'authfailures'
        | 'readonlyconnects'
        | 'saslauthentications',
    ): Counter => registry.counter(`kafka_server_sessionexpirelistener_zookeeper${name}_total`);
    this.connects = counter('syncconnects');
    this.disconnects = counter('disconnects');
    this.expires = counter('expires');
    // What the session never does; shown because dashboards ask for it.
    counter('authfailures');
    counter('readonlyconnects');
    counter('saslauthentications');
    this.requestLatency = registry.timer(
      'kafka_server_zookeeperclientmetrics_zookeeperrequestlatencyms',
    );
    registry.observe('kafka_server_sessionexpirelistener_sessionstate', () =>
      [...new Set(Object.values(STATE_NAMES))].map((name) => ({
        labels: [name],
        value: Number(STATE_NAMES[this.state] === name),
      })),
    );
  }
}

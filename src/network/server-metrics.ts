/** What a server shows of its connections and of the requests that wait (Kafka's `SocketServer`, `RequestChannel`). */
import type { MetricsRegistry, Sample } from '../metrics/registry';
import type { ConnectionCounts, KafkaServer } from './server';

/** There is one event loop where Kafka has several network threads. */
const NETWORK_PROCESSOR = '0';

/** `server` is `undefined` while there is none; `maxBytes` is `queued.max.request.bytes`, −1 for no limit. */
export function observeServer(
  registry: MetricsRegistry,
  server: () => KafkaServer | undefined,
  maxBytes: () => number,
): void {
  const eachListener = (valueOf: (counts: ConnectionCounts) => number) => (): Sample[] =>
    Array.from(server()?.connectionCounts ?? [], ([listener, counts]) => ({
      labels: [listener, NETWORK_PROCESSOR],
      value: valueOf(counts),
    }));
  registry.observe(
    'kafka_server_socket_server_metrics_connection_count',
    eachListener(({ open }) => open),
  );
  registry.observe(
    'kafka_server_socket_server_metrics_connection_creation_total',
    eachListener(({ accepted }) => accepted),
  );
  registry.gauge(
    'kafka_network_requestchannel_requestqueuesize',
    () => server()?.memory.requests ?? 0,
  );
  const usedBytes = (): number => server()?.memory.bytes ?? 0;
  registry.gauge('kafka_network_socketserver_memorypoolused', usedBytes);
  registry.gauge('kafka_network_socketserver_memorypoolavailable', () => {
    const limit = maxBytes();
    return limit < 0 ? Infinity : Math.max(0, limit - usedBytes());
  });
  registry.gauge('kafka_network_socketserver_expiredconnectionskilledcount', () => 0);
}

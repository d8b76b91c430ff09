/** Listeners, connections, sockets and request queues. */
import { string, int, long, choice, INT_MAX } from '../setting';

export const NETWORK_SETTINGS = {
  'advertised.listeners': string(
    null,
    'Endpoints written to ZooKeeper and Metadata; default = listeners.',
    { dynamic: 'broker' },
  ),
  'background.threads': int(10, 'Threads of the general scheduler.', {
    min: 1,
    dynamic: 'cluster',
  }),
  'connections.max.idle.ms': long(600_000, 'Idle connection timeout.'),
  'control.plane.listener.name': string(null, 'Separate listener for controller requests.'),
  'inter.broker.listener.name': string(null, 'Listener for broker traffic.'),
  'listener.security.protocol.map': string(
    'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
    'Listener name → protocol.',
    { dynamic: 'broker' },
  ),
  listeners: string('PLAINTEXT://:9092', 'Bind addresses; name://host:port list.', {
    dynamic: 'broker',
  }),
  'max.connection.creation.rate': int(
    INT_MAX,
    'Accept rate per broker (also per listener prefix).',
    { min: 0, dynamic: 'cluster' },
  ),
  'max.connections': int(INT_MAX, 'Connections per broker.', { min: 0, dynamic: 'cluster' }),
  'max.connections.per.ip': int(INT_MAX, 'Per address.', { min: 0, dynamic: 'cluster' }),
  'max.connections.per.ip.overrides': string('', 'Host:count list.', { dynamic: 'cluster' }),
  'num.io.threads': int(8, 'Request handler threads; also fetch cache shards base.', {
    min: 1,
    dynamic: 'cluster',
  }),
  'num.network.threads': int(3, 'Network threads per listener.', { min: 1, dynamic: 'cluster' }),
  'queued.max.request.bytes': long(-1, 'Bytes queued; −1 off.'),
  'queued.max.requests': int(500, 'Request queue length.', { min: 1 }),
  'request.timeout.ms': int(30_000, 'Outgoing request timeout.'),
  'security.inter.broker.protocol': choice(
    ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'],
    'PLAINTEXT',
    'Exclusive with inter.broker.listener.name.',
  ),
  'socket.connection.setup.timeout.max.ms': long(30_000, 'Connect timeout ceiling.'),
  'socket.connection.setup.timeout.ms': long(10_000, 'First connect timeout.'),
  'socket.listen.backlog.size': int(50, 'Accept backlog.', { min: 1 }),
  'socket.receive.buffer.bytes': int(102_400, 'SO_RCVBUF; −1 OS.'),
  'socket.request.max.bytes': int(104_857_600, 'Largest request frame.', { min: 1 }),
  'socket.send.buffer.bytes': int(102_400, 'SO_SNDBUF.'),
};

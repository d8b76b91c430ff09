/** Listeners, connections, sockets and request queues. */
import { string, int, long, choice, INT_MAX } from '../setting';

export const NETWORK_SETTINGS = {
  'advertised.listeners': string(
    null,
    'Addresses told to clients and brokers; those of listeners where not set.',
    { dynamic: 'broker' },
  ),
  'background.threads': int(
    10,
    "Threads for background work; kept for Kafka's files, has no effect.",
    {
      min: 1,
      dynamic: 'cluster',
    },
  ),
  'connections.max.idle.ms': long(600_000, 'Idle time after which a connection is closed.'),
  'control.plane.listener.name': string(null, 'Listener for requests of the controller only.'),
  'inter.broker.listener.name': string(null, 'Listener for requests of other brokers.'),
  'listener.security.protocol.map': string(
    'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
    'Security protocol of each listener name.',
    { dynamic: 'broker' },
  ),
  listeners: string(
    'PLAINTEXT://:9092',
    'Addresses to listen on: NAME://host:port, separated by commas.',
    {
      dynamic: 'broker',
    },
  ),
  'max.connection.creation.rate': int(INT_MAX, 'New connections accepted per second.', {
    min: 0,
    dynamic: 'cluster',
  }),
  'max.connections': int(INT_MAX, 'Most connections of a broker.', { min: 0, dynamic: 'cluster' }),
  'max.connections.per.ip': int(INT_MAX, 'Most connections from one address.', {
    min: 0,
    dynamic: 'cluster',
  }),
  'max.connections.per.ip.overrides': string(
    '',
    'Most connections from single addresses: address:count, separated by commas.',
    { dynamic: 'cluster' },
  ),
  'num.io.threads': int(8, 'Request handlers; has no effect: one thread serves all requests.', {
    min: 1,
    dynamic: 'cluster',
  }),
  'num.network.threads': int(3, 'Network threads; has no effect: one thread serves all sockets.', {
    min: 1,
    dynamic: 'cluster',
  }),
  'queued.max.request.bytes': long(-1, 'Bytes of requests that may wait; -1 for no limit.'),
  'queued.max.requests': int(500, 'Requests that may wait.', { min: 1 }),
  'request.timeout.ms': int(30_000, 'How long an answer of another broker may take.'),
  'security.inter.broker.protocol': choice(
    ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'],
    'PLAINTEXT',
    'Security protocol among brokers, where inter.broker.listener.name is not set.',
  ),
  'socket.connection.setup.timeout.max.ms': long(
    30_000,
    'Longest time to wait for a connection, after several attempts.',
  ),
  'socket.connection.setup.timeout.ms': long(
    10_000,
    'Time to wait for a connection at the first attempt.',
  ),
  'socket.listen.backlog.size': int(50, 'Connections that may wait to be accepted.', { min: 1 }),
  'socket.receive.buffer.bytes': int(
    102_400,
    'Receive buffer of a socket; has no effect: Node leaves it to the system.',
  ),
  'socket.request.max.bytes': int(104_857_600, 'Largest request.', { min: 1 }),
  'socket.send.buffer.bytes': int(
    102_400,
    'Send buffer of a socket; has no effect: Node leaves it to the system.',
  ),
};

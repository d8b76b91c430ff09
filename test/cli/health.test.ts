/** `odradek health` as the health check of a container runs it. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { startCluster } from '../../src/cluster';
import type { Cluster } from '../../src/cluster';
import { odradek } from '../builders/odradek-process';

let cluster: Cluster;
let server: Server;

beforeAll(async () => {
  cluster = await startCluster({ brokers: 1, metricsPort: 0 });
  server = createServer((request, response) => {
    const status = request.url === '/health/ready' ? 503 : 404;
    response.writeHead(status).end('{"status":"not ready"}\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await cluster.stop();
});

const metrics = (): string => `127.0.0.1:${String(cluster.brokers[0]?.metricsPort)}`;
const unready = (): string => `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
const nobody = (): string => '127.0.0.1:1';

test.each`
  args                                                               | code | output                                                          | because
  ${() => ['--metrics', metrics()]}                                  | ${0} | ${/^\{"status":"ready","broker":1\}\n$/}                        | ${'it is ready'}
  ${() => ['--url', `http://${metrics()}/health/ready`]}             | ${0} | ${/^\{"status":"ready","broker":1\}\n$/}                        | ${'that is the same page'}
  ${() => ['--metrics', metrics(), '--live']}                        | ${0} | ${/^\{"status":"live","broker":1\}\n$/}                         | ${'it lives'}
  ${() => ['--bootstrap-server', cluster.bootstrapServers]}          | ${0} | ${/^127\.0\.0\.1:\d+ serves, with 1 broker\(s\)\n$/}            | ${'any Kafka can be asked'}
  ${() => ['--metrics', unready()]}                                  | ${3} | ${/^\{"status":"not ready"\}\n$/}                               | ${'it says that it is not'}
  ${() => ['--metrics', unready(), '--live']}                        | ${1} | ${/^odradek: http:\S+\/health\/live answers 404/}               | ${'that is no broker'}
  ${() => ['--metrics', nobody()]}                                   | ${1} | ${/^odradek: cannot get http:\S+ ?.*ECONNREFUSED/}              | ${'nobody is there'}
  ${() => ['--bootstrap-server', nobody()]}                          | ${1} | ${/^odradek: cannot connect to 127\.0\.0\.1:1: .*ECONNREFUSED/} | ${'nobody is there'}
  ${() => ['--bootstrap-server', 'here']}                            | ${1} | ${/^odradek: here is not of the form host:port/}                | ${'that is no address'}
  ${() => ['--metrics', 'a b']}                                      | ${1} | ${/^odradek: http:\/\/a b\/\S+ is no address of a page/}        | ${'that is no address'}
  ${() => ['--metrics', metrics(), '--url', `http://${metrics()}/`]} | ${1} | ${/^odradek: give one of/}                                      | ${'one is enough'}
`('code $code, because $because', async ({ args, code, output }) => {
  const outcome = await odradek('health', ...(args as () => string[])());
  expect(outcome.stdout + outcome.stderr).toMatch(output as RegExp);
  expect(outcome.code).toBe(code);
});

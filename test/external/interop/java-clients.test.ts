/** The Java producer, consumer and admin clients of Apache Kafka 3.9.1. */
import { join } from 'node:path';

import { javaArguments } from '../../builders/kafka';
import { run } from '../../builders/process';
import { useCluster } from './one-cluster';

const cluster = useCluster();

test('admin, producer, and consumers in groups that rebalance, commit and resume', async () => {
  const source = join(__dirname, 'java', 'ClientsCheck.java');
  const output = await run('java', javaArguments(source, [cluster().bootstrapServers]), {
    timeoutMs: 300_000,
  });
  expect(output).toContain('all checks passed');
}, 330_000);

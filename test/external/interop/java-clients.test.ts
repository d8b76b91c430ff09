/** The Java producer, consumer and admin clients of Apache Kafka 3.9.1. */
import { join } from 'node:path';

import { javaArguments } from '../../builders/kafka';
import { run } from '../../builders/process';
import { useCluster } from './one-cluster';

const cluster = useCluster();

async function check(javaClass: string): Promise<string> {
  const source = join(__dirname, 'java', `${javaClass}.java`);
  return run('java', javaArguments(source, [cluster().bootstrapServers]), { timeoutMs: 300_000 });
}

test('admin, producer, and consumers in groups that rebalance, commit and resume', async () => {
  expect(await check('ClientsCheck')).toContain('all checks passed');
}, 330_000);

test('single answers and refusals are those of Kafka 3.9.1', async () => {
  expect(await check('AnswersCheck')).toContain('all answers as expected');
}, 330_000);

/** kafka-python and confluent-kafka do what their users write. */
import { join } from 'node:path';

import { run } from '../../builders/process';
import { PYTHON, useCluster } from './one-cluster';

const cluster = useCluster();

test.each([['kafka_python_samples.py'], ['confluent_samples.py']])(
  '%s',
  async (script) => {
    const output = await run(PYTHON, [join(__dirname, script), cluster().bootstrapServers], {
      timeoutMs: 150_000,
    });
    expect(output).toContain('all samples work');
  },
  180_000,
);

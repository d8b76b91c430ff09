import { consumeScenario } from '../consume-scenario.mjs';
import { dropFromPageCache } from '../page-cache.mjs';

export const consumeCold = consumeScenario({
  name: 'consume-cold',
  title:
    'Consume: 2 GB from disk, 1 KB records, dropped from the page cache (posix_fadvise) before',
  passes: 2,
  prepare: (cluster) => dropFromPageCache(`${cluster.logDirectory(0)}/bench-0`),
});

import { produceScenario } from '../produce-scenario.mjs';

export const produce1k = produceScenario({
  name: 'produce-1k',
  title: 'Produce: 1 KB records, 1 partition, acks=1',
  partitions: 1,
  load: { records: 1_000_000, bytes: 1024, properties: { acks: 1 } },
});

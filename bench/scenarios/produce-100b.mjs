import { produceScenario } from '../produce-scenario.mjs';

export const produce100b = produceScenario({
  name: 'produce-100b',
  title: 'Produce: 100-byte records, 6 partitions, acks=1',
  partitions: 6,
  load: { records: 5_000_000, bytes: 100, properties: { acks: 1 } },
});

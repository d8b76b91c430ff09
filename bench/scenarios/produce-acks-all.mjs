import { produceScenario } from '../produce-scenario.mjs';

export const produceAcksAll = produceScenario({
  name: 'produce-acks-all',
  title: 'Produce: 1 KB records, 6 partitions of 3 replicas on 3 brokers, acks=all',
  brokers: 3,
  partitions: 6,
  load: { records: 500_000, bytes: 1024, properties: { acks: 'all' } },
});

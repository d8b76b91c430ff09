import { consumeScenario } from '../consume-scenario.mjs';

export const consumeHot = consumeScenario({
  name: 'consume-hot',
  title: 'Consume: 2 GB just produced, 1 KB records, all of it in the page cache',
  passes: 3,
  prepare: () => undefined,
});

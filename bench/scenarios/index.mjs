/** All scenarios, in the order in which they run. */
import { compaction } from './compaction.mjs';
import { connections2000 } from './connections-2000.mjs';
import { consumeCold } from './consume-cold.mjs';
import { consumeHot } from './consume-hot.mjs';
import { create500 } from './create-500.mjs';
import { latency } from './latency.mjs';
import { produce100b } from './produce-100b.mjs';
import { produce1k } from './produce-1k.mjs';
import { produceAcksAll } from './produce-acks-all.mjs';
import { restart2000 } from './restart-2000.mjs';
import { start } from './start.mjs';

export const SCENARIOS = [
  start,
  produce1k,
  produce100b,
  produceAcksAll,
  consumeHot,
  consumeCold,
  latency,
  create500,
  restart2000,
  connections2000,
  compaction,
];

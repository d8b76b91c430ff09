import { monitorEventLoopDelay } from 'node:perf_hooks';

import type { LoopDelay, LoopDelayWatch, ProcessMonitor, ProcessUsage } from '../ports';

const MICROSECONDS = 1e6;
const NANOSECONDS = 1e9;
/** How often the event loop is asked. A longer stop is seen whole, a shorter one only if it falls on the moment. */
const RESOLUTION_MS = 10;

function usage(): ProcessUsage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    cpuUserSeconds: user / MICROSECONDS,
    cpuSystemSeconds: system / MICROSECONDS,
    residentBytes: rss,
    heapUsedBytes: heapUsed,
    externalBytes: external,
  };
}

function watchLoopDelay(): LoopDelayWatch {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  // What is measured is the time between two looks, which is never less than the resolution.
  const lateness = (nanoseconds: number): number =>
    Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS / 1000);
  return {
    read(): LoopDelay {
      const isEmpty = histogram.count === 0;
      const delay = {
        p50Seconds: isEmpty ? 0 : lateness(histogram.percentile(50)),
        p99Seconds: isEmpty ? 0 : lateness(histogram.percentile(99)),
        maxSeconds: isEmpty ? 0 : lateness(histogram.max),
      };
      histogram.reset();
      return delay;
    },
    stop: () => {
      histogram.disable();
    },
  };
}

/** This process, as the operating system and V8 see it. */
export const nodeProcess: ProcessMonitor = { usage, watchLoopDelay };

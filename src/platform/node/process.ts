import { readdirSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

import type {
  DiskTraffic,
  LoopDelay,
  LoopDelayWatch,
  LoopTime,
  ProcessMonitor,
  ProcessUsage,
} from '../ports';

const MICROSECONDS = 1e6;
const NANOSECONDS = 1e9;
/** How often the event loop is asked. A longer stop is seen whole, a shorter one only if it falls on the moment. */
const RESOLUTION_MS = 10;

function usage(): ProcessUsage {
  const { user, system } = process.cpuUsage();
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  return {
    startedMs: performance.timeOrigin,
    nodeVersion: process.version,
    cpuUserSeconds: user / MICROSECONDS,
    cpuSystemSeconds: system / MICROSECONDS,
    residentBytes: rss,
    heapTotalBytes: heapTotal,
    heapUsedBytes: heapUsed,
    externalBytes: external,
  };
}

function loopTime(): LoopTime {
  const { idle, active } = performance.eventLoopUtilization();
  return { idleMs: idle, activeMs: active };
}

/** What `read` gives, if this system has a procfs and lets this process look into it. */
function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Linux alone keeps these counts (`org.apache.kafka.server.metrics.LinuxIoMetricsCollector`). */
function diskTraffic(): DiskTraffic | undefined {
  return unlessMissing(() => {
    const text = readFileSync('/proc/self/io', 'latin1');
    const valueOf = (name: string): number =>
      Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? NaN);
    return { readBytes: valueOf('read_bytes'), writtenBytes: valueOf('write_bytes') };
  });
}

function openFileDescriptors(): number | undefined {
  return unlessMissing(() => readdirSync('/proc/self/fd').length);
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
        p90Seconds: isEmpty ? 0 : lateness(histogram.percentile(90)),
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
export const nodeProcess: ProcessMonitor = {
  usage,
  loopTime,
  diskTraffic,
  openFileDescriptors,
  watchLoopDelay,
};

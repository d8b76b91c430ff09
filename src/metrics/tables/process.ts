/** The process that the broker runs in, under the names that the clients of Prometheus use. */
import { plain } from '../metric-spec';

export const PROCESS_METRICS = {
  process_cpu_seconds_total: plain.counter('CPU time, user and system together.'),
  process_cpu_user_seconds_total: plain.counter('CPU time of the program.'),
  process_cpu_system_seconds_total: plain.counter('CPU time of the system for the program.'),
  process_resident_memory_bytes: plain.gauge('Resident memory of the process.'),
  process_start_time_seconds: plain.gauge('When the process began, in seconds since the epoch.'),
  process_open_fds: plain.gauge('Open file descriptors; Linux only.'),
  nodejs_version_info: plain.gauge('Always 1; the version of Node.js.', 'version'),
  nodejs_heap_size_total_bytes: plain.gauge('The heap of JavaScript objects, with its free parts.'),
  nodejs_heap_size_used_bytes: plain.gauge('JavaScript objects on the heap.'),
  nodejs_external_memory_bytes: plain.gauge('Buffers outside of the heap.'),
  nodejs_eventloop_lag_p50_seconds: plain.gauge(
    'How late the event loop was, since the metrics were read last: the median.',
  ),
  nodejs_eventloop_lag_p90_seconds: plain.gauge('The same: 90 of 100 times it was less.'),
  nodejs_eventloop_lag_p99_seconds: plain.gauge('The same: 99 of 100 times it was less.'),
  nodejs_eventloop_lag_max_seconds: plain.gauge('The same: the longest delay.'),
  nodejs_eventloop_utilization: plain.gauge(
    'Share of time, 0 to 1, in which the event loop was busy, over about the last minute.',
  ),
};

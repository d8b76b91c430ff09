/** What lies on disk, and what is done to it. */
import { bean, plain } from '../metric-spec';

const LOG = 'kafka.log:type=Log';
const CLEANER = 'kafka.log:type=LogCleaner';
const CLEANER_MANAGER = 'kafka.log:type=LogCleanerManager';
const MANAGER = 'kafka.log:type=LogManager';

export const STORAGE_METRICS = {
  kafka_log_log_size: bean.gauge(
    `${LOG},name=Size,topic=*,partition=*`,
    'Bytes of all segments of the log.',
  ),
  kafka_log_log_numlogsegments: bean.gauge(
    `${LOG},name=NumLogSegments,topic=*,partition=*`,
    'Segments of the log.',
  ),
  kafka_log_log_logstartoffset: bean.gauge(
    `${LOG},name=LogStartOffset,topic=*,partition=*`,
    'Where the log starts.',
  ),
  kafka_log_log_logendoffset: bean.gauge(
    `${LOG},name=LogEndOffset,topic=*,partition=*`,
    'The offset of the next record.',
  ),
  kafka_log_logflushstats_logflushrateandtimems: bean.summary(
    'kafka.log:type=LogFlushStats,name=LogFlushRateAndTimeMs',
    'How long a flush of a log took.',
  ),
  kafka_log_logmanager_offlinelogdirectorycount: bean.gauge(
    `${MANAGER},name=OfflineLogDirectoryCount`,
    'Failed log directories.',
  ),
  kafka_log_logmanager_logdirectoryoffline: bean.gauge(
    `${MANAGER},name=LogDirectoryOffline,logDirectory=*`,
    '1 for a log directory that failed.',
  ),
  kafka_log_logmanager_remaininglogstorecover: bean.gauge(
    `${MANAGER},name=remainingLogsToRecover,dir=*`,
    'Logs still to be loaded at the start (KIP-831).',
  ),
  kafka_log_logmanager_remainingsegmentstorecover: bean.gauge(
    `${MANAGER},name=remainingSegmentsToRecover,dir=*,threadNum=*`,
    'Segments still to be checked in the log that each worker recovers (KIP-831).',
  ),
  kafka_log_logcleaner_max_buffer_utilization_percent: bean.gauge(
    `${CLEANER},name=max-buffer-utilization-percent`,
    'How full the map of keys was in the last compaction, in percent.',
  ),
  kafka_log_logcleaner_cleaner_recopy_percent: bean.gauge(
    `${CLEANER},name=cleaner-recopy-percent`,
    'Bytes that the last compaction left, in percent of those it read.',
  ),
  kafka_log_logcleaner_max_clean_time_secs: bean.gauge(
    `${CLEANER},name=max-clean-time-secs`,
    'How long the last compaction took.',
  ),
  kafka_log_logcleaner_deadthreadcount: bean.gauge(
    `${CLEANER},name=DeadThreadCount`,
    'Always 0: a compaction that fails takes its log out, not the cleaner.',
  ),
  kafka_log_logcleanermanager_max_dirty_percent: bean.gauge(
    `${CLEANER_MANAGER},name=max-dirty-percent`,
    'How much of the dirtiest log was never compacted, in percent, when the cleaner last looked.',
  ),
  kafka_log_logcleanermanager_time_since_last_run_ms: bean.gauge(
    `${CLEANER_MANAGER},name=time-since-last-run-ms`,
    'Since the cleaner last looked for logs to compact.',
  ),
  kafka_log_logcleanermanager_uncleanable_partitions_count: bean.gauge(
    `${CLEANER_MANAGER},name=uncleanable-partitions-count,logDirectory=*`,
    'Logs that are damaged and cannot be compacted.',
  ),
  kafka_log_logcleanermanager_uncleanable_bytes: bean.gauge(
    `${CLEANER_MANAGER},name=uncleanable-bytes,logDirectory=*`,
    'Bytes of logs that are damaged and cannot be compacted.',
  ),
  odradek_storage_damaged_batches_total: plain.counter(
    'Batches found damaged on disk, and not served.',
  ),
  odradek_storage_logs: plain.gauge('Logs in use.'),
  odradek_storage_open_files: plain.gauge('Segment and index files held open.'),
  odradek_storage_buffer_bytes: plain.gauge(
    'Memory held for the tails of logs and for file reads.',
  ),
};

/**
 * What clients send and take, over all topics and by topic (`kafka.server.BrokerTopicStats`). Counts of a topic live
 * as long as a partition of it is hosted here; only names of hosted partitions may be given.
 */
import type { MetricName } from '../metrics/catalogue';
import type { Counter, MetricsRegistry, Sample } from '../metrics/registry';
import type { BatchFlaw } from '../storage/types';

/** Plain numbers: they are added to with every request. */
class TopicCounts {
  messagesIn = 0;
  bytesIn = 0;
  bytesOut = 0;
  bytesRejected = 0;
  totalProduceRequests = 0;
  failedProduceRequests = 0;
  totalFetchRequests = 0;
  failedFetchRequests = 0;
  produceMessageConversions = 0;
  fetchMessageConversions = 0;
}

const SHOWN: Readonly<Record<keyof TopicCounts, MetricName>> = {
  messagesIn: 'kafka_server_brokertopicmetrics_messagesin_total',
  bytesIn: 'kafka_server_brokertopicmetrics_bytesin_total',
  bytesOut: 'kafka_server_brokertopicmetrics_bytesout_total',
  bytesRejected: 'kafka_server_brokertopicmetrics_bytesrejected_total',
  totalProduceRequests: 'kafka_server_brokertopicmetrics_totalproducerequests_total',
  failedProduceRequests: 'kafka_server_brokertopicmetrics_failedproducerequests_total',
  totalFetchRequests: 'kafka_server_brokertopicmetrics_totalfetchrequests_total',
  failedFetchRequests: 'kafka_server_brokertopicmetrics_failedfetchrequests_total',
  produceMessageConversions: 'kafka_server_brokertopicmetrics_producemessageconversions_total',
  fetchMessageConversions: 'kafka_server_brokertopicmetrics_fetchmessageconversions_total',
};

type Flaw = BatchFlaw | 'checksum';

export class Traffic {
  readonly #all = new TopicCounts();
  readonly #topics = new Map<string, TopicCounts>();
  readonly #replicationBytesOut: Counter;
  readonly #reassignmentBytesOut: Counter;
  readonly #flaws: Readonly<Record<Flaw, Counter>>;

  constructor(registry: MetricsRegistry) {
    for (const [field, name] of Object.entries(SHOWN) as [keyof TopicCounts, MetricName][]) {
      registry.observe(name, () => this.#samples(field));
    }
    const counter = (
      name:
        | 'replicationbytesout'
        | 'reassignmentbytesout'
        | 'nokeycompactedtopicrecords'
        | 'invalidmagicnumberrecords'
        | 'invalidmessagecrcrecords'
        | 'invalidoffsetorsequencerecords',
    ): Counter => registry.counter(`kafka_server_brokertopicmetrics_${name}_total`);
    this.#replicationBytesOut = counter('replicationbytesout');
    this.#reassignmentBytesOut = counter('reassignmentbytesout');
    this.#flaws = {
      noKey: counter('nokeycompactedtopicrecords'),
      magic: counter('invalidmagicnumberrecords'),
      checksum: counter('invalidmessagecrcrecords'),
      offsetOrSequence: counter('invalidoffsetorsequencerecords'),
    };
  }

  /** No partition of the topic is here any more. */
  forget(topic: string): void {
    this.#topics.delete(topic);
  }

  /** A producer wants to append to a partition. */
  noteProduce(topic: string): void {
    this.#all.totalProduceRequests++;
    this.#of(topic).totalProduceRequests++;
  }

  noteAppended(topic: string, records: number, bytes: number): void {
    const counts = this.#of(topic);
    this.#all.messagesIn += records;
    this.#all.bytesIn += bytes;
    counts.messagesIn += records;
    counts.bytesIn += bytes;
  }

  noteRejected(topic: string, bytes: number): void {
    this.#all.bytesRejected += bytes;
    this.#of(topic).bytesRejected += bytes;
  }

  noteFailedProduce(topic: string): void {
    this.#all.failedProduceRequests++;
    this.#of(topic).failedProduceRequests++;
  }

  noteProduceConversions(topic: string, records: number): void {
    this.#all.produceMessageConversions += records;
    this.#of(topic).produceMessageConversions += records;
  }

  /** A consumer or a follower wants to read a partition. */
  noteFetch(topic: string): void {
    this.#all.totalFetchRequests++;
    this.#of(topic).totalFetchRequests++;
  }

  noteFailedFetch(topic: string): void {
    this.#all.failedFetchRequests++;
    this.#of(topic).failedFetchRequests++;
  }

  noteFetchConversions(topic: string, records: number): void {
    this.#all.fetchMessageConversions += records;
    this.#of(topic).fetchMessageConversions += records;
  }

  /** To a consumer. */
  noteSent(topic: string, bytes: number): void {
    this.#all.bytesOut += bytes;
    this.#of(topic).bytesOut += bytes;
  }

  /** To a follower; `isMoving` if a reassignment brings it in. */
  noteReplicated(bytes: number, isMoving: boolean): void {
    this.#replicationBytesOut.add(bytes);
    if (isMoving) this.#reassignmentBytesOut.add(bytes);
  }

  /** An append was refused for what is wrong with its batch. */
  noteFlaw(flaw: Flaw): void {
    this.#flaws[flaw].add();
  }

  #of(topic: string): TopicCounts {
    let counts = this.#topics.get(topic);
    if (!counts) {
      counts = new TopicCounts();
      this.#topics.set(topic, counts);
    }
    return counts;
  }

  *#samples(field: keyof TopicCounts): Iterable<Sample> {
    yield { labels: [], value: this.#all[field] };
    for (const [topic, counts] of this.#topics) yield { labels: [topic], value: counts[field] };
  }
}

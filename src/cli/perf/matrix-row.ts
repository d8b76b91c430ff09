/** One measurement of a matrix, on a topic of its own that is made before and deleted after it. */
import { randomBytes } from 'node:crypto';

import type { GivenSettings } from '../../perf/client/settings';
import { deleteTopic, ensureTopic } from '../../perf/client/topics';
import type { Sizes } from '../../perf/matrix/csv';
import type { Point } from '../../perf/matrix/plan';
import { produceFigures } from '../../perf/measure/produce-figures';
import type { ProduceFigures, ProduceResult } from '../../perf/measure/produce-figures';
import type { ProduceJob } from '../../perf/measure/produce-load';
import type { Progress } from '../../perf/measure/progress';
import { nodePlatform } from '../../platform/node';
import { shares } from './arguments';
import { startClients } from './client-process';
import type { RunningClients } from './client-process';
import { withView } from './topic';

export interface RowSettings {
  readonly bootstrapServer: string;
  /** Records a second, −1 for no limit. */
  readonly throughput: number;
  /** Of the producer, beside those that the matrix gives. */
  readonly set: GivenSettings;
  readonly sizes: Sizes;
  readonly warmupRecords: number;
  readonly point: Point;
}

export class MatrixRowRun {
  #load: RunningClients<ProduceResult> | undefined;
  #isStopped = false;
  readonly #topic = `odradek-perf-${randomBytes(6).toString('hex')}`;

  constructor(private readonly settings: RowSettings) {}

  stop(): void {
    this.#isStopped = true;
    this.#load?.stop();
  }

  async measure(onProgress: (progress: Progress) => void): Promise<ProduceFigures> {
    const { point } = this.settings;
    return withView(this.settings, async (view) => {
      await ensureTopic(nodePlatform(), view, {
        topic: this.#topic,
        partitions: Number(point.partitions),
        replicationFactor: Number(point.replicas),
      });
      try {
        this.#load = startClients('produce', this.#jobs(), onProgress);
        if (this.#isStopped) this.#load.stop();
        const results = await this.#load.result;
        return produceFigures(results.map(({ measured }) => measured));
      } finally {
        await deleteTopic(view, this.#topic);
      }
    });
  }

  #jobs(): ProduceJob[] {
    const { point, sizes, warmupRecords, throughput, set, bootstrapServer } = this.settings;
    const threads = Number(point.threads);
    const warmups = shares(warmupRecords, threads);
    return shares(sizes.records, threads).map((records, index) => ({
      bootstrap: bootstrapServer,
      topic: this.#topic,
      records,
      warmupRecords: warmups[index] ?? 0,
      throughput: throughput === -1 ? undefined : throughput / threads,
      payload: { kind: 'random', sizeBytes: sizes.recordBytes },
      settings: {
        ...set,
        'batch.size': String(sizes.batchBytes),
        acks: point.acks,
        'linger.ms': point['linger.ms'],
        'compression.type': point.compression,
      },
    }));
  }
}

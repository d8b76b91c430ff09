/** The codecs that kafkajs leaves to others, so that `consume` reads what any producer wrote. */
import type { CompressionCodecs } from 'kafkajs';

import { compress, decompress } from '../protocol/records/compression';

/** More than any batch that a broker with default settings accepts can hold. */
const LARGEST_BATCH_BYTES = 2 ** 30;

/** By the ids that batches carry. */
const CODECS = { 2: 'snappy', 3: 'lz4', 4: 'zstd' } as const;

export function addCodecs(codecs: typeof CompressionCodecs): void {
  const table: Record<number, () => unknown> = codecs;
  for (const [id, codec] of Object.entries(CODECS)) {
    table[Number(id)] = () => ({
      compress: (encoder: { readonly buffer: Buffer }) =>
        Promise.resolve(compress(codec, encoder.buffer)),
      decompress: (data: Buffer) => Promise.resolve(decompress(codec, data, LARGEST_BATCH_BYTES)),
    });
  }
}

/** Moves of partitions as people write them: `orders:0=2,3`, or the file that kafka-reassign-partitions takes. */
import type { Move } from '../../admin/partitions';
import { OperatorError } from '../failure';

const MOVE = /^([^:=]+):(\d+)=(\d+(?:,\d+)*)$/;

/** Throws an `OperatorError`. */
export function parseMove(text: string): Move {
  const [, topic, partition, replicas = ''] = MOVE.exec(text) ?? [];
  if (topic === undefined)
    throw new OperatorError(`"${text}" is no move: topic:partition=broker,broker is needed`);
  return { topic, partition: Number(partition), replicas: replicas.split(',').map(Number) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function moveOf(entry: unknown): Move | undefined {
  if (!isRecord(entry)) return undefined;
  const { topic, partition, replicas } = entry;
  const isWhole =
    typeof topic === 'string' && isId(partition) && Array.isArray(replicas) && replicas.every(isId);
  return isWhole ? { topic, partition, replicas } : undefined;
}

/** `{"version":1,"partitions":[{"topic":…,"partition":…,"replicas":[…]}]}`. Throws an `OperatorError`. */
export function parseMoveFile(text: string, source: string): Move[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new OperatorError(`${source} is not JSON`, { cause: error });
  }
  const entries: unknown = isRecord(content) ? content['partitions'] : undefined;
  if (!Array.isArray(entries) || entries.length === 0)
    throw new OperatorError(`${source} lists no partitions`);
  return entries.map((entry: unknown, index) => {
    const move = moveOf(entry);
    if (move) return move;
    throw new OperatorError(
      `${source}: entry ${String(index + 1)} of "partitions" needs topic, partition and replicas`,
    );
  });
}

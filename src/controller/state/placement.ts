/**
 * Where replicas go. The rule of the whole design: sort the alive brokers, and put replica j of partition i
 * on broker (i + j) mod n. With racks the sorted list is first interleaved by rack, so that neighbours in
 * it, and with them the replicas of a partition, lie in different racks.
 */

export interface PlacementBroker {
  readonly id: number;
  readonly rack: string | null;
}

export interface PlacementRequest {
  readonly brokers: readonly PlacementBroker[];
  readonly partitionCount: number;
  readonly replicationFactor: number;
  /** The number of partitions that the topic has already; new ones continue there. */
  readonly startPartition?: number;
}

/** Replicas by partition id, or why there is no placement: an error of the protocol with its message. */
export type Placement =
  | { readonly assignment: ReadonlyMap<number, readonly number[]> }
  | PlacementRefusal;

export interface PlacementRefusal {
  readonly error:
    | 'INVALID_PARTITIONS'
    | 'INVALID_REPLICATION_FACTOR'
    | 'INVALID_REPLICA_ASSIGNMENT'
    | 'INVALID_REQUEST'
    | 'REASSIGNMENT_IN_PROGRESS';
  readonly message: string;
}

/** Places `partitionCount` partitions from `startPartition` on. */
export function placeReplicas(request: PlacementRequest): Placement {
  const { partitionCount, replicationFactor, startPartition = 0 } = request;
  const brokers = placementOrder(request.brokers);
  if (partitionCount <= 0)
    return refuse('INVALID_PARTITIONS', 'Number of partitions must be larger than 0.');
  if (replicationFactor <= 0) {
    return refuse('INVALID_REPLICATION_FACTOR', 'Replication factor must be larger than 0.');
  }
  if (replicationFactor > brokers.length) {
    return refuse(
      'INVALID_REPLICATION_FACTOR',
      `Replication factor: ${String(replicationFactor)} larger than available brokers: ${String(brokers.length)}.`,
    );
  }
  const assignment = new Map<number, number[]>();
  for (
    let partition = startPartition;
    partition < startPartition + partitionCount;
    partition += 1
  ) {
    const replicas = Array.from(
      { length: replicationFactor },
      (_, replica) => brokers[(partition + replica) % brokers.length] as number,
    );
    assignment.set(partition, replicas);
  }
  return { assignment };
}

export function refuse(error: PlacementRefusal['error'], message: string): PlacementRefusal {
  return { error, message };
}

/**
 * Broker ids in the order in which they are dealt: sorted, or, once any broker has a rack, one of each rack
 * in turn (racks by name, each rack's ids ascending; brokers without a rack count as one more rack).
 */
export function placementOrder(brokers: readonly PlacementBroker[]): readonly number[] {
  const racks = new Map<string, number[]>();
  for (const { id, rack } of [...brokers].sort((a, b) => a.id - b.id)) {
    const name = rack ?? '';
    racks.set(name, [...(racks.get(name) ?? []), id]);
  }
  const names = [...racks.keys()].sort();
  const longest = Math.max(0, ...[...racks.values()].map((ids) => ids.length));
  const rounds = Array.from({ length: longest }, (_, round) =>
    names.map((name) => racks.get(name)?.[round]),
  );
  return rounds.flat().filter((id) => id !== undefined);
}

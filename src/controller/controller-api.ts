/** What brokers and clients may ask of the controller: each request runs as one event of its queue. */
import { errorCode } from '../protocol/errors';
import type { ErrorName } from '../protocol/errors';
import type {
  ControlledShutdownRequest,
  ControlledShutdownResponse,
} from '../protocol/messages/07-controlled-shutdown';
import type { AlterPartitionReassignmentsRequest } from '../protocol/messages/45-alter-partition-reassignments';
import type { ListPartitionReassignmentsRequest } from '../protocol/messages/46-list-partition-reassignments';
import type { AlterPartitionRequest } from '../protocol/messages/56-alter-partition';
import type { AllocateProducerIdsRequest } from '../protocol/messages/67-allocate-producer-ids';
import type { InputOf } from '../protocol/schema';
import type { TopicPartition } from '../protocol/topic-partition';
import { refuseProducerIds } from './active-controller';
import type { ActiveController, ProducerIdsAnswer } from './active-controller';
import { refuseElections } from './elections';
import type { ElectionResult } from './elections';
import { refuseAlterPartition } from './isr-changes';
import type { AlterPartitionAnswer } from './isr-changes';
import {
  alterReassignments,
  listReassignments,
  refuseAlterReassignments,
  refuseListReassignments,
} from './reassignment-requests';
import type { AlterReassignmentsAnswer, ReassignmentsAnswer } from './reassignment-requests';
import type { ElectionType } from './state/requested-election';

/** One request to the controller. */
export interface Question<T> {
  /** For logs. */
  readonly name: string;
  readonly answer: (active: ActiveController) => Promise<T>;
  readonly refuse: (error: ErrorName) => T;
  /** What a broker answers that is not, or no longer, the controller. */
  readonly notController: ErrorName;
}

type ShutdownAnswer = InputOf<typeof ControlledShutdownResponse>;

export abstract class ControllerApi {
  /** Answers as an event of the controller's queue. */
  protected abstract ask<T>(question: Question<T>): Promise<T>;

  /** A leader changes ISRs. `version` is the request's: it names topics and ISR members differently. */
  alterPartition(request: AlterPartitionRequest, version: number): Promise<AlterPartitionAnswer> {
    return this.ask({
      name: 'AlterPartition',
      answer: (active) => active.isrChanges.alterPartition(request, version),
      refuse: refuseAlterPartition,
      notController: 'NOT_CONTROLLER',
    });
  }

  allocateProducerIds(request: AllocateProducerIdsRequest): Promise<ProducerIdsAnswer> {
    return this.ask({
      name: 'AllocateProducerIds',
      answer: (active) => active.allocateProducerIds(request),
      refuse: refuseProducerIds,
      notController: 'NOT_CONTROLLER',
    });
  }

  /** A broker wants to stop; while partitions remain it asks again. */
  controlledShutdown(request: ControlledShutdownRequest): Promise<ShutdownAnswer> {
    return this.ask<ShutdownAnswer>({
      name: 'ControlledShutdown',
      answer: async (active) => {
        const { error, remaining } = await active.brokers.shutDown(
          request.brokerId,
          request.brokerEpoch,
        );
        const names = remaining.map(({ topic, partition }) => ({
          topicName: topic.name,
          partitionIndex: partition,
        }));
        return { errorCode: errorCode(error), remainingPartitions: names };
      },
      refuse: (error) => ({ errorCode: errorCode(error), remainingPartitions: [] }),
      notController: 'STALE_CONTROLLER_EPOCH',
    });
  }

  /** Elects leaders that an operator asks for; resolves when they are written, before brokers know them. */
  electLeaders(
    partitions: readonly TopicPartition[],
    type: ElectionType,
  ): Promise<readonly ElectionResult[]> {
    return this.ask({
      name: 'ReplicaLeaderElection',
      answer: (active) => active.elections.electRequested(partitions, type),
      refuse: (error) => refuseElections(partitions, error),
      notController: 'NOT_CONTROLLER',
    });
  }

  /** Moves partitions; resolves when the moves have begun, long before they end. */
  alterPartitionReassignments(
    request: AlterPartitionReassignmentsRequest,
  ): Promise<AlterReassignmentsAnswer> {
    return this.ask({
      name: 'ApiPartitionReassignment',
      answer: (active) => alterReassignments(active.reassignments, request),
      refuse: refuseAlterReassignments,
      notController: 'NOT_CONTROLLER',
    });
  }

  listPartitionReassignments(
    request: ListPartitionReassignmentsRequest,
  ): Promise<ReassignmentsAnswer> {
    return this.ask({
      name: 'ListPartitionReassignments',
      answer: async (active) => listReassignments(active.tenure.context, request),
      refuse: refuseListReassignments,
      notController: 'NOT_CONTROLLER',
    });
  }
}

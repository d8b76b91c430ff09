/**
 * What a broker has for as long as it is the controller: an epoch, the context, the channels to the brokers.
 * Begun by a won election and thrown away whole on resignation, so that nothing of it can leak into the next.
 */
import type { Clock, Log } from '../platform/ports';
import { errorName } from '../protocol/errors';
import type { LeaderAndIsrResponse } from '../protocol/messages/04-leader-and-isr';
import type { StopReplicaResponse } from '../protocol/messages/05-stop-replica';
import { ControllerMovedError } from '../zookeeper/errors';
import type { ControllerEpoch, ControllerFence } from '../zookeeper/types';
import { Channels } from './channels';
import type { ControllerEvent } from './event-queue';
import type { ControllerConfig, ControllerStore, PeerConnector } from './ports';
import { ControllerContext } from './state/context';
import type { PartitionContext } from './state/context';
import { RequestBatch } from './state/request-batch';
import type { BrokerRequest, StopReplicaPartition } from './state/request-batch';
import { StateChanges } from './state-changes';
import {
  clusterMetadata,
  LEADER_AND_ISR,
  leaderAndIsrRequest,
  STOP_REPLICA,
  stopReplicaRequest,
  UPDATE_METADATA,
  updateMetadataRequest,
} from './wire';
import type { ClusterMetadata, ControlHeader } from './wire';

export interface TenureOptions {
  readonly brokerId: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: ControllerStore;
  readonly config: ControllerConfig;
  readonly peers: PeerConnector;
  /** A random id for a topic that has none yet. */
  readonly newTopicId: () => string;
  readonly put: (event: ControllerEvent) => void;
}

/** Who acts on what brokers answer; set by the active controller. */
export interface ResponseHandlers {
  onLeaderAndIsr(broker: number, response: LeaderAndIsrResponse): void;
  /** Only for requests that delete replicas. */
  onReplicasDeleted(
    broker: number,
    partitions: readonly StopReplicaPartition[],
    response: StopReplicaResponse,
  ): void;
  onOverflow(broker: number): void;
}

export class Tenure {
  readonly epoch: number;
  readonly context = new ControllerContext();
  readonly channels: Channels;
  readonly log: Log;
  readonly stateChanges: StateChanges;
  /** Unclean elections so far: each may have lost records. */
  uncleanElections = 0;
  responses: ResponseHandlers | undefined;
  readonly #options: TenureOptions;
  readonly #fence: ControllerFence;
  #isOver = false;
  #onEnd: () => void = () => undefined;

  constructor(elected: ControllerEpoch, options: TenureOptions) {
    this.epoch = elected.epoch;
    this.#fence = { epochZkVersion: elected.epochZkVersion };
    this.#options = options;
    this.log = options.log;
    this.stateChanges = new StateChanges(options.log, elected.epoch);
    this.channels = new Channels({
      clock: options.clock,
      log: this.log,
      peers: options.peers,
      clientId: String(options.brokerId),
      targetOf: (broker) => this.#endpointOf(broker),
      connectTimeoutMs: () => options.config.values['controller.socket.timeout.ms'],
      requestTimeoutMs: () => options.config.values['request.timeout.ms'],
      onOverflow: (broker) => this.responses?.onOverflow(broker),
    });
  }

  get store(): ControllerStore {
    return this.#options.store;
  }

  get config(): ControllerConfig {
    return this.#options.config;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  newTopicId(): string {
    return this.#options.newTopicId();
  }

  /**
   * For every write: ZooKeeper refuses it once another broker was elected. A tenure that has ended refuses
   * by itself, even while no other broker was elected yet.
   */
  get fence(): ControllerFence {
    if (this.#isOver) throw new ControllerMovedError(this.#fence.epochZkVersion);
    return this.#fence;
  }

  /** Queues an event of this tenure; it does not run if the tenure is over by then. */
  put(name: string, run: () => Promise<void> | void): void {
    this.#options.put({ name, run: () => (this.#isOver ? undefined : run()) });
  }

  newBatch(): RequestBatch {
    return new RequestBatch(this.context);
  }

  send(batch: RequestBatch): void {
    if (this.#isOver) return;
    let metadata: ClusterMetadata | undefined;
    for (const request of batch.requests()) {
      if (request.kind === 'UpdateMetadata') {
        metadata ??= clusterMetadata(request.partitions, this.context.brokers.values());
        this.#sendMetadata(request.broker, metadata);
      } else this.#send(request);
    }
  }

  /** Tells all brokers which brokers there are and who is controller. */
  sendBrokerList(brokers: Iterable<number> = this.context.brokers.keys()): void {
    this.sendMetadata(brokers, []);
  }

  sendMetadata(brokers: Iterable<number>, partitions: Iterable<PartitionContext>): void {
    const batch = this.newBatch();
    batch.addUpdateMetadata(brokers, partitions);
    this.send(batch);
  }

  /** Runs when the tenure ends; the last given takes the place of the one before. */
  onEnd(task: () => void): void {
    this.#onEnd = task;
  }

  end(): void {
    this.#isOver = true;
    this.channels.close();
    this.#onEnd();
  }

  #send(request: Exclude<BrokerRequest, { kind: 'UpdateMetadata' }>): void {
    const { broker } = request;
    if (request.kind === 'LeaderAndIsr') {
      this.channels.send(broker, {
        api: LEADER_AND_ISR,
        message: leaderAndIsrRequest(
          this.#header(broker),
          request.partitions,
          this.context,
          this.#listener,
        ),
        onResponse: (response) => this.#onLeaderAndIsr(broker, response),
      });
      return;
    }
    const deleted = request.partitions.filter(({ deletePartition }) => deletePartition);
    this.channels.send(broker, {
      api: STOP_REPLICA,
      message: stopReplicaRequest(this.#header(broker), request.partitions),
      onResponse: (response) => {
        this.#warnOfRefusal('StopReplica', broker, response.errorCode);
        if (deleted.length > 0) this.responses?.onReplicasDeleted(broker, deleted, response);
      },
    });
  }

  #sendMetadata(broker: number, metadata: ClusterMetadata): void {
    this.channels.send(broker, {
      api: UPDATE_METADATA,
      message: updateMetadataRequest(this.#header(broker), metadata),
      onResponse: ({ errorCode }) => this.#warnOfRefusal('UpdateMetadata', broker, errorCode),
    });
  }

  #onLeaderAndIsr(broker: number, response: LeaderAndIsrResponse): void {
    this.#warnOfRefusal('LeaderAndIsr', broker, response.errorCode);
    this.responses?.onLeaderAndIsr(broker, response);
  }

  #warnOfRefusal(request: string, broker: number, code: number): void {
    const error = errorName(code);
    if (error !== 'NONE') this.log.warn(`broker refused ${request}`, { receiver: broker, error });
  }

  #header(broker: number): ControlHeader {
    return {
      controllerId: this.#options.brokerId,
      controllerEpoch: this.epoch,
      brokerEpoch: this.context.brokers.get(broker)?.epoch ?? -1,
    };
  }

  get #listener(): string {
    const { controlPlaneListenerName, interBrokerListenerName } = this.#options.config;
    return controlPlaneListenerName ?? interBrokerListenerName;
  }

  #endpointOf(broker: number) {
    return this.context.brokers.get(broker)?.endpoints.find(({ name }) => name === this.#listener);
  }
}

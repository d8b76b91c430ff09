/** How long events of the controller wait and take, by Kafka's `ControllerState`; and which of them runs now. */
import type { MetricName } from '../metrics/catalogue';
import type { Histogram } from '../metrics/histogram';
import type { MetricsRegistry } from '../metrics/registry';
import type { Clock } from '../platform/ports';

interface State {
  /** As Kafka numbers it. */
  readonly value: number;
  readonly metric: MetricName;
  /** The events that the controller is in this state for. */
  readonly events: readonly string[];
}

const IDLE = 0;

const STATES: readonly State[] = [
  {
    value: 1,
    metric: 'kafka_controller_controllerstats_controllerchangerateandtimems',
    events: ['Startup', 'Reelect', 'ControllerChange', 'Expire', 'RegisterBrokerAndReelect'],
  },
  {
    value: 2,
    metric: 'kafka_controller_controllerstats_leaderelectionrateandtimems',
    events: ['BrokerChange', 'BrokerModifications', 'ChannelOverflow'],
  },
  {
    value: 3,
    metric: 'kafka_controller_controllerstats_topicchangerateandtimems',
    events: ['TopicChange', 'PartitionModifications'],
  },
  {
    value: 4,
    metric: 'kafka_controller_controllerstats_topicdeletionrateandtimems',
    events: ['TopicDeletion', 'TopicDeletionStopReplicaResponseReceived'],
  },
  {
    value: 5,
    metric: 'kafka_controller_controllerstats_partitionreassignmentrateandtimems',
    events: [
      'ZkPartitionReassignment',
      'ApiPartitionReassignment',
      'PartitionReassignmentIsrChange',
    ],
  },
  {
    value: 6,
    metric: 'kafka_controller_controllerstats_autoleaderbalancerateandtimems',
    events: ['AutoPreferredReplicaLeaderElection'],
  },
  {
    value: 7,
    metric: 'kafka_controller_controllerstats_manualleaderbalancerateandtimems',
    events: ['PreferredElection', 'ReplicaLeaderElection'],
  },
  {
    value: 8,
    metric: 'kafka_controller_controllerstats_controlledshutdownrateandtimems',
    events: ['ControlledShutdown'],
  },
  {
    value: 9,
    metric: 'kafka_controller_controllerstats_isrchangerateandtimems',
    events: ['IsrChangeNotification', 'AlterPartition'],
  },
  {
    value: 10,
    metric: 'kafka_controller_controllerstats_leaderandisrresponsereceivedrateandtimems',
    events: ['LeaderAndIsrResponseReceived'],
  },
  {
    value: 11,
    metric: 'kafka_controller_controllerstats_logdirchangerateandtimems',
    events: ['LogDirEventNotification'],
  },
  {
    value: 13,
    metric: 'kafka_controller_controllerstats_uncleanleaderelectionenablerateandtimems',
    events: ['UncleanLeaderElectionEnable'],
  },
  {
    value: 14,
    metric: 'kafka_controller_controllerstats_topicuncleanleaderelectionenablerateandtimems',
    events: ['TopicUncleanLeaderElectionEnable'],
  },
  {
    value: 15,
    metric: 'kafka_controller_controllerstats_listpartitionreassignmentrateandtimems',
    events: ['ListPartitionReassignments'],
  },
];

interface KnownEvent {
  readonly state: number;
  readonly time: Histogram;
}

export class EventTimes {
  readonly #events = new Map<string, KnownEvent>();
  readonly #queueTime: Histogram;
  #state = IDLE;

  constructor(
    registry: MetricsRegistry,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {
    this.#queueTime = registry.timer('kafka_controller_controllereventmanager_eventqueuetimems');
    for (const { value, metric, events } of STATES) {
      const time = registry.timer(metric);
      for (const name of events) this.#events.set(name, { state: value, time });
    }
    registry.gauge('kafka_controller_kafkacontroller_controllerstate', () => this.#state);
  }

  nowMs(): number {
    return this.clock.monotonicMs();
  }

  /** The event `name`, which was put at `putMs`, runs from now on. Returns what to call when it has ended. */
  begin(name: string, putMs: number): () => void {
    const event = this.#events.get(name);
    const startMs = this.nowMs();
    this.#queueTime.note(startMs - putMs);
    this.#state = event?.state ?? IDLE;
    return () => {
      event?.time.note(this.nowMs() - startMs);
      this.#state = IDLE;
    };
  }
}

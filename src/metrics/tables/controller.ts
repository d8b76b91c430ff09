/** What the controller sees and does; all 0 on brokers that are not the controller. */
import { bean } from '../metric-spec';

const CONTROLLER = 'kafka.controller:type=KafkaController';
const STATS = 'kafka.controller:type=ControllerStats';
const CHANNELS = 'kafka.controller:type=ControllerChannelManager';

const eventTime = (name: string, of: string) =>
  bean.summary(`${STATS},name=${name}RateAndTimeMs`, `How long the controller works on ${of}.`);

export const CONTROLLER_METRICS = {
  kafka_controller_kafkacontroller_activecontrollercount: bean.gauge(
    `${CONTROLLER},name=ActiveControllerCount`,
    '1 on the broker that is the controller.',
  ),
  kafka_controller_kafkacontroller_activebrokercount: bean.gauge(
    `${CONTROLLER},name=ActiveBrokerCount`,
    'Registered brokers.',
  ),
  kafka_controller_kafkacontroller_fencedbrokercount: bean.gauge(
    `${CONTROLLER},name=FencedBrokerCount`,
    'Always 0: with ZooKeeper no broker is fenced.',
  ),
  kafka_controller_kafkacontroller_offlinepartitionscount: bean.gauge(
    `${CONTROLLER},name=OfflinePartitionsCount`,
    'Partitions without a leader.',
  ),
  kafka_controller_kafkacontroller_preferredreplicaimbalancecount: bean.gauge(
    `${CONTROLLER},name=PreferredReplicaImbalanceCount`,
    'Partitions that are not led by their first replica.',
  ),
  kafka_controller_kafkacontroller_globaltopiccount: bean.gauge(
    `${CONTROLLER},name=GlobalTopicCount`,
    'Topics of the cluster.',
  ),
  kafka_controller_kafkacontroller_globalpartitioncount: bean.gauge(
    `${CONTROLLER},name=GlobalPartitionCount`,
    'Partitions of the cluster.',
  ),
  kafka_controller_kafkacontroller_topicstodeletecount: bean.gauge(
    `${CONTROLLER},name=TopicsToDeleteCount`,
    'Topics that are being deleted.',
  ),
  kafka_controller_kafkacontroller_replicastodeletecount: bean.gauge(
    `${CONTROLLER},name=ReplicasToDeleteCount`,
    'Replicas of those topics that are not deleted yet.',
  ),
  kafka_controller_kafkacontroller_topicsineligibletodeletecount: bean.gauge(
    `${CONTROLLER},name=TopicsIneligibleToDeleteCount`,
    'Topics whose deletion waits for a broker.',
  ),
  kafka_controller_kafkacontroller_replicasineligibletodeletecount: bean.gauge(
    `${CONTROLLER},name=ReplicasIneligibleToDeleteCount`,
    'Replicas whose deletion waits for their broker.',
  ),
  kafka_controller_kafkacontroller_controllerstate: bean.gauge(
    `${CONTROLLER},name=ControllerState`,
    'What the controller works on: 0 nothing, else the number of its state (ControllerState of Kafka).',
  ),
  kafka_controller_controllerstats_uncleanleaderelections_total: bean.counter(
    `${STATS},name=UncleanLeaderElectionsPerSec`,
    'Leaders elected although they were not in sync: each may have lost records.',
  ),
  kafka_controller_controllerstats_leaderelectionrateandtimems: eventTime(
    'LeaderElection',
    'brokers that come and go, with the elections that follow',
  ),
  kafka_controller_controllerstats_controllerchangerateandtimems: eventTime(
    'ControllerChange',
    'its own election and what a new controller has to read',
  ),
  kafka_controller_controllerstats_topicchangerateandtimems: eventTime(
    'TopicChange',
    'new topics and partitions',
  ),
  kafka_controller_controllerstats_topicdeletionrateandtimems: eventTime(
    'TopicDeletion',
    'the deletion of topics',
  ),
  kafka_controller_controllerstats_partitionreassignmentrateandtimems: eventTime(
    'PartitionReassignment',
    'reassignments',
  ),
  kafka_controller_controllerstats_autoleaderbalancerateandtimems: eventTime(
    'AutoLeaderBalance',
    'the periodic return to preferred leaders',
  ),
  kafka_controller_controllerstats_manualleaderbalancerateandtimems: eventTime(
    'ManualLeaderBalance',
    'elections on request',
  ),
  kafka_controller_controllerstats_controlledshutdownrateandtimems: eventTime(
    'ControlledShutdown',
    'brokers that stop',
  ),
  kafka_controller_controllerstats_isrchangerateandtimems: eventTime(
    'IsrChange',
    'changes of in-sync replicas',
  ),
  kafka_controller_controllerstats_leaderandisrresponsereceivedrateandtimems: eventTime(
    'LeaderAndIsrResponseReceived',
    'answers to LeaderAndIsr',
  ),
  kafka_controller_controllerstats_logdirchangerateandtimems: eventTime(
    'LogDirChange',
    'failed log directories',
  ),
  kafka_controller_controllerstats_uncleanleaderelectionenablerateandtimems: eventTime(
    'UncleanLeaderElectionEnable',
    'unclean elections that became allowed for all topics',
  ),
  kafka_controller_controllerstats_topicuncleanleaderelectionenablerateandtimems: eventTime(
    'TopicUncleanLeaderElectionEnable',
    'unclean elections that became allowed for a topic',
  ),
  kafka_controller_controllerstats_listpartitionreassignmentrateandtimems: eventTime(
    'ListPartitionReassignment',
    'questions about reassignments',
  ),
  kafka_controller_controllereventmanager_eventqueuesize: bean.gauge(
    'kafka.controller:type=ControllerEventManager,name=EventQueueSize',
    'Events that wait.',
  ),
  kafka_controller_controllereventmanager_eventqueuetimems: bean.summary(
    'kafka.controller:type=ControllerEventManager,name=EventQueueTimeMs',
    'How long an event waits for those before it.',
  ),
  kafka_controller_controllerchannelmanager_totalqueuesize: bean.gauge(
    `${CHANNELS},name=TotalQueueSize`,
    'Requests of the controller that brokers have not answered.',
  ),
  kafka_controller_controllerchannelmanager_queuesize: bean.gauge(
    `${CHANNELS},name=QueueSize,broker-id=*`,
    'The same, by broker.',
  ),
};

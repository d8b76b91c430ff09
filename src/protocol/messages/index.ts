/** All APIs that this broker knows, by key. Other code imports a message from its own file. */
import type { MessageSpec } from '../schema';
import { ProduceRequest, ProduceResponse } from './00-produce';
import { FetchRequest, FetchResponse } from './01-fetch';
import { ListOffsetsRequest, ListOffsetsResponse } from './02-list-offsets';
import { MetadataRequest, MetadataResponse } from './03-metadata';
import { LeaderAndIsrRequest, LeaderAndIsrResponse } from './04-leader-and-isr';
import { StopReplicaRequest, StopReplicaResponse } from './05-stop-replica';
import { UpdateMetadataRequest, UpdateMetadataResponse } from './06-update-metadata';
import { ControlledShutdownRequest, ControlledShutdownResponse } from './07-controlled-shutdown';
import { OffsetCommitRequest, OffsetCommitResponse } from './08-offset-commit';
import { OffsetFetchRequest, OffsetFetchResponse } from './09-offset-fetch';
import { FindCoordinatorRequest, FindCoordinatorResponse } from './10-find-coordinator';
import { JoinGroupRequest, JoinGroupResponse } from './11-join-group';
import { HeartbeatRequest, HeartbeatResponse } from './12-heartbeat';
import { LeaveGroupRequest, LeaveGroupResponse } from './13-leave-group';
import { SyncGroupRequest, SyncGroupResponse } from './14-sync-group';
import { DescribeGroupsRequest, DescribeGroupsResponse } from './15-describe-groups';
import { ListGroupsRequest, ListGroupsResponse } from './16-list-groups';
import { SaslHandshakeRequest, SaslHandshakeResponse } from './17-sasl-handshake';
import { ApiVersionsRequest, ApiVersionsResponse } from './18-api-versions';
import { CreateTopicsRequest, CreateTopicsResponse } from './19-create-topics';
import { DeleteTopicsRequest, DeleteTopicsResponse } from './20-delete-topics';
import { DeleteRecordsRequest, DeleteRecordsResponse } from './21-delete-records';
import { InitProducerIdRequest, InitProducerIdResponse } from './22-init-producer-id';
import {
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
} from './23-offset-for-leader-epoch';
import { AddPartitionsToTxnRequest, AddPartitionsToTxnResponse } from './24-add-partitions-to-txn';
import { AddOffsetsToTxnRequest, AddOffsetsToTxnResponse } from './25-add-offsets-to-txn';
import { EndTxnRequest, EndTxnResponse } from './26-end-txn';
import { WriteTxnMarkersRequest, WriteTxnMarkersResponse } from './27-write-txn-markers';
import { TxnOffsetCommitRequest, TxnOffsetCommitResponse } from './28-txn-offset-commit';
import { DescribeAclsRequest, DescribeAclsResponse } from './29-describe-acls';
import { CreateAclsRequest, CreateAclsResponse } from './30-create-acls';
import { DeleteAclsRequest, DeleteAclsResponse } from './31-delete-acls';
import { DescribeConfigsRequest, DescribeConfigsResponse } from './32-describe-configs';
import { AlterConfigsRequest, AlterConfigsResponse } from './33-alter-configs';
import {
  AlterReplicaLogDirsRequest,
  AlterReplicaLogDirsResponse,
} from './34-alter-replica-log-dirs';
import { DescribeLogDirsRequest, DescribeLogDirsResponse } from './35-describe-log-dirs';
import { SaslAuthenticateRequest, SaslAuthenticateResponse } from './36-sasl-authenticate';
import { CreatePartitionsRequest, CreatePartitionsResponse } from './37-create-partitions';
import {
  CreateDelegationTokenRequest,
  CreateDelegationTokenResponse,
} from './38-create-delegation-token';
import {
  RenewDelegationTokenRequest,
  RenewDelegationTokenResponse,
} from './39-renew-delegation-token';
import {
  ExpireDelegationTokenRequest,
  ExpireDelegationTokenResponse,
} from './40-expire-delegation-token';
import {
  DescribeDelegationTokenRequest,
  DescribeDelegationTokenResponse,
} from './41-describe-delegation-token';
import { DeleteGroupsRequest, DeleteGroupsResponse } from './42-delete-groups';
import { ElectLeadersRequest, ElectLeadersResponse } from './43-elect-leaders';
import {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from './44-incremental-alter-configs';
import {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from './45-alter-partition-reassignments';
import {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from './46-list-partition-reassignments';
import { OffsetDeleteRequest, OffsetDeleteResponse } from './47-offset-delete';
import {
  DescribeClientQuotasRequest,
  DescribeClientQuotasResponse,
} from './48-describe-client-quotas';
import { AlterClientQuotasRequest, AlterClientQuotasResponse } from './49-alter-client-quotas';
import {
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse,
} from './50-describe-user-scram-credentials';
import {
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse,
} from './51-alter-user-scram-credentials';
import { AlterPartitionRequest, AlterPartitionResponse } from './56-alter-partition';
import { UpdateFeaturesRequest, UpdateFeaturesResponse } from './57-update-features';
import { EnvelopeRequest, EnvelopeResponse } from './58-envelope';
import { DescribeClusterRequest, DescribeClusterResponse } from './60-describe-cluster';
import { DescribeProducersRequest, DescribeProducersResponse } from './61-describe-producers';
import {
  DescribeTransactionsRequest,
  DescribeTransactionsResponse,
} from './65-describe-transactions';
import { ListTransactionsRequest, ListTransactionsResponse } from './66-list-transactions';
import {
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
} from './67-allocate-producer-ids';
import {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from './68-consumer-group-heartbeat';
import {
  ConsumerGroupDescribeRequest,
  ConsumerGroupDescribeResponse,
} from './69-consumer-group-describe';

export interface ApiSpec {
  readonly name: string;
  readonly request: MessageSpec;
  readonly response: MessageSpec;
  /** Lowest and highest version, both included. */
  readonly versions: readonly [number, number];
}

function api(name: string, request: MessageSpec, response: MessageSpec): ApiSpec {
  return { name, request, response, versions: request.versions };
}

export const API_SPECS: ReadonlyMap<number, ApiSpec> = new Map([
  [0, api('Produce', ProduceRequest, ProduceResponse)],
  [1, api('Fetch', FetchRequest, FetchResponse)],
  [2, api('ListOffsets', ListOffsetsRequest, ListOffsetsResponse)],
  [3, api('Metadata', MetadataRequest, MetadataResponse)],
  [4, api('LeaderAndIsr', LeaderAndIsrRequest, LeaderAndIsrResponse)],
  [5, api('StopReplica', StopReplicaRequest, StopReplicaResponse)],
  [6, api('UpdateMetadata', UpdateMetadataRequest, UpdateMetadataResponse)],
  [7, api('ControlledShutdown', ControlledShutdownRequest, ControlledShutdownResponse)],
  [8, api('OffsetCommit', OffsetCommitRequest, OffsetCommitResponse)],
  [9, api('OffsetFetch', OffsetFetchRequest, OffsetFetchResponse)],
  [10, api('FindCoordinator', FindCoordinatorRequest, FindCoordinatorResponse)],
  [11, api('JoinGroup', JoinGroupRequest, JoinGroupResponse)],
  [12, api('Heartbeat', HeartbeatRequest, HeartbeatResponse)],
  [13, api('LeaveGroup', LeaveGroupRequest, LeaveGroupResponse)],
  [14, api('SyncGroup', SyncGroupRequest, SyncGroupResponse)],
  [15, api('DescribeGroups', DescribeGroupsRequest, DescribeGroupsResponse)],
  [16, api('ListGroups', ListGroupsRequest, ListGroupsResponse)],
  [17, api('SaslHandshake', SaslHandshakeRequest, SaslHandshakeResponse)],
  [18, api('ApiVersions', ApiVersionsRequest, ApiVersionsResponse)],
  [19, api('CreateTopics', CreateTopicsRequest, CreateTopicsResponse)],
  [20, api('DeleteTopics', DeleteTopicsRequest, DeleteTopicsResponse)],
  [21, api('DeleteRecords', DeleteRecordsRequest, DeleteRecordsResponse)],
  [22, api('InitProducerId', InitProducerIdRequest, InitProducerIdResponse)],
  [23, api('OffsetForLeaderEpoch', OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse)],
  [24, api('AddPartitionsToTxn', AddPartitionsToTxnRequest, AddPartitionsToTxnResponse)],
  [25, api('AddOffsetsToTxn', AddOffsetsToTxnRequest, AddOffsetsToTxnResponse)],
  [26, api('EndTxn', EndTxnRequest, EndTxnResponse)],
  [27, api('WriteTxnMarkers', WriteTxnMarkersRequest, WriteTxnMarkersResponse)],
  [28, api('TxnOffsetCommit', TxnOffsetCommitRequest, TxnOffsetCommitResponse)],
  [29, api('DescribeAcls', DescribeAclsRequest, DescribeAclsResponse)],
  [30, api('CreateAcls', CreateAclsRequest, CreateAclsResponse)],
  [31, api('DeleteAcls', DeleteAclsRequest, DeleteAclsResponse)],
  [32, api('DescribeConfigs', DescribeConfigsRequest, DescribeConfigsResponse)],
  [33, api('AlterConfigs', AlterConfigsRequest, AlterConfigsResponse)],
  [34, api('AlterReplicaLogDirs', AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse)],
  [35, api('DescribeLogDirs', DescribeLogDirsRequest, DescribeLogDirsResponse)],
  [36, api('SaslAuthenticate', SaslAuthenticateRequest, SaslAuthenticateResponse)],
  [37, api('CreatePartitions', CreatePartitionsRequest, CreatePartitionsResponse)],
  [38, api('CreateDelegationToken', CreateDelegationTokenRequest, CreateDelegationTokenResponse)],
  [39, api('RenewDelegationToken', RenewDelegationTokenRequest, RenewDelegationTokenResponse)],
  [40, api('ExpireDelegationToken', ExpireDelegationTokenRequest, ExpireDelegationTokenResponse)],
  [
    41,
    api('DescribeDelegationToken', DescribeDelegationTokenRequest, DescribeDelegationTokenResponse),
  ],
  [42, api('DeleteGroups', DeleteGroupsRequest, DeleteGroupsResponse)],
  [43, api('ElectLeaders', ElectLeadersRequest, ElectLeadersResponse)],
  [
    44,
    api('IncrementalAlterConfigs', IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse),
  ],
  [
    45,
    api(
      'AlterPartitionReassignments',
      AlterPartitionReassignmentsRequest,
      AlterPartitionReassignmentsResponse,
    ),
  ],
  [
    46,
    api(
      'ListPartitionReassignments',
      ListPartitionReassignmentsRequest,
      ListPartitionReassignmentsResponse,
    ),
  ],
  [47, api('OffsetDelete', OffsetDeleteRequest, OffsetDeleteResponse)],
  [48, api('DescribeClientQuotas', DescribeClientQuotasRequest, DescribeClientQuotasResponse)],
  [49, api('AlterClientQuotas', AlterClientQuotasRequest, AlterClientQuotasResponse)],
  [
    50,
    api(
      'DescribeUserScramCredentials',
      DescribeUserScramCredentialsRequest,
      DescribeUserScramCredentialsResponse,
    ),
  ],
  [
    51,
    api(
      'AlterUserScramCredentials',
      AlterUserScramCredentialsRequest,
      AlterUserScramCredentialsResponse,
    ),
  ],
  [56, api('AlterPartition', AlterPartitionRequest, AlterPartitionResponse)],
  [57, api('UpdateFeatures', UpdateFeaturesRequest, UpdateFeaturesResponse)],
  [58, api('Envelope', EnvelopeRequest, EnvelopeResponse)],
  [60, api('DescribeCluster', DescribeClusterRequest, DescribeClusterResponse)],
  [61, api('DescribeProducers', DescribeProducersRequest, DescribeProducersResponse)],
  [65, api('DescribeTransactions', DescribeTransactionsRequest, DescribeTransactionsResponse)],
  [66, api('ListTransactions', ListTransactionsRequest, ListTransactionsResponse)],
  [67, api('AllocateProducerIds', AllocateProducerIdsRequest, AllocateProducerIdsResponse)],
  [
    68,
    api('ConsumerGroupHeartbeat', ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse),
  ],
  [69, api('ConsumerGroupDescribe', ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse)],
]);

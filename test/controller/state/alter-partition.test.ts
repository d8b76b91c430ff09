import { decideIsrChange } from '../../../src/controller/state/alter-partition';
import type { IsrChange } from '../../../src/controller/state/alter-partition';
import type { PartitionState } from '../../../src/zookeeper/types';

/** The partition as the controller knows it, and a request that fits it; rows change what matters to them. */
const KNOWN: PartitionState = {
  leader: 1,
  leaderEpoch: 5,
  isr: [1, 2],
  controllerEpoch: 3,
  recovering: false,
  zkVersion: 7,
};
const REQUEST: IsrChange = {
  isr: [1, 2, 3],
  brokerEpochs: new Map(),
  leaderEpoch: 5,
  partitionEpoch: 7,
  recovering: false,
};
/** Under which all brokers are registered. */
const BROKER_EPOCH = 60;
const joining3 = (epoch: number) => ({ brokerEpochs: new Map([[3, epoch]]) });

interface Row {
  readonly request: Partial<IsrChange>;
  readonly known: Partial<PartitionState> | undefined;
  readonly sender: number;
  readonly version: number;
}

function decide({ request, known, sender, version }: Row) {
  return decideIsrChange(
    { ...REQUEST, ...request },
    {
      sender,
      version,
      controllerEpoch: 4,
      current: known && { ...KNOWN, ...known },
      replicas: [1, 2, 3, 4],
      isLive: (broker, epoch = BROKER_EPOCH) => broker !== 4 && epoch === BROKER_EPOCH,
    },
  );
}

test.each`
  request                                  | known                             | sender | version | error                           | because
  ${{}}                                    | ${undefined}                      | ${1}   | ${3}    | ${'UNKNOWN_TOPIC_OR_PARTITION'} | ${'the partition never had a leader'}
  ${{ partitionEpoch: 8 }}                 | ${{}}                             | ${1}   | ${3}    | ${'NOT_CONTROLLER'}             | ${'the leader has seen a newer state: there must be a newer controller'}
  ${{ leaderEpoch: 6 }}                    | ${{}}                             | ${1}   | ${3}    | ${'NOT_CONTROLLER'}             | ${'the leader has a newer epoch: there must be a newer controller'}
  ${{ leaderEpoch: 4 }}                    | ${{}}                             | ${1}   | ${3}    | ${'FENCED_LEADER_EPOCH'}        | ${'another leader was elected'}
  ${{ leaderEpoch: 4, partitionEpoch: 6 }} | ${{}}                             | ${1}   | ${3}    | ${'FENCED_LEADER_EPOCH'}        | ${'the leader epoch is checked before the partition epoch'}
  ${{ partitionEpoch: 6 }}                 | ${{}}                             | ${1}   | ${3}    | ${'INVALID_UPDATE_VERSION'}     | ${'the ISR changed since'}
  ${{ recovering: true, isr: [1, 2] }}     | ${{ recovering: true, isr: [1] }} | ${1}   | ${3}    | ${'INVALID_REQUEST'}            | ${'a leader that recovers is alone in the ISR'}
  ${{ recovering: true, isr: [1] }}        | ${{}}                             | ${1}   | ${3}    | ${'INVALID_REQUEST'}            | ${'a leader that has recovered stays so'}
  ${{}}                                    | ${{}}                             | ${2}   | ${3}    | ${'INVALID_REQUEST'}            | ${'only the leader changes the ISR'}
  ${{ isr: [2, 3] }}                       | ${{}}                             | ${1}   | ${3}    | ${'INVALID_REQUEST'}            | ${'the leader is in its ISR'}
  ${{ isr: [1, 9] }}                       | ${{}}                             | ${1}   | ${3}    | ${'INVALID_REQUEST'}            | ${'only assigned replicas are in an ISR'}
  ${{ isr: [1, 4] }}                       | ${{}}                             | ${1}   | ${2}    | ${'INELIGIBLE_REPLICA'}         | ${'a broker that is dead or stopping cannot be in sync'}
  ${joining3(59)}                          | ${{}}                             | ${1}   | ${3}    | ${'INELIGIBLE_REPLICA'}         | ${'it has come back since it caught up (KIP-903)'}
  ${joining3(61)}                          | ${{}}                             | ${1}   | ${3}    | ${'INELIGIBLE_REPLICA'}         | ${'that it came back is not known here yet'}
  ${{ isr: [1, 4] }}                       | ${{}}                             | ${1}   | ${1}    | ${'OPERATION_NOT_ATTEMPTED'}    | ${'version 1 does not know INELIGIBLE_REPLICA'}
`('$request on $known is $error because $because', ({ error, ...row }) => {
  expect(decide(row)).toEqual({ kind: 'refused', error });
});

test.each`
  request                           | known                             | because
  ${{ isr: [1, 2] }}                | ${{}}                             | ${'the ISR is that already'}
  ${{ partitionEpoch: 6 }}          | ${{ isr: [1, 2, 3] }}             | ${'the answer to the first try was lost'}
  ${{ isr: [1], recovering: true }} | ${{ isr: [1], recovering: true }} | ${'it is recovering already'}
`('$request on $known changes nothing because $because', ({ request, known }) => {
  const decision = decide({ request, known, sender: 1, version: 3 });
  expect(decision).toEqual({ kind: 'unchanged', state: { ...KNOWN, ...known } });
});

test.each`
  request                            | known                             | after                              | because
  ${{}}                              | ${{}}                             | ${{ isr: [1, 2, 3] }}              | ${'a follower has caught up'}
  ${joining3(BROKER_EPOCH)}          | ${{}}                             | ${{ isr: [1, 2, 3] }}              | ${'it is still the one that caught up'}
  ${{ isr: [1] }}                    | ${{}}                             | ${{ isr: [1] }}                    | ${'a follower lags'}
  ${{ isr: [1], recovering: false }} | ${{ isr: [1], recovering: true }} | ${{ isr: [1], recovering: false }} | ${'the leader has recovered'}
`('$request on $known writes $after because $because', ({ request, known, after }) => {
  const decision = decide({ request, known, sender: 1, version: 3 });
  expect(decision).toEqual({ kind: 'write', state: { ...KNOWN, ...after, controllerEpoch: 4 } });
});

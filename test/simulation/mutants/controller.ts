/** Bugs of the controller: elections, epochs, ISRs, brokers that come and go. */
import type { Mutant } from './mutant';

export const CONTROLLER_MUTANTS: readonly Mutant[] = [
  {
    name: 'election-outside-the-isr',
    breaks:
      'When no member of the ISR is there, any replica is made leader, though nobody allowed to lose records.',
    patches: [
      {
        file: 'src/controller/state/election.ts',
        find: 'const clean = recipients.find((broker) => isr.includes(broker));',
        replace:
          'const clean = recipients.find((broker) => isr.includes(broker)) ?? recipients[0];',
      },
    ],
    foundBy: ['partition-state'],
    seedsNeeded: 100,
  },
  {
    name: 'leader-epoch-not-raised',
    breaks: 'An election leaves the leader epoch as it is.',
    patches: [
      {
        file: 'src/controller/state/election.ts',
        find: `leader: elected.leader,
    leaderEpoch: before.leaderEpoch + 1,`,
        replace: `leader: elected.leader,
    leaderEpoch: before.leaderEpoch,`,
      },
    ],
    foundBy: ['partition-state', 'acting-leader'],
    seedsNeeded: 30,
  },
  {
    name: 'last-isr-member-removed',
    breaks: 'The last member of an ISR is taken out of it when its broker goes.',
    patches: [
      {
        file: 'src/controller/state/election.ts',
        find: 'isr: before.isr.length === 1 ? before.isr : before.isr.filter',
        replace: 'isr: before.isr.filter',
      },
    ],
    foundBy: ['partition-state'],
    seedsNeeded: 100,
  },
  {
    name: 'bounced-broker-missed',
    breaks:
      'A broker that was gone and came back between two looks of the controller is told nothing.',
    patches: [
      {
        file: 'src/controller/state/broker-change.ts',
        find: 'before !== undefined && epoch > before.epoch',
        replace: 'before !== undefined && epoch < before.epoch',
      },
    ],
    foundBy: ['liveness'],
    seedsNeeded: 100,
  },
  {
    name: 'isr-change-of-an-older-epoch',
    breaks: 'The controller takes an ISR from a leader that does not know the present state.',
    patches: [
      {
        file: 'src/controller/state/alter-partition.ts',
        find: "if (change.leaderEpoch < current.leaderEpoch) return refused('FENCED_LEADER_EPOCH');",
        replace: '',
      },
      {
        file: 'src/controller/state/alter-partition.ts',
        find: "if (change.partitionEpoch < current.zkVersion) return refused('INVALID_UPDATE_VERSION');",
        replace: '',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'dead-broker-in-the-isr',
    breaks: 'The controller lets a leader take a broker into the ISR that is not there any more.',
    patches: [
      {
        file: 'src/controller/state/alter-partition.ts',
        find: 'if (!change.isr.every((broker) => isLive(broker, change.brokerEpochs.get(broker)))) {',
        replace: 'if (change.isr.length === 0) {',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'bounce-between-controllers',
    breaks: 'A new controller takes a leader for what it was though it has come back since.',
    patches: [
      {
        file: 'src/controller/state/unseen-return.ts',
        find: 'if (stayed.length === online.length) return undefined;',
        replace: 'if (isr.length > 0) return undefined;',
      },
    ],
    foundBy: [],
    seedsNeeded: undefined,
  },
  {
    name: 'controller-writes-unfenced',
    breaks: "The controller's writes do not depend on its being the controller still.",
    patches: [
      {
        file: 'src/zookeeper/operations.ts',
        find: 'path, version: fence.epochZkVersion };',
        replace: 'path, version: ANY_VERSION };',
      },
    ],
    foundBy: ['controller-epoch'],
    seedsNeeded: 150,
  },
  {
    name: 'controller-epoch-not-raised',
    breaks: 'A new controller has the epoch of the one before it.',
    patches: [
      {
        file: 'src/zookeeper/election-store.ts',
        find: 'const epoch = before.epoch + 1;',
        replace: 'const epoch = before.epoch;',
      },
    ],
    foundBy: ['controller-epoch'],
    seedsNeeded: 30,
  },
  {
    name: 'no-registration-after-expiry',
    breaks: 'A broker whose session has expired does not register in the new one.',
    patches: [
      {
        file: 'src/controller/controller.ts',
        find: `await this.#options.registerBroker();
`,
        replace: `
`,
      },
    ],
    foundBy: ['liveness'],
    seedsNeeded: 30,
  },
];

import { electAfterReturn } from '../../../src/controller/state/unseen-return';

describe('members of the ISR that came back unseen', () => {
  test.each`
    isr          | leader | live         | returned     | newLeader    | newIsr       | because
    ${[1, 2, 3]} | ${1}   | ${[1, 2, 3]} | ${[1]}       | ${2}         | ${[2, 3]}    | ${'a returned leader makes way for the first that stayed'}
    ${[1, 3]}    | ${1}   | ${[1, 2, 3]} | ${[1]}       | ${3}         | ${[3]}       | ${'only members of the ISR may lead'}
    ${[3, 2, 1]} | ${1}   | ${[1, 2, 3]} | ${[1]}       | ${2}         | ${[3, 2]}    | ${'the order of the assignment decides, not that of the ISR'}
    ${[1, 2, 3]} | ${1}   | ${[1, 2, 3]} | ${[1, 2]}    | ${3}         | ${[3]}       | ${'the last that stayed leads alone'}
    ${[1, 2, 3]} | ${2}   | ${[1, 2, 3]} | ${[1]}       | ${2}         | ${[2, 3]}    | ${'a leader that stayed goes on, preferred or not'}
    ${[1, 2, 3]} | ${1}   | ${[2, 3]}    | ${[2]}       | ${3}         | ${[3]}       | ${'a dead leader is not followed by a returned replica'}
    ${[1, 2, 3]} | ${-1}  | ${[2, 3]}    | ${[2]}       | ${3}         | ${[3]}       | ${'nor is a lost one'}
    ${[1, 2, 3]} | ${1}   | ${[1, 2]}    | ${[2]}       | ${1}         | ${[1]}       | ${'offline members leave with the returned ones'}
    ${[1, 2, 3]} | ${1}   | ${[1, 2, 3]} | ${[1, 2, 3]} | ${1}         | ${[1, 2, 3]} | ${'nobody stayed, a cold start: the leader goes on in a new epoch'}
    ${[1, 2, 3]} | ${1}   | ${[1, 2]}    | ${[1, 2]}    | ${1}         | ${[1, 2]}    | ${'the only one that did not return is dead'}
    ${[1, 2, 3]} | ${3}   | ${[1, 2]}    | ${[1, 2]}    | ${undefined} | ${undefined} | ${'all returned but the leader: the usual election'}
    ${[1]}       | ${1}   | ${[1, 2, 3]} | ${[1]}       | ${1}         | ${[1]}       | ${'the last member has what there is, and may have less than it had'}
    ${[1, 2]}    | ${1}   | ${[1, 2, 3]} | ${[3]}       | ${undefined} | ${undefined} | ${'who returned is not in the ISR'}
    ${[1, 2, 3]} | ${1}   | ${[1, 2, 3]} | ${[]}        | ${undefined} | ${undefined} | ${'nobody returned'}
    ${[1, 2, 3]} | ${3}   | ${[1, 2]}    | ${[]}        | ${undefined} | ${undefined} | ${'a dead leader is for the usual election'}
    ${[1, 9]}    | ${1}   | ${[1, 9]}    | ${[1]}       | ${undefined} | ${undefined} | ${'a leader is always an assigned replica'}
    ${[]}        | ${1}   | ${[1, 2, 3]} | ${[1]}       | ${undefined} | ${undefined} | ${'the ISR is empty'}
  `(
    'ISR $isr led by $leader, $returned returned: $because',
    ({ isr, leader, live, returned, newLeader, newIsr }) => {
      const elected = electAfterReturn({
        assignment: [1, 2, 3],
        isr,
        leader,
        isOnline: (broker) => live.includes(broker),
        hasReturned: (broker) => returned.includes(broker),
      });
      expect([elected?.leader, elected?.isr]).toEqual([newLeader, newIsr]);
    },
  );

  test('the returned ones hear whom to follow', () => {
    const live = [1, 2];
    const elected = electAfterReturn({
      assignment: [1, 2, 3],
      isr: [1, 2, 3],
      leader: 1,
      isOnline: (broker) => live.includes(broker),
      hasReturned: (broker) => broker === 1,
    });
    expect(elected).toMatchObject({ leader: 2, recipients: [1, 2], isUnclean: false });
  });

  test('without followers nobody can have more than the leader', () => {
    const elected = electAfterReturn({
      assignment: [1],
      isr: [1],
      leader: 1,
      isOnline: () => true,
      hasReturned: () => true,
    });
    expect(elected).toBeUndefined();
  });
});

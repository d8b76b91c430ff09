import { partitionsInNeed } from '../../../src/cli/cluster/attention';
import { aPicture, aTopic, someBrokerFacts } from '../../builders/picture';

test.each`
  partition                                            | is
  ${{}}                                                | ${undefined}
  ${{ isr: [1, 2] }}                                   | ${['under-replicated']}
  ${{ isr: [1] }}                                      | ${['under-replicated', 'under-min-isr']}
  ${{ replicas: [1], isr: [1] }}                       | ${undefined}
  ${{ leader: -1, isr: [2] }}                          | ${['offline', 'under-replicated']}
  ${{ leader: 9, isr: [9], replicas: [9] }}            | ${['offline']}
  ${{ adding: [3], replicas: [3, 1, 2], isr: [1, 2] }} | ${['moving']}
  ${{ removing: [3] }}                                 | ${['moving']}
`('$partition is $is', ({ partition, is }) => {
  const topics = [aTopic('t', [partition], { config: { 'min.insync.replicas': '2' } })];
  const [found] = partitionsInNeed(aPicture({ topics }, { brokers: [someBrokerFacts(1)] }));
  expect(found?.is).toEqual(is);
});

import { unreadyReasons } from '../../src/broker/health';
import type { BrokerCondition } from '../../src/broker/health';

const READY: BrokerCondition = {
  phase: 'running',
  remainingLogs: 0,
  isRegistered: true,
  knowsController: true,
};

test.each`
  condition                                          | reasons
  ${{}}                                              | ${[]}
  ${{ phase: 'starting', isRegistered: false }}      | ${['the broker is starting']}
  ${{ phase: 'recovery', remainingLogs: 7 }}         | ${['the logs are being loaded, 7 are left']}
  ${{ phase: 'pendingControlledShutdown' }}          | ${['the broker is stopping']}
  ${{ phase: 'shuttingDown' }}                       | ${['the broker is stopping']}
  ${{ isRegistered: false }}                         | ${['the broker is not registered in ZooKeeper']}
  ${{ knowsController: false }}                      | ${['no controller is known']}
  ${{ isRegistered: false, knowsController: false }} | ${['the broker is not registered in ZooKeeper', 'no controller is known']}
`('$condition: $reasons', ({ condition, reasons }) => {
  expect(unreadyReasons({ ...READY, ...(condition as Partial<BrokerCondition>) })).toEqual(reasons);
});

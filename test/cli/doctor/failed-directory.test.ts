/** The doctor finds the log directory of a running broker that has failed. */
import { examine } from '../../../src/cli/doctor/examine';
import { inspect } from '../../../src/cli/inspect/inspect';
import { nodePlatform } from '../../../src/platform/node';
import {
  fillDirectories,
  loseDirectory,
  startBrokerWithDirectories,
} from '../../builders/broker-with-directories';
import { eventually } from '../../builders/process';

test('one of two log directories has failed', async () => {
  const broker = await startBrokerWithDirectories(['a', 'b']);
  const bootstrap = `127.0.0.1:${String(broker.port)}`;
  const platform = nodePlatform();
  const found = async () => {
    const picture = await inspect({ platform, bootstrap, zookeeperConnect: undefined, watchMs: 0 });
    return examine(picture).filter(({ check }) => /^log-dir|^disks/.test(check));
  };
  try {
    expect(await found()).toEqual([]);
    const [, lost = ''] = broker.directories;
    loseDirectory(lost);
    await fillDirectories(broker);
    const findings = await eventually('it is found', async () => {
      const all = await found();
      return all.length > 0 ? all : undefined;
    });
    expect(findings).toMatchObject([
      {
        severity: 'error',
        check: 'log-dir-offline',
        where: `broker 1, ${lost}`,
        evidence: 'DescribeLogDirs: KAFKA_STORAGE_ERROR',
      },
    ]);
  } finally {
    await broker.stop();
  }
}, 90_000);

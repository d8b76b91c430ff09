/** The column "Kafka" of docs/reference/apis.md, beside what a real broker in ZooKeeper mode advertises. */
import { API_SPECS } from '../../../src/protocol/messages';
import { kafkaTool, startKafkaBroker } from '../../builders/kafka';
import { freePorts, temporaryFolder } from '../../builders/process';
import { startEmbeddedZooKeeper } from '../../builders/zookeeper';

/** `Produce(0): 0 to 11 [usable: 11]` or `ControlledShutdown(7): 3`, as the tool prints them. */
const ADVERTISED = /\w+\((\d+)\): (\d+)(?: to (\d+))? \[usable/g;

test('a Kafka 3.9.1 broker in ZooKeeper mode advertises these APIs and versions', async () => {
  const folder = temporaryFolder('apis');
  const zookeeper = await startEmbeddedZooKeeper();
  const [port = 0] = await freePorts(1);
  const place = { id: 1, port, zookeeper: zookeeper.connectString, folder: folder.path };
  const broker = await startKafkaBroker(place);
  try {
    const server = ['--bootstrap-server', `127.0.0.1:${String(port)}`];
    const output = await kafkaTool('kafka-broker-api-versions', server);
    const advertised = Array.from(output.matchAll(ADVERTISED), ([, key, from, to]) => [
      Number(key),
      [Number(from), Number(to ?? from)],
    ]);
    const known = [...API_SPECS].map(([key, { versions }]) => [key, [...versions]]);
    expect(advertised).toEqual(known);
  } finally {
    broker.signal('SIGKILL');
    await zookeeper.stop();
    folder.remove();
  }
});

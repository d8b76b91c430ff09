import { Traffic } from '../../src/broker/traffic';
import { MetricsRegistry } from '../../src/metrics/registry';

function aTraffic() {
  const registry = new MetricsRegistry();
  const traffic = new Traffic(registry);
  /** Values by topic, '' for all of them; without those that are 0. */
  const shown = (name: string): Record<string, number> => {
    const metric = [...registry.metrics].find(
      (each) => each.name === `kafka_server_brokertopicmetrics_${name}_total`,
    );
    const samples = [...(metric?.read(0) ?? [])].filter(({ value }) => value > 0);
    return Object.fromEntries(samples.map(({ labels, value }) => [labels[0] ?? '', value]));
  };
  return { traffic, shown };
}

test.each`
  what                            | note                                                            | name                                | value
  ${'an append asked for'}        | ${(traffic: Traffic) => traffic.noteProduce('t')}               | ${'totalproducerequests'}           | ${{ '': 1, t: 1 }}
  ${'records appended'}           | ${(traffic: Traffic) => traffic.noteAppended('t', 3, 90)}       | ${'messagesin'}                     | ${{ '': 3, t: 3 }}
  ${'bytes appended'}             | ${(traffic: Traffic) => traffic.noteAppended('t', 3, 90)}       | ${'bytesin'}                        | ${{ '': 90, t: 90 }}
  ${'bytes refused'}              | ${(traffic: Traffic) => traffic.noteRejected('t', 90)}          | ${'bytesrejected'}                  | ${{ '': 90, t: 90 }}
  ${'a failed append'}            | ${(traffic: Traffic) => traffic.noteFailedProduce('t')}         | ${'failedproducerequests'}          | ${{ '': 1, t: 1 }}
  ${'a read asked for'}           | ${(traffic: Traffic) => traffic.noteFetch('t')}                 | ${'totalfetchrequests'}             | ${{ '': 1, t: 1 }}
  ${'a failed read'}              | ${(traffic: Traffic) => traffic.noteFailedFetch('t')}           | ${'failedfetchrequests'}            | ${{ '': 1, t: 1 }}
  ${'bytes to consumers'}         | ${(traffic: Traffic) => traffic.noteSent('t', 90)}              | ${'bytesout'}                       | ${{ '': 90, t: 90 }}
  ${'records converted'}          | ${(traffic: Traffic) => traffic.noteProduceConversions('t', 3)} | ${'producemessageconversions'}      | ${{ '': 3, t: 3 }}
  ${'records converted back'}     | ${(traffic: Traffic) => traffic.noteFetchConversions('t', 3)}   | ${'fetchmessageconversions'}        | ${{ '': 3, t: 3 }}
  ${'bytes to followers'}         | ${(traffic: Traffic) => traffic.noteReplicated(90, false)}      | ${'replicationbytesout'}            | ${{ '': 90 }}
  ${'bytes to settled followers'} | ${(traffic: Traffic) => traffic.noteReplicated(90, false)}      | ${'reassignmentbytesout'}           | ${{}}
  ${'bytes to new followers'}     | ${(traffic: Traffic) => traffic.noteReplicated(90, true)}       | ${'reassignmentbytesout'}           | ${{ '': 90 }}
  ${'a record without a key'}     | ${(traffic: Traffic) => traffic.noteFlaw('noKey')}              | ${'nokeycompactedtopicrecords'}     | ${{ '': 1 }}
  ${'another message format'}     | ${(traffic: Traffic) => traffic.noteFlaw('magic')}              | ${'invalidmagicnumberrecords'}      | ${{ '': 1 }}
  ${'a wrong checksum'}           | ${(traffic: Traffic) => traffic.noteFlaw('checksum')}           | ${'invalidmessagecrcrecords'}       | ${{ '': 1 }}
  ${'offsets out of order'}       | ${(traffic: Traffic) => traffic.noteFlaw('offsetOrSequence')}   | ${'invalidoffsetorsequencerecords'} | ${{ '': 1 }}
`('$what is $name', ({ note, name, value }) => {
  const { traffic, shown } = aTraffic();
  (note as (traffic: Traffic) => void)(traffic);
  expect(shown(String(name))).toEqual(value);
});

test('a topic that is gone is no longer shown, and stays in the sum', () => {
  const { traffic, shown } = aTraffic();
  traffic.noteSent('gone', 10);
  traffic.noteSent('here', 5);
  traffic.forget('gone');
  expect(shown('bytesout')).toEqual({ '': 15, here: 5 });
});

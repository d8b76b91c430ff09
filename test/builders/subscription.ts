/** A consumer's subscription as its metadata for an assignor holds it (Kafka's `ConsumerProtocol`, version 0). */
export function subscriptionTo(topics: readonly string[]): Buffer {
  const parts = topics.flatMap((topic) => {
    const length = Buffer.alloc(2);
    length.writeInt16BE(Buffer.byteLength(topic));
    return [length, Buffer.from(topic)];
  });
  const header = Buffer.alloc(6);
  header.writeInt32BE(topics.length, 2);
  const noUserData = Buffer.from([0xff, 0xff, 0xff, 0xff]);
  return Buffer.concat([header, ...parts, noUserData]);
}

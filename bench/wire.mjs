/** Just enough of Kafka's protocol to ask a broker from outside, alike on both sides and without a client's caches. */
import { connect } from 'node:net';

const API_VERSIONS = 18;
const METADATA = 3;
const LIST_OFFSETS = 2;
const LATEST = -1n;
const ANSWER_TIMEOUT_MS = 60_000;

class Reader {
  #buffer;
  #at = 0;

  constructor(buffer) {
    this.#buffer = buffer;
  }

  #skip(length) {
    this.#at += length;
    return this.#at - length;
  }

  bool = () => this.#buffer.readInt8(this.#skip(1)) !== 0;
  int16 = () => this.#buffer.readInt16BE(this.#skip(2));
  int32 = () => this.#buffer.readInt32BE(this.#skip(4));
  int64 = () => Number(this.#buffer.readBigInt64BE(this.#skip(8)));

  string = () => {
    const length = this.int16();
    if (length < 0) return null;
    const from = this.#skip(length);
    return this.#buffer.toString('utf8', from, from + length);
  };

  array = (read) => Array.from({ length: this.int32() }, read);
}

const int16 = (value) => {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
};
const int32 = (value) => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
};
const int64 = (value) => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigInt64BE(value);
  return buffer;
};
const string = (text) => Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)]);
const array = (values, write) => Buffer.concat([int32(values.length), ...values.map(write)]);

/** One request; the connection stays open until the caller destroys it. */
export function ask({ port, apiKey, version, body = Buffer.alloc(0) }) {
  const header = [int16(apiKey), int16(version), int32(1), string('bench')];
  const payload = Buffer.concat([...header, body]);
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(Buffer.concat([int32(payload.length), payload]));
    });
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy());
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`port ${port}: closed without an answer`)));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      socket.setTimeout(0);
      // After the length comes the correlation id.
      resolve({ socket, reader: new Reader(received.subarray(8)) });
    });
  });
}

async function askOnce(request) {
  const { socket, reader } = await ask(request);
  socket.destroy();
  return reader;
}

/** Opens a connection that has been used once and stays. */
export async function idleConnection(port) {
  const { socket } = await ask({ port, apiKey: API_VERSIONS, version: 0 });
  return socket;
}

/** Whether the broker answers at all. */
export async function answers(port) {
  try {
    await askOnce({ port, apiKey: API_VERSIONS, version: 0 });
    return true;
  } catch {
    return false;
  }
}

/** What one broker knows: brokers, controller, and partitions of topics. */
export async function metadataOf(port, topics) {
  const reader = await askOnce({ port, apiKey: METADATA, version: 1, body: array(topics, string) });
  const readBroker = () => [reader.int32(), reader.string(), reader.int32(), reader.string()];
  const brokers = reader.array(readBroker).length;
  const controller = reader.int32();
  const partitions = reader
    .array(() => {
      reader.int16();
      const topic = reader.string();
      reader.bool();
      return reader.array(() => ({
        topic,
        error: reader.int16(),
        partition: reader.int32(),
        leader: reader.int32(),
        replicas: reader.array(reader.int32),
        isr: reader.array(reader.int32),
      }));
    })
    .flat();
  return { brokers, controller, partitions };
}

/** The ends of partitions as one broker knows them; it refuses those that it does not lead. `topics`: name → partitions. */
export async function latestOffsets(port, topics) {
  const body = Buffer.concat([
    int32(-1),
    array(Object.entries(topics), ([topic, partitions]) =>
      Buffer.concat([
        string(topic),
        array([...Array(partitions).keys()], (id) => Buffer.concat([int32(id), int64(LATEST)])),
      ]),
    ),
  ]);
  const reader = await askOnce({ port, apiKey: LIST_OFFSETS, version: 1, body });
  return reader
    .array(() => {
      const topic = reader.string();
      return reader.array(() => {
        const partition = reader.int32();
        const error = reader.int16();
        reader.int64();
        return { topic, partition, error, offset: reader.int64() };
      });
    })
    .flat();
}

"""A client that lives on while the broker behind its address is swapped, driven by lines on standard input.

usage: swap_client.py BOOTSTRAP FOLDER

Each input line is JSON with a command; the answer goes to FOLDER/answer-N.json, and "done N" is printed:
  create   topics with their settings
  write    one turn's records, transactions, commits, deletions and settings; answers what was acknowledged
  read     everything that a broker serves of it
"""
import json
import sys
import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import (
    AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ConfigSource, NewTopic, ResourceType,
)

TIMEOUT_S = 60
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
RECORDS = 300
KEYS = 20
COMMITS = 200
BROKER = "1"
# Old enough that a reader can tell it from the time of writing, young enough for every retention.
BASE_MS = int(time.time() * 1000) - 3_600_000

bootstrap, folder = sys.argv[1:]
common = {"bootstrap.servers": bootstrap, "reconnect.backoff.max.ms": 500, "log_level": 2}
# They keep their sequences over every swap: a broker that lost a producer's state would refuse them.
producers = {
    codec: Producer({
        **common, "enable.idempotence": True, "compression.type": codec, "batch.num.messages": 10, "linger.ms": 5,
    })
    for codec in CODECS
}


def admin_client():
    """A new one each time: an old one may wait a minute for a broker that was killed and is long back."""
    return AdminClient(common)


def text(data):
    return None if data is None else data.decode()


def record_of(message):
    return {
        "topic": message.topic(),
        "partition": message.partition(),
        "offset": message.offset(),
        "key": text(message.key()),
        "value": text(message.value()),
        "headers": [[name, text(value)] for name, value in message.headers() or []],
        "timestamp": message.timestamp()[1],
    }


def send(producer, sent, **fields):
    def delivered(error, message):
        assert error is None, f"{fields}: {error}"
        # A delivery report comes without the headers.
        headers = [[name, text(value)] for name, value in fields.get("headers") or []]
        sent.append({**record_of(message), "headers": headers})

    producer.produce(on_delivery=delivered, **fields)
    producer.poll(0)


def flush(producer):
    assert producer.flush(TIMEOUT_S) == 0, "not everything was acknowledged"


def timestamp(turn, i):
    """Neither equal nor in order."""
    return BASE_MS + turn * 10_000 + i * 10 + (i * 37) % 1000


def write_plain(turn):
    sent = []
    for codec, producer in producers.items():
        for i in range(RECORDS):
            headers = [("turn", str(turn).encode()), ("null", None)] if i % 3 == 0 else None
            send(
                producer, sent, topic=f"codec-{codec}", partition=i % 2, headers=headers,
                key=None if i % 7 == 0 else f"key {i}".encode(), value=f"turn {turn}, record {i} ".ljust(80).encode(),
                timestamp=timestamp(turn, i),
            )
        flush(producer)
    return sent


def write_compacted(turn):
    sent = []
    producer = producers["lz4"]
    for i in range(2 * RECORDS):
        # One key of each turn ends as a tombstone.
        value = None if i % KEYS == turn else f"turn {turn}, value {i} ".ljust(60).encode()
        send(
            producer, sent, topic="compacted", partition=0, key=f"key {i % KEYS}".encode(), value=value,
            timestamp=timestamp(turn, i),
        )
    flush(producer)
    return sent


def write_transactions(turn):
    """Every third transaction is aborted; only what was committed is answered."""
    producer = Producer({**common, "transactional.id": "swap", "batch.num.messages": 5})
    producer.init_transactions(TIMEOUT_S)
    committed = []
    for number in range(30):
        sent = []
        producer.begin_transaction()
        for i in range(20):
            send(
                producer, sent, topic=["transactional", "transactional-compacted"][i % 2], partition=0,
                key=f"key {(number + i) % KEYS}".encode(), value=f"turn {turn}, transaction {number}, {i}".encode(),
                timestamp=timestamp(turn, number),
            )
        if number % 3 == 1:
            flush(producer)
            producer.abort_transaction(TIMEOUT_S)
        else:
            producer.commit_transaction(TIMEOUT_S)
            committed += sent
    return committed


def committed_of(consumer, partitions):
    return [[p.topic, p.partition, p.offset, p.metadata] for p in consumer.committed(partitions, timeout=TIMEOUT_S)]


def group_consumer(group, **config):
    return Consumer({
        **common, "group.id": group, "enable.auto.commit": False, "auto.offset.reset": "earliest", **config,
    })


def commit_alone(turn):
    """A group without members: offsets that an application stores by itself, many times over."""
    consumer = group_consumer("alone")
    # Other than commit, this waits until the coordinator is known.
    committed_of(consumer, [TopicPartition("codec-none", 0)])
    for i in range(COMMITS):
        offsets = [TopicPartition("codec-none", 0, turn * 1000 + i, metadata=f"turn {turn}")]
        consumer.commit(offsets=offsets, asynchronous=False)
    consumer.close()


def commit_subscribed():
    """A group with a member that goes on where it stopped in the turn before."""
    consumer = group_consumer("subscribed", **{"session.timeout.ms": 6000})
    consumer.subscribe(["codec-zstd"])
    first = {}
    for _ in range(RECORDS // 2):
        message = consumer.poll(TIMEOUT_S)
        assert message is not None and not message.error(), message and message.error()
        first.setdefault(str(message.partition()), message.offset())
    consumer.commit(asynchronous=False)
    consumer.close()
    return first


def read_committed():
    answers = {}
    for group, topic in [("alone", "codec-none"), ("subscribed", "codec-zstd")]:
        consumer = group_consumer(group)
        answers[group] = committed_of(consumer, [TopicPartition(topic, p) for p in range(2)])
        consumer.close()
    return answers


def alter(turn):
    def resource(kind, name, **values):
        entries = [
            ConfigEntry(key.replace("_", "."), str(value), incremental_operation=AlterConfigOpType.SET)
            for key, value in values.items()
        ]
        return ConfigResource(kind, name, incremental_configs=entries)

    resources = [
        resource(ResourceType.TOPIC, "codec-none", retention_ms=864_000_000 + turn),
        resource(ResourceType.BROKER, BROKER, message_max_bytes=2_000_000 + turn),
    ]
    admin = admin_client()
    for future in admin.incremental_alter_configs(resources).values():
        future.result(TIMEOUT_S)


def read_configs(topics):
    """What was set on each topic, and on the broker."""
    source_of = {topic: ConfigSource.DYNAMIC_TOPIC_CONFIG for topic in topics}
    source_of[BROKER] = ConfigSource.DYNAMIC_BROKER_CONFIG
    resources = [ConfigResource(ResourceType.TOPIC, topic) for topic in topics]
    resources.append(ConfigResource(ResourceType.BROKER, BROKER))
    admin = admin_client()
    return {
        resource.name: {
            name: entry.value for name, entry in future.result(TIMEOUT_S).items()
            if int(entry.source) == source_of[resource.name].value
        }
        for resource, future in admin.describe_configs(resources).items()
    }


def read_records(partitions, isolation):
    """Every record from the beginnings to the ends."""
    consumer = group_consumer("reader", **{"enable.partition.eof": True, "isolation.level": isolation})
    consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for topic, partition in partitions])
    records, ended = [], set()
    while len(ended) < len(partitions):
        message = consumer.poll(TIMEOUT_S)
        assert message is not None, f"no end of {set(map(tuple, partitions)) - ended}"
        if message.error() and message.error().code() == KafkaError._PARTITION_EOF:
            ended.add((message.topic(), message.partition()))
            continue
        assert not message.error(), message.error()
        records.append(record_of(message))
    bounds = [
        [topic, partition, *consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=TIMEOUT_S)]
        for topic, partition in partitions
    ]
    consumer.close()
    return records, bounds


def read_times(times):
    """The first offset that is not older, for each (topic, partition, time)."""
    consumer = group_consumer("reader")
    found = [consumer.offsets_for_times([TopicPartition(*each)], timeout=TIMEOUT_S)[0].offset for each in times]
    consumer.close()
    return found


def create(topics):
    admin = admin_client()
    while admin.list_topics(timeout=TIMEOUT_S).controller_id < 0:
        time.sleep(0.05)
    new = [
        NewTopic(name, topic["partitions"], replication_factor=1, config=topic["config"])
        for name, topic in topics.items()
    ]
    for future in admin.create_topics(new).values():
        future.result(TIMEOUT_S)


def write(turn, transactions, delete_before):
    records = write_plain(turn) + write_compacted(turn)
    if transactions:
        records += write_transactions(turn)
    commit_alone(turn)
    first_of_group = commit_subscribed()
    alter(turn)
    admin = admin_client()
    for future in admin.delete_records([TopicPartition("codec-gzip", 0, delete_before)]).values():
        future.result(TIMEOUT_S)
    return {"records": records, "firstOfGroup": first_of_group, "committed": read_committed()}


def read(partitions, times):
    records, bounds = read_records(partitions, "read_committed")
    return {
        "records": records,
        "uncommitted": len(read_records(partitions, "read_uncommitted")[0]),
        "bounds": bounds,
        "times": read_times(times),
        "committed": read_committed(),
        "configs": read_configs(sorted({topic for topic, _ in partitions})),
    }


COMMANDS = {"create": create, "write": write, "read": read}
for number, line in enumerate(sys.stdin):
    command = json.loads(line)
    answer = COMMANDS[command.pop("do")](**command)
    with open(f"{folder}/answer-{number}.json", "w") as file:
        json.dump(answer, file)
    print(f"done {number}", flush=True)

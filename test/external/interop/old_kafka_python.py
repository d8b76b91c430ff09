"""Producers and consumers that take the brokers for ones of before message format 2.

usage: old_kafka_python.py BOOTSTRAP
"""
import itertools
import sys

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

bootstrap = sys.argv[1].split(",")
OLD = [(0, 8, 2), (0, 9), (0, 10, 0), (0, 10, 2)]
CODECS = [None, "gzip"]
COUNT = 300


def produce(topic, version, codec):
    producer = KafkaProducer(bootstrap_servers=bootstrap, api_version=version, compression_type=codec, acks="all",
                             linger_ms=20)
    sent = [producer.send(topic, key=b"k%d" % i, value=b"v%d" % i * 20, partition=0) for i in range(COUNT)]
    producer.flush()
    offsets = [future.get(timeout=30).offset for future in sent]
    assert offsets == list(range(COUNT)), offsets
    producer.close()


def consume(topic, version):
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, api_version=version, consumer_timeout_ms=30000)
    consumer.assign([TopicPartition(topic, 0)])
    consumer.seek(TopicPartition(topic, 0), 7)
    records = list(itertools.islice(consumer, COUNT - 7))
    assert [record.offset for record in records] == list(range(7, COUNT)), (topic, version, len(records))
    assert [record.value for record in records] == [b"v%d" % i * 20 for i in range(7, COUNT)]
    assert [record.key for record in records] == [b"k%d" % i for i in range(7, COUNT)]
    times = {record.timestamp is not None and record.timestamp > 0 for record in records}
    consumer.close()
    return times


for version, codec in itertools.product(OLD + [(1, 0, 0)], CODECS):
    topic = "python-%s-%s" % ("".join(map(str, version)), codec)
    produce(topic, version, codec)
    for reader in OLD + [(1, 0, 0)]:
        times = consume(topic, reader)
        # Times came with message format 1: both sides have to know them.
        assert times == {version >= (0, 10) and reader >= (0, 10)}, (version, reader, times)

print("all old clients work")

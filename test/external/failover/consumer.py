"""Reads every partition of a topic from its start to its present end, and writes one line
"partition offset value" for each record.

usage: consumer.py BOOTSTRAP TOPIC PARTITIONS FILE
"""
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

bootstrap, topic, partitions, output = sys.argv[1:5]
consumer = Consumer({
    "bootstrap.servers": bootstrap,
    "group.id": "reader",
    "enable.auto.commit": False,
    "auto.offset.reset": "error",
    "enable.partition.eof": True,
})
assigned = [TopicPartition(topic, p, OFFSET_BEGINNING) for p in range(int(partitions))]
consumer.assign(assigned)
at_end = set()
with open(output, "w") as out:
    while len(at_end) < len(assigned):
        message = consumer.poll(60)
        if message is None:
            sys.exit("no message and no end of partition within 60 s")
        if message.error():
            if message.error().code() != KafkaError._PARTITION_EOF:
                sys.exit(str(message.error()))
            at_end.add(message.partition())
            continue
        out.write(f"{message.partition()} {message.offset()} {message.value().decode()}\n")
consumer.close()

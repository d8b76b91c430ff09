"""What users write with confluent-kafka: Producer with delivery reports, Consumer by subscription, and by
assignment with seek.

usage: confluent_samples.py BOOTSTRAP
"""
import sys

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

bootstrap = sys.argv[1]
admin = AdminClient({"bootstrap.servers": bootstrap})
created = admin.create_topics([NewTopic("mytopic", 4, 3)])
created["mytopic"].result(30)

p = Producer({"bootstrap.servers": bootstrap})
reports = []


def delivery_report(err, msg):
    """ Called once for each message produced to indicate delivery result.
        Triggered by poll() or flush(). """
    assert err is None, f"Message delivery failed: {err}"
    reports.append((msg.topic(), msg.partition()))


some_data_source = [f"data {i}" for i in range(20)]
for data in some_data_source:
    p.poll(0)
    p.produce("mytopic", data.encode("utf-8"), partition=3, callback=delivery_report)
assert p.flush(60) == 0
assert reports == [("mytopic", 3)] * 20, reports

c = Consumer({
    "bootstrap.servers": bootstrap,
    "group.id": "mygroup",
    "auto.offset.reset": "earliest",
})
c.subscribe(["mytopic"])
received = []
while len(received) < 20:
    msg = c.poll(30.0)
    assert msg is not None, f"only {len(received)} messages"
    assert not msg.error(), msg.error()
    received.append(msg.value().decode("utf-8"))
assert received == some_data_source, received
c.commit(asynchronous=False)
c.close()

c = Consumer({"bootstrap.servers": bootstrap, "group.id": "mygroup", "auto.offset.reset": "earliest"})
committed = c.committed([TopicPartition("mytopic", 3)], timeout=30)
assert committed[0].offset == 20, committed
tp = TopicPartition("mytopic", 3, 0)
c.assign([tp])
c.seek(TopicPartition("mytopic", 3, 7))
msg = c.poll(30.0)
assert msg is not None and not msg.error() and msg.offset() == 7, msg
assert c.get_watermark_offsets(tp, timeout=30) == (0, 20)
c.close()
print("all samples work")

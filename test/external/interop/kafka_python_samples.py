"""What users write with kafka-python: the admin client, the producer, and the consumer in each of its ways.

usage: kafka_python_samples.py BOOTSTRAP
"""
import datetime
import json
import sys

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewPartitions, NewTopic

bootstrap = sys.argv[1].split(",")

admin_client = KafkaAdminClient(bootstrap_servers=bootstrap, client_id="test")
admin_client.create_topics(
    new_topics=[NewTopic(name="topic_by_python", num_partitions=3, replication_factor=1)],
    validate_only=False)
assert "topic_by_python" in admin_client.list_topics()
described = admin_client.describe_topics(["topic_by_python"])
assert len(described[0]["partitions"]) == 3, described
admin_client.create_partitions({"topic_by_python": NewPartitions(total_count=5)})
configs = admin_client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "topic_by_python")])
assert configs, configs

producer = KafkaProducer(bootstrap_servers=bootstrap, retries=1)
for i in range(10):
    data = {"index": i, "name": datetime.datetime.now().strftime("%Y-%m-%d %H:%M:%S")}
    producer.send("profile", json.dumps(data).encode())
producer.flush()

consumer = KafkaConsumer("profile",
                         group_id="reader_2",
                         auto_offset_reset="earliest",
                         max_poll_interval_ms=600000,
                         request_timeout_ms=605000,
                         connections_max_idle_ms=700000,
                         max_poll_records=100,
                         bootstrap_servers=bootstrap)
seen = []
for data in consumer:
    seen.append(json.loads(data.value)["index"])
    if len(seen) == 5:
        break
assert len(seen) == 5, seen
consumer.commit()
consumer.close()

# assign and seek
consumer = KafkaConsumer(bootstrap_servers=bootstrap, consumer_timeout_ms=20000)
partition = TopicPartition("profile", 0)
consumer.assign([partition])
assert consumer.beginning_offsets([partition])[partition] == 0
end = consumer.end_offsets([partition])[partition]
assert end == 10, end
consumer.seek(partition, 4)
first = next(consumer)
assert first.offset == 4 and json.loads(first.value)["index"] == 4, first
found = consumer.offsets_for_times({partition: first.timestamp})
assert found[partition].offset <= 4, found
consumer.close()

# subscription by regular expression, in a group that commits and resumes
for name in ("metrics-cpu", "metrics-disk"):
    producer.send(name, b"from " + name.encode()).get(timeout=30)
producer.flush()
consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id="by-pattern", auto_offset_reset="earliest",
                         enable_auto_commit=False, consumer_timeout_ms=30000)
consumer.subscribe(pattern="^metrics-.*")
values = set()
for message in consumer:
    values.add(message.value)
    if len(values) == 2:
        break
assert values == {b"from metrics-cpu", b"from metrics-disk"}, values
consumer.commit()
consumer.close()

groups = admin_client.list_consumer_groups()
assert ("by-pattern", "consumer") in groups, groups
offsets = admin_client.list_consumer_group_offsets("by-pattern")
assert {tp.topic for tp in offsets} == {"metrics-cpu", "metrics-disk"}, offsets
assert all(entry.offset == 1 for entry in offsets.values()), offsets
admin_client.delete_topics(["topic_by_python"])
admin_client.close()
producer.close()
print("all samples work")

"""Idempotent librdkafka producer at full speed. Writes one line "partition offset value" for each
acknowledged record to the file given, until its standard input closes; then flushes and says how many.

usage: producer.py BOOTSTRAP TOPIC PARTITIONS ACKED_FILE
"""
import sys
import threading

from confluent_kafka import KafkaError, Producer

bootstrap, topic, partitions, acked_file = sys.argv[1:5]
producer = Producer({
    "bootstrap.servers": bootstrap,
    "enable.idempotence": True,
    "acks": "all",
    "linger.ms": 5,
    "batch.num.messages": 500,
    "message.timeout.ms": 240000,
    "queue.buffering.max.messages": 20000,
    "topic.metadata.refresh.interval.ms": 5000,
})
acked = open(acked_file, "w")
failed = []
count = 0


def delivered(error, message):
    global count
    if error is not None:
        failed.append(str(error))
        return
    count += 1
    acked.write(f"{message.partition()} {message.offset()} {message.value().decode()}\n")


stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()

number = 0
while not stop.is_set():
    try:
        producer.produce(topic, f"value-{number:010d}".encode(), partition=number % int(partitions),
                         on_delivery=delivered)
        number += 1
    except BufferError:
        producer.poll(0.05)
    except KafkaError as error:
        failed.append(str(error))
    if number % 1000 == 0:
        producer.poll(0)
        acked.flush()
        print(f"acked {count}", flush=True)
left = producer.flush(240)
acked.close()
print(f"produced {number} acked {count} left {left} failed {len(failed)}", flush=True)
for error in failed[:5]:
    print(error, flush=True)

"""Idempotent librdkafka producer at full speed. Writes one line "partition offset value milliseconds" for
each acknowledged record to the file given, until its standard input closes; then flushes and says how many.
On its output: "acked TOTAL partitions COUNT COUNT …", several times a second.

usage: producer.py BOOTSTRAP TOPIC PARTITIONS MAX_QUEUED ACKED_FILE
"""
import sys
import threading
import time

from confluent_kafka import KafkaError, Producer

bootstrap, topic, partitions, max_queued, acked_file = sys.argv[1:6]
REPORT_SECONDS = 0.1
producer = Producer({
    "bootstrap.servers": bootstrap,
    "enable.idempotence": True,
    "acks": "all",
    "linger.ms": 5,
    "batch.num.messages": 500,
    "message.timeout.ms": 240000,
    "queue.buffering.max.messages": int(max_queued),
    # The silence that is measured shall be the brokers': a leader that sleeps answers nothing, so that only
    # the next metadata tells of another one (5 minutes if not given), and a broker that is back is found at
    # the next attempt to connect (up to 10 s).
    "topic.metadata.refresh.interval.ms": 500,
    "reconnect.backoff.max.ms": 500,
})
acked = open(acked_file, "w")
failed = []
counts = [0] * int(partitions)


def delivered(error, message):
    if error is not None:
        failed.append(str(error))
        return
    counts[message.partition()] += 1
    now = int(time.time() * 1000)
    acked.write(f"{message.partition()} {message.offset()} {message.value().decode()} {now}\n")


stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()

number = 0
reported = 0.0
while not stop.is_set():
    try:
        producer.produce(topic, f"value-{number:010d}".encode(), partition=number % len(counts),
                         on_delivery=delivered)
        number += 1
    except BufferError:
        producer.poll(0.05)
    except KafkaError as error:
        failed.append(str(error))
    if number % 1000 == 0:
        producer.poll(0)
    now = time.monotonic()
    if now - reported > REPORT_SECONDS:
        reported = now
        print("acked", sum(counts), "partitions", *counts, flush=True)
left = producer.flush(240)
acked.close()
print(f"produced {number} acked {sum(counts)} left {left} failed {len(failed)}", flush=True)
for error in failed[:5]:
    print(error, flush=True)

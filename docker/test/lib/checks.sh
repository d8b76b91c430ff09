# The acceptance of the stack, and compose files of other images. Sourced by docker/test/run.

BOOTSTRAP=localhost:19092,localhost:19093,localhost:19094

start_stack() { compose up -d --no-build >"$work/up.log" 2>&1 || { tail -n 20 "$work/up.log"; return 1; }; }

stack_comes_up() {
  local began=$SECONDS
  start_stack && wait_for 180 all_healthy || { show_logs; return 1; }
  echo "healthy after $((SECONDS - began)) s"
}

start_client() {
  rm -f "$state"
  # Not by way of a function, which would be a process more between the signal and the client.
  nsenter --target "$daemon_pid" --net timeout -k 90 400 node "$here/client.mjs" --state "$state" "$@" >"$work/client.log" 2>&1 &
  client_pid=$!
}

client_outside() {
  start_client --bootstrap "$BOOTSTRAP" --topic acceptance
  wait_for 60 has_acked 500 && wait_for 60 has_seen 500
}

# disturbed SERVICE COMMAND...: the command gets the container of the service and ends it. In any case the container is
# started again: what comes after this begins with the whole stack.
disturbed() {
  local service="$1" id outcome=0
  shift
  id="$(container "$service")"
  "$@" "$id" || outcome=1
  docker start "$id" >/dev/null && wait_for 120 is_healthy "$service" && return $outcome
}

is_killed() { docker kill "$1" >/dev/null && progress 500; }

# Leaders move while the client goes on; the broker comes back into every ISR.
broker_killed() { disturbed kafka-1 is_killed && wait_for 120 isr_is_full kafka-2 && progress 500; }

# While the ensemble elects another leader, and brokers look for a server that lives, a request may time out.
topic_without_zookeeper_2() {
  compose exec -T kafka-2 odradek topic create without-zookeeper-2 --replication-factor 3 ||
    compose exec -T kafka-2 odradek topic describe without-zookeeper-2 >/dev/null
}

is_killed_and_not_missed() { is_killed "$1" && wait_for 90 topic_without_zookeeper_2; }

# Two of three are a quorum: also what needs coordination goes on.
zookeeper_killed() { disturbed zookeeper-2 is_killed_and_not_missed && progress 500; }

# docker stop: SIGTERM to process 1. It hands over, flushes and ends by itself, long before it would be killed.
stops_by_itself() {
  local began=$SECONDS seconds code
  docker stop -t 60 "$1" >/dev/null || return 1
  seconds=$((SECONDS - began))
  code="$(docker inspect -f '{{.State.ExitCode}}' "$1")"
  echo "stopped in $seconds s with code $code"
  # Not grep -q, which ends at the first line that fits: docker would find the pipe closed, and the pipeline fail.
  docker logs "$1" 2>/dev/null | grep 'stopped' | tail -n 3 | grep . && [ "$code" = 0 ] && [ "$seconds" -lt 20 ] &&
    progress 500
}

broker_stopped() { disturbed kafka-3 stops_by_itself && wait_for 120 isr_is_full kafka-3; }

# As process 1 a command hears only the signals that it listens to.
command_ends_at_sigterm() {
  local id began
  id="$(docker run -d -i --network odradek-test_default "$ODRADEK_IMAGE" produce -b kafka-2:9092 without-zookeeper-2)"
  wait_for 30 is_connected "$id" && began=$SECONDS && docker stop -t 20 "$id" >/dev/null && docker rm -v "$id" >/dev/null &&
    [ $((SECONDS - began)) -lt 10 ]
}

nothing_lost() {
  kill -TERM "$client_pid"
  wait "$client_pid"
  local outcome=$?
  client_pid=
  tail -n 5 "$work/client.log"
  return $outcome
}

# Grafana has no stand-in: its dashboards are judged by what Prometheus answers to them.
monitoring_works() {
  compose up -d --no-build --no-deps prometheus >"$work/up.log" 2>&1 || { tail -n 20 "$work/up.log"; return 1; }
  outside timeout 300 node "$here/prometheus.mjs" http://localhost:9090 3
}

# The data is in the volume, and survives the containers.
data_survives() {
  compose --profile monitoring down >/dev/null 2>&1 && start_stack && wait_for 180 all_healthy && wait_for 120 isr_is_full kafka-1
}

leaves_nothing() {
  compose --profile monitoring down -v >/dev/null 2>&1
  [ -z "$(docker ps -aq)" ] && [ -z "$(docker volume ls -q -f name=odradek-test)" ]
}

acceptance() {
  stack_file="$root_folder/docker/compose.yaml"
  if check 'the stack comes up healthy' stack_comes_up && check 'a client outside produces and consumes' client_outside; then
    check 'a broker is killed and comes back' broker_killed || show_logs
    check 'a ZooKeeper server is killed and comes back' zookeeper_killed || show_logs
    check 'a broker is stopped in good order' broker_stopped || show_logs
    check 'a command ends at SIGTERM' command_ends_at_sigterm
    print_memory
    check 'Prometheus has data for every alert and panel' monitoring_works || show_logs
    check 'nothing acknowledged is lost' nothing_lost || show_logs
    check 'volumes keep the data' data_survives || show_logs
  fi
  check 'the stack goes down' leaves_nothing
}

other_stack_works() {
  local style="$1" bootstrap="$2"
  stack_file="$here/compose/$style.yml"
  start_stack || return 1
  start_client --bootstrap "$bootstrap" --topic "$style" --replicas 1 --min-isr 1 --records 500
  wait "$client_pid" || { cat "$work/client.log"; show_logs; return 1; }
  client_pid=
  tail -n 1 "$work/client.log"
}

topics_were_created() {
  local topics
  topics="$(compose exec -T kafka odradek topic list)"
  echo "$topics"
  grep -q '^Topic1  *2 ' <<<"$topics" && grep -q '^Topic2  *1 ' <<<"$topics"
}

data_lies_in() { compose exec -T "$1" sh -c "ls $2/meta.properties"; }

# other_image NAME BOOTSTRAP FOLDER SERVICE: a compose file that was written for another image, with ours under its name.
other_image() {
  if check "a compose file for $1" other_stack_works "$1" "$2"; then
    check "its volume holds the data ($1)" data_lies_in "$4" "$3"
    [ "$1" != wurstmeister ] || check 'KAFKA_CREATE_TOPICS creates topics' wait_for 30 topics_were_created
  fi
  compose down -v >/dev/null 2>&1
}

other_images() {
  local name
  for name in confluentinc/cp-kafka:7.6.1 wurstmeister/kafka:2.13-2.8.1 bitnami/kafka:3.4; do
    docker tag "$ODRADEK_IMAGE" "$name"
  done
  for name in confluentinc/cp-zookeeper:7.6.1 wurstmeister/zookeeper:3.4.6 bitnami/zookeeper:3.8; do
    docker tag "$ZOOKEEPER_IMAGE" "$name"
  done
  other_image confluent localhost:29092 /var/lib/kafka/data broker
  other_image wurstmeister localhost:29094 /kafka/data kafka
  other_image bitnami localhost:29093 /bitnami/kafka/data kafka
}

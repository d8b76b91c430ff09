# Asking and disturbing a compose stack. Sourced by docker/test/run.

# compose ARGUMENTS...: of the stack that `stack_file` names.
stack_file=
compose() { docker-compose --ansi never -p odradek-test -f "$stack_file" "$@"; }

container() { compose ps -q "$1"; }

health_of() { docker inspect -f '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$1" 2>/dev/null; }

is_healthy() { [ "$(health_of "$(container "$1")")" = healthy ]; }

all_healthy() {
  local id
  for id in $(compose ps -q); do
    [ "$(health_of "$id")" = healthy ] || return 1
  done
}

# Whether process 1 of a container has a connection to a broker: it listens to signals by then. That something catches
# them says less: Node does so before the program runs, and what comes then is lost to the first process of a container.
is_connected() { docker exec "$1" grep -qE ':2384 01 ' /proc/1/net/tcp 2>/dev/null; }

show_logs() { compose logs --no-color --tail 30 2>&1 | tail -n 120; }

# A number of the client's state, 0 before it has written any.
state_of() {
  local number
  number="$(sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" "$state" 2>/dev/null)"
  echo "${number:-0}"
}

has_acked() { [ "$(state_of acked)" -ge "$1" ]; }
has_seen() { [ "$(state_of seen)" -ge "$1" ]; }

# progress COUNT: that many more records are acknowledged and read.
progress() {
  wait_for 90 has_acked $(($(state_of acked) + $1)) && wait_for 90 has_seen $(($(state_of seen) + $1))
}

# Every replica of every partition is in sync.
isr_is_full() {
  local isrs
  isrs="$(compose exec -T "$1" odradek topic describe acceptance --json 2>/dev/null | grep -o '"isr": *"[^"]*"')"
  [ "$(wc -l <<<"$isrs")" -ge 6 ] && ! grep -qvE '"[0-9]+,[0-9]+,[0-9]+"$' <<<"$isrs"
}

print_memory() {
  echo "memory of each container:"
  # shellcheck disable=SC2046 # one word an id
  docker stats --no-stream --format '  {{.Name}}: {{.MemUsage}}' $(compose ps -q) | sort
}

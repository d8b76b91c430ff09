# A docker daemon of our own that leaves nothing behind: its processes, mounts, bridges and firewall rules live in
# namespaces that end with it. Sourced by docker/test/run.

daemon_pid=
unshare_pid=
cgroup_parent="odradek-docker-test-$$"
# Where docker and containerd write beside the folders they are told: covered while a daemon of ours runs, which also
# hides a containerd of the machine from it.
private_folders=(/run/containerd /etc/docker /opt/containerd)
made_folders=()

# Prints why no daemon can be started here, and nothing if one perhaps can.
daemon_obstacle() {
  if [ "$(uname -s)" != Linux ]; then echo "this is no Linux"
  elif [ "$(id -u)" != 0 ]; then echo "a docker daemon needs root"
  elif ! command -v dockerd >/dev/null; then echo "dockerd is not installed (Debian's package docker.io)"
  elif ! command -v docker-compose >/dev/null; then echo "docker-compose is not installed"
  elif ! unshare --mount --net --pid --fork true 2>/dev/null; then echo "no namespaces can be made here"
  fi
}

# start_daemon build | stack: `build` shares the network of the machine, so that packages can be had while images are
# built; `stack` has a network of its own, with bridges and published ports that nobody else sees.
start_daemon() {
  local purpose="$1" log="$work/dockerd-$1.log"
  local namespaces=(--mount --pid --fork --kill-child=TERM --mount-proc)
  local options=(
    --storage-driver overlay2 --data-root "$data_root" --exec-root "$work/exec" -H "unix://$work/docker.sock"
    --pidfile "$work/dockerd.pid" --cgroup-parent "$cgroup_parent"
  )
  local before='for folder in $PRIVATE_FOLDERS; do mount -t tmpfs tmpfs "$folder" || exit 1; done;'
  if [ "$purpose" = build ]; then
    options+=(--bridge=none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false)
  else
    namespaces+=(--net)
    before+='ip link set lo up && '
  fi
  export DOCKER_HOST="unix://$work/docker.sock"
  # Numbers of processes in its files mean others in a new namespace.
  rm -rf "$work/docker.sock" "$work/dockerd.pid" "$work/exec"
  make_private_folders
  PRIVATE_FOLDERS="${private_folders[*]}" unshare "${namespaces[@]}" bash -c "$before exec dockerd \"\$@\"" dockerd "${options[@]}" >"$log" 2>&1 </dev/null &
  unshare_pid=$!
  wait_for 60 daemon_answers || { tail -n 5 "$log" >&2; return 1; }
  daemon_pid="$(children_of "$unshare_pid")"
}

make_private_folders() {
  local folder
  for folder in "${private_folders[@]}"; do
    [ -d "$folder" ] || { mkdir -p "$folder" && made_folders+=("$folder"); }
  done
}

children_of() { cat "/proc/$1/task/$1/children" 2>/dev/null | tr -d ' '; }

daemon_answers() {
  is_alive "$unshare_pid" || fail_waiting "dockerd ended"
  docker version >/dev/null 2>&1
}

# dockerd is the first process of its namespace: whatever it has started ends with it.
stop_daemon() {
  [ -n "$unshare_pid" ] || return 0
  local first="${daemon_pid:-$(children_of "$unshare_pid")}"
  if [ -n "$first" ] && is_alive "$first"; then
    kill -TERM "$first"
    wait_for 30 is_gone "$first" || kill -KILL "$first"
  fi
  wait "$unshare_pid" 2>/dev/null
  unshare_pid= daemon_pid=
}

# Groups of processes are directories of the kernel, and stay when the processes have ended.
remove_traces() {
  [ ${#made_folders[@]} -eq 0 ] || rmdir "${made_folders[@]}"
  find /sys/fs/cgroup -depth -type d -path "*/$cgroup_parent*" -exec rmdir {} + 2>/dev/null
}

# Runs a command on the machine whose docker daemon it is: there ports are published.
outside() { nsenter --target "$daemon_pid" --net "$@"; }

is_alive() { kill -0 "$1" 2>/dev/null; }
is_gone() { ! is_alive "$1"; }

# wait_for SECONDS COMMAND...: until the command succeeds.
give_up=no
wait_for() {
  local deadline=$((SECONDS + $1))
  shift
  give_up=no
  until "$@"; do
    [ "$give_up" = no ] && [ $SECONDS -lt $deadline ] || { echo "waited in vain for: $*" >&2; return 1; }
    sleep 0.3
  done
}
fail_waiting() { echo "$*" >&2; give_up=yes; return 1; }

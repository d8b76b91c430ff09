#!/usr/bin/env bash
# Starts ZooKeeper as the variables of the official image say.
set -euo pipefail

config=/conf/zoo.cfg
if [ ! -f "$config" ]; then
  cat >"$config" <<END
dataDir=/data
dataLogDir=/datalog
tickTime=${ZOO_TICK_TIME:-2000}
initLimit=${ZOO_INIT_LIMIT:-5}
syncLimit=${ZOO_SYNC_LIMIT:-2}
autopurge.snapRetainCount=${ZOO_AUTOPURGE_SNAPRETAINCOUNT:-3}
autopurge.purgeInterval=${ZOO_AUTOPURGE_PURGEINTERVAL:-0}
maxClientCnxns=${ZOO_MAX_CLIENT_CNXNS:-60}
standaloneEnabled=${ZOO_STANDALONE_ENABLED:-true}
admin.enableServer=${ZOO_ADMINSERVER_ENABLED:-true}
END
  [ -z "${ZOO_4LW_COMMANDS_WHITELIST:-}" ] || echo "4lw.commands.whitelist=$ZOO_4LW_COMMANDS_WHITELIST" >>"$config"
  # Several words on purpose: one server, or one more setting, each.
  for line in ${ZOO_SERVERS:-server.1=localhost:2888:3888;2181} ${ZOO_CFG_EXTRA:-}; do
    echo "$line" >>"$config"
  done
fi
[ -f /data/myid ] || echo "${ZOO_MY_ID:-1}" >/data/myid

# shellcheck disable=SC2086 # JVMFLAGS holds several words on purpose
exec java -Djava.awt.headless=true -Dzookeeper.jmx.log4j.disable=true ${JVMFLAGS:-} \
  -cp /usr/share/java/zookeeper.jar:/usr/share/java/slf4j-simple.jar \
  org.apache.zookeeper.server.quorum.QuorumPeerMain "$config"

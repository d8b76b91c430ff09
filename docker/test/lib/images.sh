# The images of the stack where no image registry can be reached: bases from Debian's packages and this machine's Node,
# under the names that the files of docker/ use. Sourced by docker/test/run.

SUITE=bookworm
RUNTIME_IMAGE=debian:bookworm-slim
NODE_IMAGE=node:20-bookworm-slim
ZOOKEEPER_IMAGE=zookeeper:3.8
PROMETHEUS_IMAGE=prom/prometheus:v2.53.3
ODRADEK_IMAGE=odradek/odradek:latest
MOST_BYTES=200000000

here_hash() { cat "$@" | sha256sum | cut -c 1-12; }

# A small Debian, as debian:bookworm-slim is: without documentation, translations and lists of packages.
make_base() {
  base_tar="$images_cache/base-$(here_hash "$here/lib/images.sh").tar"
  [ -f "$base_tar" ] && return 0
  local root="$work/base"
  rm -f "$images_cache"/base-*.tar
  # In a mount namespace of its own, where what it mounts cannot stay.
  unshare --mount debootstrap --variant=minbase "$SUITE" "$root" >"$work/debootstrap.log" 2>&1 ||
    { tail -n 5 "$work/debootstrap.log"; return 1; }
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* \
    "$root"/usr/share/{doc,man,info,locale,lintian}/*
  # Packages come from where this machine gets them.
  rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d"
  cp -r /etc/apt/sources.list.d "$root/etc/apt/"
  [ ! -f /etc/apt/sources.list ] || cp /etc/apt/sources.list "$root/etc/apt/"
  cp -n /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/"
  tar --numeric-owner -C "$root" -cf "$base_tar.new" . && mv "$base_tar.new" "$base_tar"
  rm -rf "$root"
}

# Settings of this machine that npm needs to find its packages.
npm_changes() {
  echo "ENV npm_config_registry=$(npm config get registry)"
  [ -z "${NODE_EXTRA_CA_CERTS:-}" ] || echo "ENV NODE_EXTRA_CA_CERTS=$NODE_EXTRA_CA_CERTS"
}

import_bases() {
  docker import --change 'CMD ["bash"]' "$base_tar" "$RUNTIME_IMAGE" >/dev/null || return 1
  local root="$work/node-root" npm
  npm="$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")"
  mkdir -p "$root/usr/local/bin" "$root/usr/local/lib/node_modules" "$root/etc/ssl"
  tar -C "$root" -xf "$base_tar" || return 1
  cp "$(readlink -f "$(command -v node)")" "$root/usr/local/bin/node"
  cp -r "$npm" "$root/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  [ ! -d /etc/ssl/certs ] || cp -rL /etc/ssl/certs "$root/etc/ssl/" 2>/dev/null
  local changes=() change
  while read -r change; do changes+=(--change "$change"); done < <(npm_changes)
  tar --numeric-owner -C "$root" -c . | docker import "${changes[@]}" - "$NODE_IMAGE" >/dev/null
  local outcome=$?
  rm -rf "$root"
  return $outcome
}

# build_stand_in FOLDER IMAGE: kept between runs, as packages take long to install.
build_stand_in() {
  local saved
  saved="$images_cache/$1-$(here_hash "$here/lib/images.sh" "$here/$1"/*).tar"
  if [ -f "$saved" ]; then docker load -q -i "$saved" >/dev/null && return 0; fi
  rm -f "$images_cache/$1"-*.tar
  docker build --network host --build-arg "BASE_IMAGE=$RUNTIME_IMAGE" -t "$2" "$here/$1" >"$work/$1.log" 2>&1 ||
    { tail -n 20 "$work/$1.log"; return 1; }
  docker save -o "$saved.new" "$2" && mv "$saved.new" "$saved"
}

build_odradek() {
  docker build --network host -f "$root_folder/docker/Dockerfile" -t "$ODRADEK_IMAGE" "$root_folder" \
    >"$work/build.log" 2>&1 || { tail -n 30 "$work/build.log"; return 1; }
}

image_is_small() {
  local bytes
  bytes="$(docker image inspect -f '{{.Size}}' "$ODRADEK_IMAGE")"
  echo "the image has $((bytes / 1000000)) MB, of which the base $(($(docker image inspect -f '{{.Size}}' "$RUNTIME_IMAGE") / 1000000)) MB"
  [ "$bytes" -lt "$MOST_BYTES" ]
}

# Runs a shell in the image, without any network.
in_image() { docker run --rm --network none --entrypoint sh "$ODRADEK_IMAGE" -c "$1"; }

image_has_no_compiler() {
  # shellcheck disable=SC2016 # for the shell in the image
  in_image 'for name in cc gcc g++ c++ clang tcc as ld make npm tsc; do
    ! command -v $name || exit 1
  done
  ! find /opt/odradek \( -name typescript -o -name esbuild -o -name src -path "/opt/odradek/src" \) | grep .'
}

image_is_not_root() { [ "$(in_image 'id -u')" = 1000 ]; }

image_runs_the_command_line() {
  docker run --rm --network none "$ODRADEK_IMAGE" --version &&
    docker run --rm --network none --entrypoint odradek "$ODRADEK_IMAGE" --version
}

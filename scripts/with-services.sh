#!/usr/bin/env bash
# Runs a command beside a PostgreSQL of its own: a new cluster in a temporary folder, on loopback and a socket in that
# folder, gone when the command ends, however it ends. HAVEN_TEST_POSTGRES_URL says where it is.
set -euo pipefail
[ $# -gt 0 ] || { echo "with-services: give the command to run" >&2; exit 2; }

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -x "${bin:-}/initdb" ] || { echo "with-services: PostgreSQL is not installed; run scripts/setup.sh test" >&2; exit 4; }

folder=$(mktemp -d /tmp/haven-pg.XXXXXX)
as_owner=()
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
  chown postgres: "$folder"
  as_owner=(runuser -u postgres --)
fi
child=""
finish() {
  trap - EXIT INT TERM
  [ -z "$child" ] || { kill "$child" 2>/dev/null && wait "$child" 2>/dev/null; } || true
  (cd / && "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate -s stop >/dev/null 2>&1) || true
  rm -rf "$folder"
}
trap finish EXIT
trap 'finish; exit 130' INT
trap 'finish; exit 143' TERM

cd_run() { (cd "$folder" && "${as_owner[@]}" "$@"); }
cd_run "$bin/initdb" -D "$folder/data" -U haven -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 ||
  { cat "$folder/initdb.log" >&2; exit 1; }
for attempt in 1 2 3 4 5; do # another program may take the port between the choice and the start
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  options="-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=50"
  cd_run "$bin/pg_ctl" -D "$folder/data" -s -w -t 60 -l "$folder/server.log" -o "$options" start >/dev/null 2>&1 && break
  [ "$attempt" != 5 ] || { cat "$folder/server.log" >&2; exit 1; }
done

export HAVEN_TEST_POSTGRES_URL="postgres://haven@127.0.0.1:$port/postgres"
"$@" &
child=$!
status=0
wait "$child" || status=$?
child=""
exit "$status"

#!/usr/bin/env bash
# Installs what `make run` (or, with `test`, `make test`) needs: Debian packages, a virtual environment with the
# locked dependencies; for `test` and `annotate` doccano, for `bench` the peers, for `train` torch, in environments of
# their own. Does nothing where all is there.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-run}

packages="python3-venv tesseract-ocr tesseract-ocr-eng tesseract-ocr-spa tesseract-ocr-osd
  libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation2 fonts-dejavu-core"
[ "$what" != test ] || packages="$packages postgresql chromium"

missing=$(for p in $packages; do
  dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || echo "$p"
done)
if [ -n "$missing" ]; then
  as_root=""
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "setup: needs root or sudo to install: $missing" >&2; exit 1; }
    as_root=sudo
  fi
  echo "setup: installing Debian packages:" $missing
  log=$(mktemp)
  { $as_root apt-get update -q && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -yq --no-install-recommends $missing; } \
    >"$log" 2>&1 || { tail -20 "$log" >&2; echo "setup: apt-get could not install: $missing" >&2; exit 1; }
  rm -f "$log"
fi

python=$(command -v python3.11 || command -v python3)
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || {
  echo "setup: needs Python 3.11, found $("$python" -V)" >&2; exit 1; }

# install FOLDER LOCKFILE [PIP ARGUMENT...]: an environment for that lock file, made once
install() {
  local venv=$1 lock=$2; shift 2
  local stamp; stamp="$venv/.installed-$(sha256sum "$lock" | cut -c1-16)"
  [ -e "$stamp" ] && return
  echo "setup: installing $lock into $venv (once, some minutes)"
  [ -x "$venv/bin/pip" ] || "$python" -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$lock" "$@"
  rm -f "$venv"/.installed-*
  touch "$stamp"
}

install .venv requirements.lock
[ -e .venv/bin/haven ] || .venv/bin/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
case $what in test | annotate)
  install .venv-doccano annotation/doccano.lock
  install .venv-doccano-client annotation/client.lock ;;
esac
[ "$what" != bench ] || install .venv-bench benchmarks/requirements.lock
[ "$what" != train ] || install .venv-train models/requirements.lock

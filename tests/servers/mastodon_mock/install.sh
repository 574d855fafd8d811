#!/usr/bin/env bash
# Install mastodon_mock (PyPI), a stand-in for a Mastodon server by other people, in a Python of its own outside the
# checkout: it brings its own versions of packages that we use too.
#
# usage: install.sh            prints the folder it is in; at once where it is installed already
#        PYTHON=.venv/bin/python install.sh
#
# Some 100 MB and half a minute the first time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# One folder a list of versions: a changed list is installed afresh beside the old one, never on top of it.
key=$(sha256sum <"$here/requirements.txt" | cut -c1-16)
home="${WARMLINE_TEST_CACHE:-$HOME/.cache/warmline}/mastodon-mock/$key"
mkdir -p "$home"
exec 9>"$home.lock"
flock 9
if [ ! -e "$home/complete" ]; then
  rm -rf "$home"
  mkdir -p "$home"
  "${PYTHON:-python3}" -m venv "$home/venv" >&2
  "$home/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
  "$home/venv/bin/mastodon_mock" --version >&2
  touch "$home/complete"
fi
echo "$home"

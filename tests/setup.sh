#!/bin/sh
# Installs what some tests need beside Python, where it may: system packages as root on Debian, the Bluesky network in
# a cache outside the checkout. What can't be had is said in one line, and its tests are skipped with the same word.
set -u
cd "$(dirname "$0")/.."

have() { command -v "$1" >/dev/null 2>&1; }
have_postgres() { have postgres || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; }

missing=""
have chromium || missing="$missing chromium"
have_postgres || missing="$missing postgresql"
have redis-server || missing="$missing redis-server"
have dovecot || missing="$missing dovecot-imapd"
have c++ || missing="$missing g++"
have make || missing="$missing make"

if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && have apt-get; then
    echo "Installing$missing (once)"
    export DEBIAN_FRONTEND=noninteractive
    # RUNLEVEL=1: no service of theirs is started.
    # shellcheck disable=SC2086
    { apt-get update -qq && RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $missing fonts-dejavu-core; } >/dev/null 2>&1 \
      || echo "skipped: could not install$missing; the tests that need them are skipped"
  else
    echo "skipped: the tests that need$missing, which only root on Debian can install here"
  fi
fi

if have_postgres && have redis-server && have c++; then
  echo "The Bluesky network for the tests: installed once, two to five minutes"
  bash tests/servers/bluesky/install.sh >/dev/null \
    || echo "skipped: the tests on a real Bluesky network, whose servers could not be installed (see above)"
fi

bash tests/servers/mastodon_mock/install.sh >/dev/null \
  || echo "skipped: the tests on a stand-in Mastodon server, which could not be installed (see above)"
exit 0

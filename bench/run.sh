#!/usr/bin/env bash
# npm run bench: qplay against its peers of today, in one run, on a fleet of real sshd hosts on this machine.
# Installs the peers into a virtual environment, builds qplay, brings the fleet up, runs the engines in turn, prints one table of
# ratios, and takes everything down again, also when interrupted. Options: npm run bench -- --help
set -euo pipefail
cd "$(dirname "$0")/.."
HERE=$PWD/bench
for word in "$@"; do case $word in -h | --help) sed -n '/USAGE = `/,/`;/p' bench/options.ts | sed "1s/.*USAGE = .//; \$s/.;\$//"; exit ;; esac; done
. bench/prepare.sh

check_machine
install_packages
install_node_modules
export QPLAY_BENCH_HERE=$HERE
export QPLAY_BENCH_WORK=${QPLAY_BENCH_WORK:-${XDG_CACHE_HOME:-$HOME/.cache}/qplay-bench}
export QPLAY_BENCH_DIR=/run/qplay-bench
mkdir -p "$QPLAY_BENCH_WORK"
exec 9>"$QPLAY_BENCH_WORK/lock"
flock -n 9 || die 'another bench is under way on this machine' "wait for it, or end it"

KEEP=; for word in "$@"; do [ "$word" != --keep ] || KEEP=1; done
take_down() {
  [ -z "$KEEP" ] || return 0
  QPLAY_BENCH_CGROUP=$(fleet_cgroup) bench/fleet.sh down
}
trap take_down EXIT
take_down_quietly() { QPLAY_BENCH_CGROUP=$(fleet_cgroup) bench/fleet.sh down >/dev/null 2>&1 || true; }
[ -n "$KEEP" ] || take_down_quietly # what a bench that was killed has left

install_peers
build
trap : INT TERM # the bench itself ends on them, and the fleet is taken down after it
status=0
node bench/.js/main.js "$@" 9>&- || status=$?
exit "$status"

#!/usr/bin/env bash
# The lab instance of the end-to-end tests: lab.sh up | down. A demo's lab beside it is left alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
export QLAB=${QLAB:-e2e}
case ${1:-} in
  up)
    # a run that was killed may have left one behind
    [ ! -d "${QPLAY_LAB_HOME:-/var/lib/qplay-lab}/$QLAB" ] || lab/lab down --wipe
    lab/lab up db01 quay01 quay02 quay03 ceph01 ceph02 ceph03 box01
    ;;
  down) lab/lab down --wipe ;;
  *) echo 'test/e2e/lab.sh up | down' >&2; exit 3 ;;
esac

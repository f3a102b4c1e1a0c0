#!/usr/bin/env bash
# npm run test:upgrades [FILTER]: every upgrade in the lab, an hour or more: the walks from 2.9.5 to 3.18 and from 3.3.4 to 3.12, 3.0 in the
# background, and each of the 40 edges. FILTER is a name as vitest's -t takes it. Prints the seconds of each hop.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo 'the lab needs root' >&2; exit 3; }
export QLAB=${QLAB:-upgrades} QPLAY_UPGRADES=full
npm run --silent build
trap 'bash test/e2e/lab.sh down' EXIT
bash test/e2e/lab.sh up
npx --no-install vitest run --project e2e --reporter=verbose test/e2e/13-upgrade-walk.test.ts ${1:+-t "$1"}

#!/usr/bin/env bash
# npm run test:upgrades [FILTER]: every upgrade in the lab, two hours on two cores: the walks from 2.9.5 to 3.18 and from 3.3.4 to 3.12 in
# one run each, 3.0 in the background, every other edge, a failure at every step, and upgrades within a line under load. FILTER is part of a
# file's name (walks, edges, failure, workers, copies, first-node, rolling, background).
# What was run goes to test/upgrades/runs.json; UPDATE_DOCS=1 npx vitest run --project unit test/docs makes the page of it.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo 'the lab needs root' >&2; exit 3; }
export QLAB=${QLAB:-upgrades}
npm run --silent build
trap 'bash test/e2e/lab.sh down' EXIT
bash test/e2e/lab.sh up
npx --no-install vitest run --project upgrades --reporter=verbose ${1:+"$1"}

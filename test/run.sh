#!/usr/bin/env bash
# npm test: installs what is missing, then runs everything; `unit` runs what needs neither root nor lab.
# Closes with one line: N passed, N failed
set -uo pipefail
cd "$(dirname "$0")/.."
what=${1:-all}
out=$(mktemp -d)
lab=''
end_lab() { [ -z "$lab" ] || bash test/e2e/lab.sh down; lab=''; }
trap 'end_lab; rm -rf "$out"' EXIT

say() { printf '\n== %s\n' "$*"; }
step() { # step NAME COMMAND...: a part that is no vitest run; counts as one test
  local name=$1; shift
  say "$name"
  if "$@"; then echo "step $name ok" >> "$out/steps"; else echo "step $name failed" >> "$out/steps"; fi
}

node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 20) ? 0 : 1)' 2>/dev/null || {
  echo "qplay needs Node 20.20 or newer. On Debian: apt-get install nodejs npm, or see https://nodejs.org" >&2; exit 3; }
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  say 'npm ci'; npm ci --ignore-scripts --no-audit --no-fund || exit 3
fi

step build npm run --silent build
step types npx --no-install tsc --noEmit
step lint npx --no-install biome check .
if [ "$what" = all ]; then
  if [ "$(id -u)" = 0 ]; then step 'prerequisites' bash test/prerequisites.sh; else echo 'not root: tests that need sshd, sudo or the lab are skipped' >&2; fi
fi
if [ "$what" = all ]; then
  say 'the outside judge (ansible-core)'
  bash test/oracle/install.sh || [ $? = 77 ] || echo 'step oracle failed' >> "$out/steps"
fi
say 'unit and module tests'
npx --no-install vitest run --project unit --reporter=default --reporter=json --outputFile.json="$out/unit.json"
say 'playbooks compared with ansible-core'
npx --no-install vitest run --project fidelity --reporter=default --reporter=json --outputFile.json="$out/fidelity.json"
if [ "$what" = all ] && [ "$(id -u)" = 0 ]; then
  say 'the lab'
  export QLAB=${QLAB:-e2e}
  lab=$QLAB
  if bash test/e2e/lab.sh up; then
    say 'end-to-end tests in the lab'
    npx --no-install vitest run --project e2e --reporter=verbose --reporter=json --outputFile.json="$out/e2e.json"
    say 'the four-run law of the modules'
    lab/lab reset box01 && QPLAY_LAB=1 QPLAY_LAB_FULL=1 lab/lab ctl npx --no-install vitest run --project law --reporter=default --reporter=json --outputFile.json="$out/law.json"
  else
    echo 'step lab failed' >> "$out/steps"
  fi
  end_lab
fi
node test/total.mjs "$out"

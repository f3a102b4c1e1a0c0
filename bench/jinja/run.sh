#!/usr/bin/env bash
# npm run bench:jinja: qplay's templates against Python's Jinja2 and ansible-core's conditions, in one run on this machine.
# Prints the table of ratios and writes bench/results/jinja.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
oracle=$(bash test/oracle/install.sh)
export QPLAY_BENCH_PYTHON=$oracle/bin/python QPLAY_BENCH_ROOT=$PWD
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
npx --no-install rolldown bench/jinja/main.ts --platform node --format esm --file "$out/main.mjs" --log-level warn
node "$out/main.mjs"

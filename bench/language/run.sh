#!/usr/bin/env bash
# npm run bench:language: builds qplay and compares what reading a large inventory and a long playbook costs with ansible-core.
set -euo pipefail
cd "$(dirname "$0")/../.."
npm run --silent build
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
npx tsc --outDir "$made" -p bench/language
QPLAY_ROOT=$PWD node "$made/main.js"

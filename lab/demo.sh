#!/bin/bash
# npm run demo: from a clone to a running registry on this machine. npm run demo -- tour: ten seconds, no root, no lab.
#
# The lab is reset to bare hosts only while the registry has not been installed on it: run again, and nothing changes.
set -euo pipefail
cd "$(dirname "$0")/.."
. lab/lib/conf.sh
. lab/lib/say.sh
qplay=dist/engine/cli/main.js

check_node() {
  local version
  command -v node >/dev/null || die "Node is not installed, and qplay needs 20.20 or newer" "apt-get install -y nodejs npm, or see https://nodejs.org"
  version=$(node -p process.versions.node)
  [ "$(printf '20.20\n%s\n' "$version" | sort -V | head -1)" = 20.20 ] ||
    die "qplay needs Node 20.20 or newer; this is $version" "see https://nodejs.org, or: npx -y n 20"
  command -v npm >/dev/null || die "npm is not installed" "apt-get install -y npm"
}

# Packages and the build, only when something they are made of is newer.
make_qplay() {
  local t log
  log=$(mktemp)
  if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    t=$(now)
    begin "installing npm packages"
    npm ci --ignore-scripts --no-audit --no-fund >"$log" 2>&1 || die_with_log "npm could not install qplay's packages" "$log"
    finish "npm packages" "$t"
  fi
  if [ ! -e $qplay ] || [ -n "$(find engine modules bundle.mjs package.json -newer $qplay -type f -print -quit)" ]; then
    t=$(now)
    begin "building qplay"
    npm run --silent build >"$log" 2>&1 || die_with_log "qplay could not be built" "$log"
    touch $qplay
    finish "qplay" "$t"
  fi
  rm -f "$log"
}

tour() {
  title "A tour of qplay on this machine"
  check_node
  make_qplay
  exec node $qplay run playbooks/tour.yaml
}

lab_up() {
  if [ -e "$STATE/installed" ]; then
    lab/lab up
  elif [ -d "$STATE/h" ]; then
    lab/lab reset
  else
    lab/lab up
  fi
}

health() {
  lab/lab ctl node lab/demo-health.mjs "$STATE/secrets"
}

goodbye() {
  local lab=lab/lab again="npm run demo"
  [ "$QLAB" = qlab ] || lab="QLAB=$QLAB $lab" again="QLAB=$QLAB $again"
  cat <<TEXT

${B}Three things to try next${N}
  1. Run it again: nothing changes, and that is proven, not assumed
       $again
  2. Pull the plug of a node, look at the registry, and put it back
       $lab power-cut quay02; $lab ctl node lab/demo-health.mjs; $lab power-on quay02
  3. Change a variable and see what that would do, before it is done
       $lab ctl node $qplay plan ha-install -i inventory/lab -e quay_version=3.13.0

  $lab ssh db01 logs in to a host; $lab down --wipe ends it all
TEXT
}

case ${1:-install} in
  tour) tour ;;
  install) ;;
  *) die "the demo knows no part named $1" "npm run demo, or npm run demo -- tour" ;;
esac

title "qplay demo: a highly available Quay on seven hosts of this machine"
check_node
lab/lab check >/dev/null
make_qplay
lab_up
status=0
lab/lab ctl node $qplay run playbooks/ha-install.yaml -i inventory/lab || status=$?
[ $status = 0 ] || die "the installation ended with status $status" "run the same command again: it goes on where this one stopped"
touch "$STATE/installed"
health
note "from start to registry: $(minutes_since "$START")"
goodbye

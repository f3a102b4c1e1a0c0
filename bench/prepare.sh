# shellcheck shell=bash
# What the bench needs of the machine. Everything is checked before anything is touched.

PACKAGES="openssh-server openssh-client sudo iproute2 util-linux python3-venv"

# die SENTENCE [HINT..]
die() {
  printf 'bench: %s\n' "$1" >&2
  shift
  [ $# = 0 ] || printf '  → %s\n' "$@" >&2
  exit 3
}

check_machine() {
  local bad=()
  [ "$(uname -s)" = Linux ] || bad+=("the bench needs Linux; this is $(uname -s)")
  [ "$(id -u)" = 0 ] || bad+=("the bench needs root for network namespaces and sshd: run it with sudo, or as root")
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 20) ? 0 : 1)' 2>/dev/null ||
    bad+=("Node 20.20 or newer is missing: apt-get install nodejs npm, or see https://nodejs.org")
  command -v apt-get >/dev/null || bad+=("packages come from apt, and there is no apt-get here: install $PACKAGES by hand on this system first")
  grep -qsw overlay /proc/filesystems || modprobe -q overlay 2>/dev/null || bad+=("the kernel has no overlay file system: modprobe overlay")
  [ ${#bad[@]} = 0 ] || die 'this machine is not ready, and nothing has been touched' "${bad[@]}"
}

install_packages() {
  local missing=() p
  for p in $PACKAGES; do dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing+=("$p"); done
  [ ${#missing[@]} = 0 ] && return
  echo "installing ${missing[*]}" >&2
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -qy -o DPkg::Lock::Timeout=600 --no-install-recommends install "${missing[@]}"; } >&2 ||
    die "apt could not install ${missing[*]}" "apt-get install ${missing[*]}"
}

install_node_modules() {
  if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    echo 'npm ci' >&2
    npm ci --ignore-scripts --no-audit --no-fund >&2 || die 'npm ci failed' 'see what it says above'
  fi
}

build() {
  echo 'building qplay and the bench' >&2
  # qplay into a folder of the bench, so that a build meanwhile does not change what is measured
  { node bundle.mjs bench/.js/qplay/engine/cli && npx --no-install tsc -p bench/tsconfig.json; } >&2 || die 'the build failed' 'npm run check'
}

# Today's peers from the Python registry; Debian's where there is none.
install_peers() {
  QPLAY_BENCH_VENV=$QPLAY_BENCH_WORK/venv
  if [ ! -x "$QPLAY_BENCH_VENV/bin/pyinfra" ]; then
    echo 'installing ansible-core, mitogen and pyinfra into a virtual environment' >&2
    rm -rf "$QPLAY_BENCH_VENV"
    if ! { python3 -m venv "$QPLAY_BENCH_VENV" && "$QPLAY_BENCH_VENV/bin/pip" -q --disable-pip-version-check install ansible-core mitogen pyinfra; } >&2; then
      debian_peers
    fi
  fi
  local python=$QPLAY_BENCH_VENV/bin/python
  [ -x "$python" ] || python=python3
  QPLAY_BENCH_MITOGEN=$("$python" -c 'import ansible_mitogen, os; print(os.path.join(os.path.dirname(ansible_mitogen.__file__), "plugins/strategy"))' 2>/dev/null || true)
  local versions
  versions=$("$QPLAY_BENCH_VENV/bin/pip" list 2>/dev/null | awk '$1 ~ /^(ansible-core|mitogen|pyinfra)$/ {printf "%s %s, ", $1, $2}') || versions=
  [ -n "$versions" ] || versions=$(dpkg-query -W -f '${Package} ${Version}, ' ansible-core ansible-mitogen 2>/dev/null)
  QPLAY_BENCH_VERSIONS="${versions}qplay of $(git log -1 --format=%h 2>/dev/null || echo 'this folder'), Node $(node --version)"
  export QPLAY_BENCH_VENV QPLAY_BENCH_MITOGEN QPLAY_BENCH_VERSIONS
}

debian_peers() {
  echo "no Python registry in reach: Debian's ansible-core and Mitogen instead, and no pyinfra" >&2
  rm -rf "$QPLAY_BENCH_VENV"
  DEBIAN_FRONTEND=noninteractive apt-get -qy -o DPkg::Lock::Timeout=600 --no-install-recommends install ansible-core ansible-mitogen >&2 ||
    die 'the peers can be had neither from a Python registry nor from Debian' 'pip install ansible-core mitogen pyinfra' 'apt-get install ansible-core ansible-mitogen'
  mkdir -p "$QPLAY_BENCH_VENV/bin"
  ln -s /usr/bin/ansible-playbook "$QPLAY_BENCH_VENV/bin/"
}

# Where the kernel counts the fleet's CPU; the same choice as in cgroup.ts.
fleet_cgroup() {
  local root
  for root in /sys/fs/cgroup/cpuacct /sys/fs/cgroup /sys/fs/cgroup/unified; do
    if [ "$root" = /sys/fs/cgroup/cpuacct ]; then [ -d "$root" ] && break; else [ -e "$root/cgroup.controllers" ] && break; fi
  done
  echo "$root/qplay-bench-fleet"
}

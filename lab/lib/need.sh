# shellcheck shell=bash
# Everything the lab needs of the machine, checked before anything is touched.

NEEDED_PACKAGES="mmdebstrap systemd-container iproute2 openssl openssh-client ca-certificates procps util-linux"

# All findings at once, so that a person mends them in one go.
check_machine() {
  local bad=()
  [ "$(uname -s)" = Linux ] || bad+=("the lab needs Linux; this is $(uname -s)")
  [ "$(id -u)" = 0 ] || bad+=("the lab needs root for network namespaces and containers: run it with sudo, or as root")
  [ "$(uname -m)" = x86_64 ] || bad+=("the lab's images are built for x86_64; this is $(uname -m)")
  grep -qs '^ID=debian' /etc/os-release && grep -qs '^VERSION_ID="1[2-9]"' /etc/os-release ||
    bad+=("the lab is built on Debian 12 or newer; see /etc/os-release for what this is")
  [ -c /dev/null ] || bad+=("/dev/null is not a device here: rm -f /dev/null && mknod -m 666 /dev/null c 1 3")
  [ -c /dev/fuse ] || bad+=("/dev/fuse is missing: modprobe fuse, or mknod -m 666 /dev/fuse c 10 229")
  [ -c /dev/net/tun ] || bad+=("/dev/net/tun is missing: modprobe tun, or mkdir -p /dev/net && mknod -m 666 /dev/net/tun c 10 200")
  # a module that is there is loaded by the first mount
  grep -qsw overlay /proc/filesystems || modprobe -nq overlay 2>/dev/null || bad+=("the kernel has no overlay file system: modprobe overlay")
  grep -qsw cgroup2 /proc/mounts || bad+=("no cgroup v2 tree is mounted: boot with systemd.unified_cgroup_hierarchy=1, or mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified")
  check_space bad
  [ ${#bad[@]} = 0 ] && return
  printf '%s\n' "${R}lab: this machine is not ready, and nothing has been touched$N" >&2
  printf '  → %s\n' "${bad[@]}" >&2
  exit 3
}

check_space() {
  local -n found=$1
  local dir=$LAB_HOME free
  while [ ! -d "$dir" ]; do dir=$(dirname "$dir"); done
  free=$(df -Pk "$dir" | awk 'NR==2 {print int($4 / 1048576)}')
  [ "$free" -ge 8 ] || found+=("$dir has $free GB free and the lab wants 8: free some, or set QPLAY_LAB_HOME to a larger disk")
  case $(stat -fc %T "$dir") in
    overlayfs | nfs) found+=("$dir is on $(stat -fc %T "$dir"), which cannot hold the hosts' disks: set QPLAY_LAB_HOME to a local ext4 or xfs folder") ;;
  esac
}

# Installs what is missing; says so first, as it changes the machine.
install_packages() {
  local missing=() p t
  for p in $NEEDED_PACKAGES; do
    dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing+=("$p")
  done
  [ ${#missing[@]} = 0 ] && return
  t=$(now)
  begin "installing ${missing[*]}"
  mkdir -p "$BASE/log"
  local log=$BASE/log/apt.log
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -qy --no-install-recommends install "${missing[@]}"; } >"$log" 2>&1 ||
    die_with_log "apt could not install ${missing[*]}" "$log"
  finish "installed ${missing[*]}" "$t"
}

# Seven systemds want more inotify instances than the kernel's default of 128 a user.
raise_inotify() {
  local f=/proc/sys/fs/inotify/max_user_instances
  [ "$(cat $f)" -ge 1024 ] && return
  if echo 1024 >$f 2>/dev/null; then
    note "raised fs.inotify.max_user_instances to 1024 until the next boot"
  else
    note "fs.inotify.max_user_instances is $(cat $f) and cannot be raised here: one lab of seven hosts fits, a second may not"
  fi
}

#!/usr/bin/env bash
# fleet.sh up N | down | reset: N hosts of the bench on this machine, each with its own network, mount, pid and uts namespace,
# an overlay root whose writes stay in memory, and a real sshd at 10.231.1.<n>:22 (Debian's settings, PAM on), user qp with
# password-less sudo. The bridge and the control node's cable lie in the namespace $CTL, where the engines are run: the
# machine's own network gets no interface, no route, no rule. Root. Touches only what it creates.
set -eu
D=${QPLAY_BENCH_DIR:?the folder of the fleet}
CTL=${QPLAY_BENCH_NAME:-qplay-bench}
CGROUP=${QPLAY_BENCH_CGROUP:?the cgroup of the fleet}
PREFIX=10.231

# What all hosts share: accounts, keys, sshd's configuration. The lower layer between the machine's root and a host's own.
make_base() {
  mkdir -p "$D"
  mountpoint -q "$D" || mount -t tmpfs -o size=8g,mode=755 tmpfs "$D"
  local b=$D/base
  mkdir -p "$D/keys" "$b"/{etc/ssh,etc/sudoers.d,root/.ssh,home/qp/.ssh,srv}
  for key in id host; do [ -f "$D/keys/$key" ] || ssh-keygen -q -t ed25519 -N '' -f "$D/keys/$key"; done
  cp -p /etc/passwd /etc/shadow /etc/group /etc/gshadow "$b/etc/"
  echo 'qp:x:4900:4900:bench:/home/qp:/bin/sh' >>"$b/etc/passwd"
  echo 'qp:*:19000:0:99999:7:::' >>"$b/etc/shadow"
  echo 'qp:x:4900:' >>"$b/etc/group"
  echo 'qp:!::' >>"$b/etc/gshadow"
  cp -p /etc/sudoers "$b/etc/sudoers"
  echo 'qp ALL=(ALL) NOPASSWD: ALL' >"$b/etc/sudoers.d/qp"
  chmod 440 "$b/etc/sudoers.d/qp"
  cp "$D/keys/id.pub" "$b/home/qp/.ssh/authorized_keys"
  chown -R root:root "$b/root"
  chown -R 4900:4900 "$b/home/qp"
  chmod 700 "$b/root" "$b/root/.ssh" "$b/home/qp/.ssh"
  chmod 755 "$b" "$b/etc" "$b/home"
  install -m 600 "$D/keys/host" "$b/etc/ssh/qplay_bench_host"
  cat >"$b/etc/ssh/sshd_config" <<'CONFIG'
Port 22
HostKey /etc/ssh/qplay_bench_host
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM yes
PrintMotd no
AcceptEnv LANG LC_*
MaxStartups 400
Subsystem sftp /usr/lib/openssh/sftp-server
PidFile none
CONFIG
}

make_network() {
  [ -e "/run/netns/$CTL" ] && return
  ip netns add "$CTL"
  ip -n "$CTL" link set lo up
  ip -n "$CTL" link add br0 type bridge
  ip -n "$CTL" link set br0 up
  ip -n "$CTL" addr add "$PREFIX.0.1/16" dev br0
}

start_host() {
  local n=$1 ns=$CTL-$1 h=$D/h$1
  ip netns add "$ns"
  ip -n "$CTL" link add "v$n" type veth peer name eth0 netns "$ns"
  ip -n "$CTL" link set "v$n" master br0 up
  ip -n "$ns" link set lo up
  ip -n "$ns" link set eth0 up
  ip -n "$ns" addr add "$PREFIX.1.$n/16" dev eth0
  mkdir -p "$h/upper/etc" "$h/work" "$h/root"
  printf '127.0.0.1 localhost\n127.0.1.1 node%s\n' "$n" >"$h/upper/etc/hosts"
  echo "node$n" >"$h/upper/etc/hostname"
  : >"$h/upper/etc/resolv.conf"
  # shellcheck disable=SC2016 # $0, $1.. are the inner shells' own
  setsid sh -c 'echo 0 >"$0/cgroup.procs" && exec "$@"' "$CGROUP" \
    nsenter "--net=/run/netns/$ns" unshare --mount --uts --pid --fork --kill-child sh -c '
      h=$1 d=$2 n=$3
      hostname "node$n"
      mount -t overlay overlay -o "lowerdir=$d/base:/,upperdir=$h/upper,workdir=$h/work" "$h/root" || exit 1
      r=$h/root
      mount -t tmpfs -o mode=1777 tmpfs "$r/tmp"
      mount -t tmpfs -o mode=755 tmpfs "$r/run"
      mkdir -p "$r/run/sshd" "$r/run/lock" "$r/run/user"
      mount -t proc proc "$r/proc"
      mount --rbind /dev "$r/dev"
      mount --rbind /sys "$r/sys"
      exec chroot "$r" /usr/sbin/sshd -D -e -f /etc/ssh/sshd_config' sh "$h" "$D" "$n" >"$h/log" 2>&1 </dev/null &
  echo $! >"$h/pid"
}

# Waits until every sshd answers.
await() {
  local n
  for n in $(seq "$1"); do
    # shellcheck disable=SC2016
    nsenter "--net=/run/netns/$CTL" bash -c 'for _ in $(seq 200); do (exec 3<>"/dev/tcp/$0/22") 2>/dev/null && exit; sleep 0.1; done; exit 1' "$PREFIX.1.$n" ||
      { echo "bench: host $n does not come up; its sshd said:" >&2; cat "$D/h$n/log" >&2; exit 1; }
  done
}

up() {
  local n
  make_base
  make_network
  for n in $(seq "$1"); do [ -f "$D/h$n/pid" ] || start_host "$n"; done
  await "$1"
  seq -f "$PREFIX.1.%g" "$1" | sed "s|\$| $(cut -d' ' -f1,2 "$D/keys/host.pub")|" >"$D/known_hosts"
}

# The first process inside a host, by which its files are reached.
inside() { local p; p=$(cat "$D/h$1/pid"); cut -d' ' -f1 "/proc/$p/task/$p/children"; }

# Empties every host of what the workloads make there.
reset() {
  local h n r
  for h in "$D"/h*/pid; do
    n=${h%/pid} n=${n##*/h}
    r=/proc/$(inside "$n")/root
    rm -rf "$r"/srv/bench "$r"/home/qpu* "$r"/var/mail/qpu* "$r"/tmp/bench*
    for f in passwd shadow group gshadow; do cp -p "$D/base/etc/$f" "$r/etc/$f"; rm -f "$r/etc/$f-"; done
  done
}

down() {
  local ns
  if [ -d "$CGROUP" ]; then
    for _ in $(seq 50); do
      # shellcheck disable=SC2046 # one word a process
      kill -KILL $(cat "$CGROUP/cgroup.procs") 2>/dev/null || break
      sleep 0.1
    done
    rmdir "$CGROUP" 2>/dev/null || true
  fi
  for ns in $(ip netns list | awk -v p="$CTL" '$1 == p || index($1, p "-") == 1 {print $1}'); do ip netns del "$ns"; done
  if mountpoint -q "$D"; then umount "$D" 2>/dev/null || umount -l "$D"; fi
  rmdir "$D" 2>/dev/null || true
}

case ${1:-} in
  up) up "$2" ;;
  down) down ;;
  reset) reset ;;
  *) sed -n 2,6p "$0" >&2; exit 2 ;;
esac

# shellcheck shell=bash
# Settings shared by every script of the lab. Sourced, never run.
#
#   QLAB            name of the instance (default qlab): prefix of its network namespaces and its state folder
#   QPLAY_LAB_HOME  where everything lives (default /var/lib/qplay-lab)
#   QPLAY_LAB_JOBS  how many build jobs run at once (default: the number of cores, at most 4)

QLAB=${QLAB:-qlab}
LAB_HOME=${QPLAY_LAB_HOME:-/var/lib/qplay-lab}
BASE=$LAB_HOME/base
STATE=$LAB_HOME/$QLAB
SUITE=bookworm
NET=10.77.0
SERVICES_IP=$NET.5
SW=$QLAB-sw
CTL=$QLAB-ctl
DEFAULT_HOSTS="db01 quay01 quay02 quay03 ceph01 ceph02 ceph03"
SPARE_HOSTS="box01 box02 box03 box04"
cores=$(nproc)
JOBS=${QPLAY_LAB_JOBS:-$((cores > 4 ? 4 : cores))}

CGROUP=/sys/fs/cgroup
[ -d "$CGROUP/unified" ] && CGROUP=$CGROUP/unified # cgroup v1/hybrid machine: its v2 tree is here
CGROUP=$CGROUP/qplay-lab

# host_octet NAME: last number of the host's address; the name tells it (quay02 is 10.77.0.22)
host_octet() {
  case $1 in
    db0[1-9]) echo $((10 + ${1#db0})) ;;
    quay0[1-9]) echo $((20 + ${1#quay0})) ;;
    ceph0[1-9]) echo $((30 + ${1#ceph0})) ;;
    box0[1-9]) echo $((40 + ${1#box0})) ;;
    *) return 1 ;;
  esac
}

host_group() { echo "${1%0[1-9]}"; }

# known_hosts_of_instance: every host that has a state folder, in order of address
instance_hosts() {
  local d
  for d in "$STATE"/h/*/; do
    [ -d "$d" ] && d=${d%/} && echo "$(host_octet "${d##*/}") ${d##*/}"
  done | sort -n | cut -d' ' -f2
}

check_instance_name() {
  [[ $QLAB =~ ^[a-z][a-z0-9]{0,9}$ && $QLAB != base && $QLAB != current ]] ||
    die "QLAB=$QLAB is not a usable instance name" "use up to ten lower-case letters and digits, for example QLAB=mods"
}

check_hosts() {
  local h
  for h in "$@"; do
    host_octet "$h" >/dev/null || die "the lab knows no host named $h" \
      "hosts are $DEFAULT_HOSTS and, for module tests, box01 to box09"
  done
}

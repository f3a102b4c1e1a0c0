#!/bin/bash
# supervise.sh NAME: keeps one host running until it is powered off. Started by host_boot, ended through its cgroup.
set -uo pipefail
cd "$(dirname "$0")" || exit 1
. ./conf.sh
. ./say.sh
. ./net.sh
. ./cgroup.sh
n=$1 d=$STATE/h/$1
cgroup_enter "$n"
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_API_VFS_WRITABLE=network

# nspawn is shown a plain cgroup-v2 tree even where the machine mounts v1 or both
with_plain_cgroup2() {
  unshare -m --propagation slave bash -c '
    if [ -d /sys/fs/cgroup/unified ]; then umount -R -l /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup; fi
    exec "$@"' - "$@"
}

# CAP_SYS_TIME is dropped, else a host could set the machine's clock.
# /var/lib/containers and the OSDs are plain folders of the machine: overlay on overlay cannot be podman's upper directory.
boot_once() {
  with_plain_cgroup2 systemd-nspawn --quiet --directory="$d/root" --machine="$QLAB-$n" --hostname="$n" --boot \
    --register=no --keep-unit --network-namespace-path="/run/netns/$QLAB-$n" \
    --link-journal=no --resolv-conf=off --timezone=off \
    --capability=all --drop-capability=CAP_SYS_TIME,CAP_SYS_MODULE,CAP_SYS_RAWIO \
    --system-call-filter="add_key keyctl bpf request_key" \
    --bind="$d/containers:/var/lib/containers" --bind="$d/osd:/var/lib/ceph/osd" \
    --bind=/dev/fuse --bind=/dev/net/tun --console=read-only
}

while :; do
  fresh_host_net "$n" || exit 1
  boot_once
  rc=$?
  [ $rc = 133 ] || break # 133: the host asked for a reboot
  echo "[lab] $n reboots at $(date -u +%T)"
done
echo "[lab] $n is off (status $rc)"

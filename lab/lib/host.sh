# shellcheck shell=bash
# A host's disk and power.

# host_disk NAME: an empty writable layer over the shared base, with name, addresses and the host's own key
host_disk() {
  local n=$1 d=$STATE/h/$1 lower
  mkdir -p "$d"/{up,work,root,containers,osd}
  [ -s "$d/lower" ] || base_layers >"$d/lower"
  lower=$(cat "$d/lower")
  mountpoint -q "$d/root" && return
  # A volatile overlay skips fsync, which a lab can afford; the kernel asks that its mark be removed before a new mount.
  rm -rf "$d/work/work/incompat"
  mount -t overlay "$QLAB-$n" -o "lowerdir=$lower,upperdir=$d/up,workdir=$d/work,volatile" "$d/root"
  [ -e "$d/seeded" ] || seed_host "$n"
}

seed_host() {
  local n=$1 d=$STATE/h/$1
  local root=$d/root
  echo "$n" >"$root/etc/hostname"
  tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
  hosts_file "$n" >"$root/etc/hosts"
  host_key "$n"
  install -m 600 "$BASE/keys/hosts/$n" "$root/etc/ssh/ssh_host_ed25519_key"
  install -m 644 "$BASE/keys/hosts/$n.pub" "$root/etc/ssh/ssh_host_ed25519_key.pub"
  touch "$d/seeded"
}

# The same key for a name for ever, so that known_hosts stays right over resets.
host_key() {
  [ -s "$BASE/keys/hosts/$1.pub" ] || ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$BASE/keys/hosts/$1"
}

host_boot() {
  setsid "$LAB_DIR/lib/supervise.sh" "$1" >>"$STATE/log/$1.console" 2>&1 </dev/null &
  disown
}

host_off() { # pull the plug; the disk stays
  cgroup_kill "$1"
  ip netns del "$QLAB-$1" 2>/dev/null || true
  ip -n "$SW" link del "v-$1" 2>/dev/null || true
}

# The folder is renamed first, so that nobody waits for the deletion of some gigabytes.
host_wipe() {
  local d=$STATE/h/$1
  [ -d "$d" ] || return 0
  umount -R -l "$d/root" 2>/dev/null || true
  to_trash "$d"
}

to_trash() { mv "$1" "$(mktemp -d "$LAB_HOME/.trash.XXXXXX")/"; }

empty_trash() { # in the background, politely
  local t
  for t in "$LAB_HOME"/.trash.*; do
    [ -e "$t" ] || continue
    setsid nice -n 19 ionice -c 3 rm -rf --one-file-system "$t" >/dev/null 2>&1 </dev/null &
    disown
  done
}

ssh_answers() {
  [[ $(timeout 2 ip netns exec "$CTL" bash -c "exec 3<>/dev/tcp/$(host_ip "$1")/22 && head -c 4 <&3" 2>/dev/null) == SSH- ]]
}

wait_for_ssh() {
  local n=$1
  for i in $(seq 400); do
    ssh_answers "$n" && return
    if [ "$i" -gt 20 ] && ! cgroup_alive "$n"; then
      die_with_log "$n stopped while it booted" "$STATE/log/$n.console"
    fi
    sleep 0.15
  done
  die_with_log "$n does not answer on ssh" "$STATE/log/$n.console"
}

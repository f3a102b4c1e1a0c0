# shellcheck shell=bash
# One function a command of lab/lab.

cmd_help() {
  cat <<HELP
${B}lab/lab${N}: bare hosts to try playbooks on, all on this machine, invisible to its network

  check                 say whether this machine can carry the lab; touches nothing
  build                 make what is shared by all instances (kept; made again only when its inputs change)
  up [HOST..]           bring hosts up, building first when needed; all seven by default
  reset [HOST..]        back to bare hosts, in seconds
  down [--wipe]         end the instance; --wipe also deletes its disks
  status                what runs, and what is cut or off
  ssh HOST [CMD]        log in as qadmin (or USER@HOST)
  ctl CMD..             run CMD on the control node, from where the hosts are reached by name
  cut HOST.. | heal HOST..            take a host off the network, and back
  power-cut HOST.. | power-on HOST..  pull the plug, and boot again from the same disk
  env | inventory       what a shell or qplay needs to use this instance

  hosts                 $DEFAULT_HOSTS; box01 to box09 on request
  QLAB=NAME             another instance beside this one (now: $QLAB)
HELP
}

prepare() {
  check_machine
  install_packages
  build_all
}

cmd_check() {
  check_machine
  note "this machine can carry the lab"
}

cmd_build() {
  title "Building the lab in $BASE"
  prepare
  note "built in $(since "$START"); lab/lab up brings hosts up"
}

cmd_up() {
  local hosts=("$@") h t started=()
  [ $# -gt 0 ] || read -r -a hosts <<<"$DEFAULT_HOSTS"
  check_hosts "${hosts[@]}"
  title "Lab $QLAB: ${hosts[*]}"
  prepare
  raise_inotify
  make_instance
  mkdir -p "$CGROUP/$QLAB"
  t=$(now)
  net_up
  services_up
  for h in "${hosts[@]}"; do
    if cgroup_alive "$h"; then continue; fi
    begin "booting $h"
    mkdir -p "$STATE/h/$h"
    host_disk "$h"
    host_boot "$h"
    started+=("$h")
  done
  write_control_files
  write_known_hosts
  for h in "${started[@]}"; do wait_for_ssh "$h"; done
  if [ ${#started[@]} = 0 ]; then note "already up"; else finish "up and answering on ssh: ${#started[@]} of ${#hosts[@]}" "$t"; fi
}

cmd_reset() {
  local hosts=("$@") h t
  [ $# -gt 0 ] || read -r -a hosts <<<"$(instance_hosts | tr '\n' ' ')"
  [ ${#hosts[@]} -gt 0 ] || read -r -a hosts <<<"$DEFAULT_HOSTS"
  check_hosts "${hosts[@]}"
  check_machine
  t=$(now)
  for h in "${hosts[@]}"; do host_off "$h" & done
  wait
  for h in "${hosts[@]}"; do host_wipe "$h"; done
  rm -f "$STATE/installed"
  finish "wiped ${hosts[*]}" "$t"
  cmd_up "${hosts[@]}"
  empty_trash
}

cmd_down() {
  local wipe='' h t
  [ "${1:-}" != --wipe ] || wipe=1
  t=$(now)
  for h in $(instance_hosts); do host_off "$h" & done
  wait
  services_down
  for h in $(instance_hosts); do
    umount -R -l "$STATE/h/$h/root" 2>/dev/null || true
  done
  net_down
  rmdir "$CGROUP/$QLAB" 2>/dev/null || true
  if [ -n "$wipe" ] && [ -d "$STATE" ]; then
    to_trash "$STATE"
    empty_trash
  fi
  finish "lab $QLAB is down${wipe:+, its disks deleted}" "$t"
}

need_host() {
  check_hosts "$1"
  [ -d "$STATE/h/$1" ] || die "$1 is not part of lab $QLAB" "lab/lab up $1"
}

cmd_ssh() {
  [ $# -gt 0 ] || die "which host?" "lab/lab ssh db01"
  local target=$1
  shift
  need_host "${target#*@}"
  exec ip netns exec "$CTL" ssh -F "$STATE/ssh_config" "$target" "$@"
}

cmd_ctl() {
  [ -e "/run/netns/$CTL" ] || die "lab $QLAB is not up" "lab/lab up"
  [ $# -gt 0 ] || set -- "${SHELL:-/bin/bash}"
  eval "$(print_env)"
  exec ip netns exec "$CTL" "$@"
}

each_host() { # each_host FUNCTION TEXT HOST..
  local fn=$1 text=$2 h t
  shift 2
  [ $# -gt 0 ] || die "which host?" "name one or more of: $(instance_hosts | tr '\n' ' ')"
  for h in "$@"; do
    need_host "$h"
    t=$(now)
    "$fn" "$h"
    finish "$h $text" "$t"
  done
}

cmd_cut() { each_host net_cut "is cut off the network" "$@"; }
cmd_heal() { each_host net_heal "is on the network again" "$@"; }
cmd_power_cut() { each_host host_off "has lost power" "$@"; }
power_on() { cgroup_alive "$1" || { host_disk "$1"; host_boot "$1"; }; wait_for_ssh "$1"; }
cmd_power_on() { each_host power_on "is on and answers on ssh" "$@"; }

cmd_status() {
  local h state
  [ -d "$STATE" ] || die "there is no lab named $QLAB" "lab/lab up"
  title "Lab $QLAB"
  for h in $(instance_hosts); do
    if ! cgroup_alive "$h"; then
      state="${R}off$N"
    elif [ -e "$STATE/h/$h/cut" ]; then
      state="${R}cut off the network$N"
    elif ssh_answers "$h"; then
      state="${G}up$N"
    else state="booting"; fi
    printf '  %-8s %-12s %s\n' "$h" "$(host_ip "$h")" "$state"
  done
  services_status
}

cmd_env() { print_env; }
cmd_inventory() { print_inventory; }

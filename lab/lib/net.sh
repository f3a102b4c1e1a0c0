# shellcheck shell=bash
# The instance's network: a bridge in a namespace of its own, a control node, one namespace a host.
# The machine's own namespace gets no interface, no route, no rule.

net_up() {
  [ -e "/run/netns/$SW" ] || make_switch
  [ -e "/run/netns/$CTL" ] || make_control_node
  write_control_files
}

make_switch() {
  ip netns add "$SW"
  ip -n "$SW" link set lo up
  # Bridged packets must not meet iptables; absent where br_netfilter is not loaded, then there is nothing to turn off.
  ip netns exec "$SW" sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 2>/dev/null || true
  ip -n "$SW" link add br0 type bridge
  ip -n "$SW" link set br0 up
  ip -n "$SW" addr add "$NET.1/24" dev br0
  ip -n "$SW" addr add "$SERVICES_IP/24" dev br0
}

make_control_node() {
  ip netns add "$CTL"
  ip -n "$CTL" link set lo up
  ip -n "$SW" link add v-ctl type veth peer name eth0 netns "$CTL"
  ip -n "$SW" link set v-ctl master br0 up
  ip -n "$CTL" addr add "$NET.2/24" dev eth0
  ip -n "$CTL" link set eth0 up
}

# "ip netns exec" shows these files to whatever runs in the control node
write_control_files() {
  mkdir -p "/etc/netns/$CTL"
  hosts_file ctl >"/etc/netns/$CTL/hosts"
  : >"/etc/netns/$CTL/resolv.conf"
}

# hosts_file NAME [HOST..]: names of the lab as host NAME sees them
hosts_file() {
  local h
  echo "127.0.0.1 localhost"
  echo "$NET.2 ctl.lab ctl"
  echo "$SERVICES_IP registry.redhat.io registry.access.redhat.com quay.io registry.lab repo.lab"
  echo "$(host_ip db01) quay.lab quay.example.com"
  for h in $({ tr ' ' '\n' <<<"$DEFAULT_HOSTS $SPARE_HOSTS $1"; instance_hosts; } | grep -vx ctl | sort -u); do
    echo "$(host_ip "$h") $h.lab $h"
  done
}

host_ip() { echo "$NET.$(host_octet "$1")"; }

# A new namespace for each boot: a kept one would still hold podman0 and old rules.
fresh_host_net() {
  local n=$1 octet ns=$QLAB-$1
  octet=$(host_octet "$n")
  ip netns del "$ns" 2>/dev/null
  for _ in $(seq 50); do
    ip -n "$SW" link show "v-$n" >/dev/null 2>&1 || break
    ip -n "$SW" link del "v-$n" 2>/dev/null
    sleep 0.05
  done
  ip netns add "$ns" || return 1
  # A fixed MAC: with a new one a re-made host is unreachable for some 10 s, until its neighbours' ARP entries expire.
  ip -n "$SW" link add "v-$n" type veth peer name eth0 address "$(printf '02:71:6c:00:00:%02x' "$octet")" netns "$ns"
  ip -n "$SW" link set "v-$n" up
  [ -e "$STATE/h/$n/cut" ] || ip -n "$SW" link set "v-$n" master br0
  ip -n "$ns" link set lo up
  ip -n "$ns" addr add "$NET.$octet/24" dev eth0
  ip -n "$ns" link set eth0 up
  ip -n "$ns" route add default via "$NET.1"
}

# A cut host keeps its carrier, as behind a switch that lost its uplink: only packets stop.
net_cut() { touch "$STATE/h/$1/cut"; ip -n "$SW" link set "v-$1" nomaster; }
net_heal() { rm -f "$STATE/h/$1/cut"; ip -n "$SW" link set "v-$1" master br0; }

net_down() {
  ip netns del "$CTL" 2>/dev/null
  ip netns del "$SW" 2>/dev/null
  rm -rf "/etc/netns/${CTL:?}"
}

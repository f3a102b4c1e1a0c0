# shellcheck shell=bash
# The files of an instance that other programs read: key, known_hosts, ssh_config.

make_instance() {
  mkdir -p "$STATE"/{h,log,run}
  chmod 700 "$STATE"
  install -m 600 "$BASE/keys/id_lab" "$STATE/id_lab"
  install -m 644 "$BASE/keys/id_lab.pub" "$STATE/id_lab.pub"
  install -m 644 "$BASE/keys/ca.crt" "$STATE/ca.crt"
  write_ssh_config
}

write_known_hosts() {
  local h key
  for h in $(instance_hosts); do
    read -r -a key <"$BASE/keys/hosts/$h.pub"
    echo "$h,$h.lab,$(host_ip "$h") ${key[0]} ${key[1]}"
  done >"$STATE/known_hosts.part"
  mv "$STATE/known_hosts.part" "$STATE/known_hosts"
}

write_ssh_config() {
  cat >"$STATE/ssh_config" <<CONF
Host *
  User qadmin
  IdentityFile $STATE/id_lab
  IdentitiesOnly yes
  UserKnownHostsFile $STATE/known_hosts
  StrictHostKeyChecking yes
  LogLevel ERROR
CONF
}

# What a shell or a test needs to reach this instance; for: eval "$(lab/lab env)"
print_env() {
  cat <<ENV
export QLAB=$QLAB
export QLAB_DIR=$STATE
export QLAB_KEY=$STATE/id_lab
export QLAB_KNOWN_HOSTS=$STATE/known_hosts
export QLAB_CA=$STATE/ca.crt
export QLAB_CTL=$CTL
ENV
}

# A YAML inventory of the hosts that are there.
print_inventory() {
  local group
  cat <<TOP
# lab $QLAB: written by lab/lab inventory
all:
  vars:
    ansible_user: qadmin
    ansible_ssh_private_key_file: $STATE/id_lab
    ansible_ssh_common_args: -o UserKnownHostsFile=$STATE/known_hosts
  children:
TOP
  for group in db quay ceph box; do print_group "$group"; done
}

print_group() {
  local h hosts
  hosts=$(instance_hosts | grep "^$1" || true)
  [ -n "$hosts" ] || return 0
  printf '    %s:\n      hosts:\n' "$1"
  for h in $hosts; do echo "        $h: { ansible_host: $(host_ip "$h") }"; done
}

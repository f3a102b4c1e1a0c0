# shellcheck shell=bash
# All stages in order. One build at a time, whoever asks.

build_all() {
  mkdir -p "$BASE"/{cache/partial,log,keys}
  exec 9>"$BASE/lock"
  if ! flock -n 9; then
    note "another build is running; waiting for it"
    flock 9
  fi
  make_keys
  stage root "a small Debian" build_root build/dpkg.cfg "$MIRROR"
  stage hosts "the bare host: systemd, sshd, firewalld" build_hosts hosts "$STAGE_root"
  echo "$STAGE_hosts/diff:$STAGE_root/root" >"$BASE/hosts.layers.part"
  mv "$BASE/hosts.layers.part" "$BASE/hosts.layers"
  prune_stages "$STAGE_root" "$STAGE_hosts"
  exec 9>&-
}

# base_layers: lower layers of a host's disk, upper first
base_layers() { cat "$BASE/hosts.layers"; }

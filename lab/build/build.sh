# shellcheck shell=bash
# All stages in order. One build at a time, whoever asks.

declare_stages() {
  stage root "a small Debian" build_root build/root.sh build/dpkg.cfg "$MIRROR"
  # shellcheck disable=SC2086
  stage debs "packages for hosts, services and images" build_debs build/debs.sh build/chroot.sh $LISTS "$STAGE_root"
  stage hosts "the bare host: systemd, sshd, firewalld" build_hosts build/hosts.sh hosts "$STAGE_debs"
  stage services "package and image servers" build_services build/services.sh services/packages "$STAGE_debs"
  stage repo "the lab's package repository" build_repo build/repo.sh repo "$STAGE_debs"
}

build_all() {
  mkdir -p "$BASE"/{cache/partial,log,keys}
  exec 9>"$BASE/lock"
  if ! flock -n 9; then
    note "another build is running; waiting for it"
    flock 9
  fi
  make_keys
  declare_stages
  make_stages root
  make_stages debs
  make_stages hosts services
  make_stages repo
  prune_stages
  exec 9>&-
}

# base_layers: lower layers of a host's disk, upper first
base_layers() { echo "$STAGE_hosts/diff:$STAGE_root/root"; }

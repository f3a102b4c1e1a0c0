# shellcheck shell=bash
# All stages in order. One build at a time, whoever asks.

declare_stages() {
  local image
  stage root "a small Debian" build_root build/root.sh build/dpkg.cfg "$MIRROR"
  # shellcheck disable=SC2086
  stage debs "packages for hosts, services and images" build_debs build/debs.sh build/chroot.sh $LISTS "$STAGE_root"
  stage hosts "the bare host: systemd, sshd, firewalld" build_hosts build/hosts.sh hosts "$STAGE_debs"
  stage services "package and image servers" build_services build/services.sh services/packages "$STAGE_debs"
  stage repo "the lab's package repository" build_repo build/repo.sh repo "$STAGE_debs"
  stage image_base "images: the shared base" build_image_base build/images.sh "$STAGE_root"
  for image in postgresql redis quay; do
    stage image_$image "images: $image" build_image_$image build/images.sh images/$image "$STAGE_debs"
  done
  stage images "images under their real names and tags" build_images build/images.sh images "$STAGE_image_base" "$STAGE_image_postgresql" "$STAGE_image_redis" "$STAGE_image_quay"
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
  if [ -n "${QPLAY_LAB_REGISTRY:-}" ]; then
    make_stages hosts services
    make_stages repo
  else
    make_stages image_quay hosts image_postgresql image_base services image_redis
    make_stages repo images
  fi
  prune_stages
  exec 9>&-
}

# base_layers: lower layers of a host's disk, upper first
base_layers() { echo "$STAGE_hosts/diff:$STAGE_root/root"; }

# shellcheck shell=bash
# The programs that serve the lab itself, as a layer over the small Debian.

build_services() {
  ARCHIVES=$STAGE_debs/pool over "$STAGE_root/root" "$1" fill_services
}

fill_services() {
  # shellcheck disable=SC2046
  apt_in "$1" $(package_list "$LAB_DIR/services/packages")
}

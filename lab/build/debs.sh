# shellcheck shell=bash
# All Debian packages that hosts, services and images need, downloaded once. The same folder is the pool of the
# lab's apt repository.

LISTS="hosts/packages repo/packages services/packages images/postgresql/packages images/redis/packages images/quay/packages"

build_debs() {
  local dir=$1
  mkdir -p "$dir/pool/partial"
  over "$STAGE_root/root" "$dir" download_debs
  link_debs "$dir/wanted" "$dir/pool"
  rm -rf "$dir/diff"
}

# Writes the file names of all that would be installed, and of what the small Debian already has.
download_debs() {
  local root=$1 dir
  dir=$(dirname "$1")
  # shellcheck disable=SC2046
  set -- $(cd "$LAB_DIR" && package_list $LISTS | sort -u)
  ARCHIVES=$BASE/cache in_chroot "$root" apt-get -qy --download-only install "$@"
  {
    in_chroot "$root" apt-get -qs install "$@" | sed -n 's/^Inst \([^ ]*\) \(\[[^]]*\] \)\?(\([^ ]*\) .*\[\([^]]*\)\]).*/\1_\3_\4.deb/p'
    in_chroot "$root" dpkg-query -W -f '${Package}_${Version}_${Architecture}.deb\n'
  } | sed 's/:/%3a/g' >"$dir/wanted"
}

link_debs() {
  local f missing=0
  while read -r f; do
    if [ -e "$BASE/cache/$f" ]; then ln "$BASE/cache/$f" "$2/"; else echo "not in the cache: $f"; missing=$((missing + 1)); fi
  done <"$1"
  # the machine's own cache may have been pruned of what the small Debian stands on; that cannot hurt an installation
  echo "$missing packages are not offered"
}

# shellcheck shell=bash
# Work inside a root that is not running: always in a mount namespace of its own, so that a kill leaves no mount.

# in_chroot ROOT CMD..: with /proc, /dev and the downloaded packages
in_chroot() {
  unshare -m bash -ec '
    root=$1 archives=$2; shift 2
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    [ ! -e /etc/resolv.conf ] || mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
    if [ -d "$archives" ]; then
      mkdir -p "$root/var/cache/apt/archives"
      mount --bind "$archives" "$root/var/cache/apt/archives"
    fi
    export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root
    exec chroot "$root" "$@"' - "$1" "${ARCHIVES:-none}" "${@:2}"
}

# over LOWER DIR FUNCTION ARG..: FUNCTION with an overlay as first argument, which writes into DIR/diff
over() {
  local lower=$1 dir=$2
  mkdir -p "$dir"/{diff,work,mnt}
  (
    set -e
    export -f in_chroot apt_in package_list "$3"
    export BASE LAB_DIR ARCHIVES LISTS SUITE
    unshare -m bash -ec '
      mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/diff,workdir=$2/work,volatile" "$2/mnt"
      "$3" "$2/mnt" "${@:4}"' - "$lower" "$dir" "${@:3}"
  )
  rm -rf "$dir/work" "$dir/mnt"
}

# apt_in ROOT PACKAGE..: from the downloaded packages only
apt_in() { in_chroot "$1" apt-get -qy -o Debug::NoLocking=true --no-download install "${@:2}"; }

package_list() { grep -hv '^#' "$@"; }

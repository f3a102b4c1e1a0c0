# shellcheck shell=bash
# The lab's apt repository: the downloaded packages and our own under dists/bookworm.

build_repo() {
  local dir=$1
  mkdir -p "$dir/debian/pool" "$dir/debian/dists/$SUITE/main/binary-amd64"
  ln "$STAGE_debs"/pool/*.deb "$dir/debian/pool/"
  "$LAB_DIR/repo/make-packages" "$dir/debian/pool"
  over "$STAGE_services/diff:$STAGE_root/root" "$dir" index_repo
  rm -rf "$dir/diff"
}

index_repo() {
  local root=$1 repo
  repo=$(dirname "$1")/debian
  mkdir -p "$root/repo"
  mount --bind "$repo" "$root/repo"
  in_chroot "$root" bash -ec '
    cd /repo
    packages=dists/$1/main/binary-amd64/Packages
    apt-ftparchive packages pool >$packages
    gzip -9k $packages
    apt-ftparchive -o APT::FTPArchive::Release::Suite=$1 -o APT::FTPArchive::Release::Codename=$1 \
      -o APT::FTPArchive::Release::Components=main -o APT::FTPArchive::Release::Architectures=amd64 \
      -o APT::FTPArchive::Release::Label=qplay-lab release dists/$1 >/tmp/Release
    mv /tmp/Release dists/$1/Release' - "$SUITE"
}

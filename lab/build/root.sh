# shellcheck shell=bash
# The smallest Debian that can install packages: the ground of hosts, services and images alike.

# the machine's own Debian mirror, unless told otherwise
machine_mirror() {
  { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
    awk '!/^ *#/ && !d {for (i = 1; i <= NF; i++) if ($i ~ /^https?:.*\/debian\/?$/) {print $i; d = 1; break}}'
}
MIRROR=${QPLAY_LAB_MIRROR:-$(machine_mirror)}
MIRROR=${MIRROR:-http://deb.debian.org/debian}
MIRROR=${MIRROR%/}

debian_sources() {
  echo "deb $MIRROR $SUITE main"
  echo "deb $MIRROR $SUITE-updates main"
  echo "deb ${MIRROR%/debian}/debian-security $SUITE-security main"
}

# The machine's own way through a proxy holds for the build, too.
apt_proxy() { apt-config dump 2>/dev/null | grep -E '^Acquire::https?::Proxy(::[^ ]*)? "' || true; }

build_root() {
  local dir=$1
  apt_proxy >"$BASE/log/apt-proxy.conf"
  debian_sources >"$BASE/log/sources.list"
  mmdebstrap --mode=root --variant=apt --format=directory \
    --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
    --skip=cleanup/apt,download/empty,essential/unlink \
    --setup-hook="mkdir -p \"\$1/var/cache/apt/archives\"; cp -l $BASE/cache/*.deb \"\$1/var/cache/apt/archives/\" 2>/dev/null || true" \
    --customize-hook="cp -n \"\$1\"/var/cache/apt/archives/*.deb $BASE/cache/; rm -f \"\$1\"/var/cache/apt/archives/*.deb" \
    --aptopt="$BASE/log/apt-proxy.conf" \
    --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "0"' --aptopt='Dpkg::Use-Pty "0"' \
    --dpkgopt="$LAB_DIR/build/dpkg.cfg" \
    --include=ca-certificates,openssl \
    "$SUITE" "$dir/root" "$BASE/log/sources.list"
  # Packages installed into a chroot must not start their services; the hosts stage removes this again.
  printf '#!/bin/sh\nexit 101\n' >"$dir/root/usr/sbin/policy-rc.d"
  chmod 755 "$dir/root/usr/sbin/policy-rc.d"
  : >"$dir/root/etc/resolv.conf"
}

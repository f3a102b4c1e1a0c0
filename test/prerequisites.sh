#!/usr/bin/env bash
# The Debian packages that the tests of the transport and of modules on this machine use.
set -euo pipefail
need=()
[ -x /usr/sbin/sshd ] || need+=(openssh-server)
command -v ssh-keygen >/dev/null || need+=(openssh-client)
command -v sudo >/dev/null || need+=(sudo)
command -v busybox >/dev/null || need+=(busybox)
command -v doas >/dev/null || need+=(opendoas)
command -v unzip >/dev/null || need+=(unzip)
command -v ps >/dev/null || need+=(procps)
command -v tmux >/dev/null || need+=(tmux)
command -v openssl >/dev/null || need+=(openssl)
command -v git >/dev/null || need+=(git)
command -v make >/dev/null || need+=(make)
command -v rpm >/dev/null || need+=(rpm)
command -v rsync >/dev/null || need+=(rsync)
PATH=$PATH:/usr/sbin:/sbin command -v mkfs.ext4 >/dev/null || need+=(e2fsprogs)
PATH=$PATH:/usr/sbin:/sbin command -v setcap >/dev/null || need+=(libcap2-bin)
python3 -c 'import ensurepip' 2>/dev/null || need+=(python3 python3-venv)
[ ${#need[@]} -eq 0 ] && exit 0
echo "installing ${need[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update && apt-get -qqy -o DPkg::Lock::Timeout=300 install --no-install-recommends "${need[@]}" >/dev/null

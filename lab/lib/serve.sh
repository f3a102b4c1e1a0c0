#!/bin/bash
# serve.sh DIR: runs nginx and the image registry until their cgroup is ended. Started by services_up.
set -euo pipefail
cd "$(dirname "$0")"
. ./conf.sh
. ./cgroup.sh
dir=$1
cgroup_enter services
IFS=: read -r programs small repo images <"$dir/lower"
export dir programs small repo images SW FORWARD=${QPLAY_LAB_REGISTRY:-}

# The private mount namespace goes with the processes: nothing to unmount later.
exec unshare -m bash -euc '
  rm -rf "$dir"/work "$dir"/registry-work
  mkdir "$dir"/work "$dir"/registry-work
  mount -t overlay overlay -o "lowerdir=$programs:$small,upperdir=$dir/up,workdir=$dir/work" "$dir/root"
  root=$dir/root
  mkdir -p "$root"/{repo,registry,etc/lab}
  mount --bind "$repo" "$root/repo"
  if [ -n "$images" ]; then
    mount -t overlay overlay -o "lowerdir=$images,upperdir=$dir/registry-up,workdir=$dir/registry-work" "$root/registry"
  fi
  mount --bind "$dir/etc" "$root/etc/lab"
  mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
  # the real registry is found and trusted as the machine does it
  [ -z "$FORWARD" ] || { mount --bind /etc/ssl/certs "$root/etc/ssl/certs"; cp /etc/hosts "$root/etc/hosts"; }
  mount -t proc proc "$root/proc"
  mount --bind /dev "$root/dev"
  rm -f "$root/run/registry.sock"
  [ -s "$root/etc/lab/htpasswd" ] || (umask 077; chroot "$root" htpasswd -nbB labuser labpass >"$root/etc/lab/htpasswd")
  # The registry listens on a unix socket only, so it may live in the namespace that reaches the real one.
  registry=(chroot "$root" docker-registry serve /etc/lab/registry.yml)
  if [ -n "$FORWARD" ]; then "${registry[@]}" & else nsenter --net="/run/netns/$SW" "${registry[@]}" & fi
  for _ in $(seq 100); do [ -S "$root/run/registry.sock" ] && break; sleep 0.05; done
  chmod 666 "$root/run/registry.sock"
  exec nsenter --net="/run/netns/$SW" chroot "$root" nginx -c /etc/lab/nginx.conf
'

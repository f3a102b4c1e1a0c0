# shellcheck shell=bash
# The bare host: a layer over the smallest Debian, with systemd, sshd, sudo, firewalld and two users.

build_hosts() {
  ARCHIVES=$STAGE_debs/pool over "$STAGE_root/root" "$1" fill_host
}

fill_host() {
  local root=$1
  # shellcheck disable=SC2046
  apt_in "$root" $(package_list "$LAB_DIR/hosts/packages")
  rm -f "$root"/etc/apt/sources.list.d/*
  cp -rT --no-preserve=ownership "$LAB_DIR/hosts/files" "$root"
  chmod 440 "$root"/etc/sudoers.d/*
  install -D -m 644 "$BASE/keys/ca.crt" "$root/usr/local/share/ca-certificates/qplay-lab.crt"
  in_chroot "$root" update-ca-certificates
  in_chroot "$root" /bin/sh -e <"$LAB_DIR/hosts/setup"
  local home
  for home in root home/qadmin home/qpass; do
    install -d -m 700 "$root/$home/.ssh"
    install -m 600 "$BASE/keys/id_lab.pub" "$root/$home/.ssh/authorized_keys"
  done
  in_chroot "$root" chown -R qadmin: /home/qadmin/.ssh
  in_chroot "$root" chown -R qpass: /home/qpass/.ssh
  rm -f "$root"/etc/ssh/ssh_host_* "$root/usr/sbin/policy-rc.d" "$root/etc/machine-id"
  rm -rf "${root:?}"/var/lib/apt/lists/* "$root"/var/log/*.log "$root"/var/log/apt "$root/etc/apt/apt.conf.d/99mmdebstrap"
}

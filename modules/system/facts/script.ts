import { lines, raw, type Script, sh } from '../../../engine/module/contract.ts';
import { expanded, section } from '../lib.ts';

/** Groups of facts that can be gathered or left out. */
export type Group =
  | 'platform'
  | 'distribution'
  | 'user'
  | 'env'
  | 'date_time'
  | 'python'
  | 'lsb'
  | 'local'
  | 'ssh_pub_keys'
  | 'hardware'
  | 'mounts'
  | 'devices'
  | 'network'
  | 'virtual'
  | 'settings';

/** Files that one `grep ''` reads at once, each line with its path before it: one fork for all of them. */
const FILES: Partial<Record<Group, string>> = {
  platform:
    '/proc/sys/kernel/hostname /proc/sys/kernel/osrelease /proc/sys/kernel/version /proc/sys/kernel/ostype /proc/1/comm /etc/machine-id /var/lib/dbus/machine-id',
  distribution:
    '/etc/os-release /usr/lib/os-release /etc/debian_version /etc/redhat-release /etc/oracle-release /etc/centos-release /etc/alpine-release /etc/lsb-release /etc/SuSE-release',
  settings:
    '/etc/resolv.conf /proc/cmdline /proc/sys/crypto/fips_enabled /sys/fs/selinux/enforce /sys/fs/selinux/policyvers /etc/selinux/config /sys/module/apparmor/parameters/enabled /proc/loadavg /etc/iscsi/initiatorname.iscsi /etc/nvme/hostnqn',
  hardware: '/proc/meminfo /proc/uptime /proc/swaps /sys/class/dmi/id/*',
  devices:
    '/sys/block/*/size /sys/block/*/removable /sys/block/*/queue/rotational /sys/block/*/queue/scheduler /sys/block/*/queue/logical_block_size /sys/block/*/queue/discard_granularity /sys/block/*/queue/discard_max_hw_bytes /sys/block/*/device/vendor /sys/block/*/device/model /sys/block/*/device/serial /sys/block/*/*/partition /sys/block/*/*/start /sys/block/*/*/size',
  mounts: '/proc/mounts /proc/self/mountinfo',
  network:
    '/sys/class/net/*/address /sys/class/net/*/mtu /sys/class/net/*/operstate /sys/class/net/*/flags /sys/class/net/*/type /sys/class/net/*/speed /sys/class/net/*/bridge/stp_state /sys/class/net/*/bridge/bridge_id /sys/class/net/*/bonding/mode /sys/class/net/*/bonding/slaves /proc/net/vlan/config',
  virtual:
    '/proc/1/cgroup /run/systemd/container /sys/class/dmi/id/product_name /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/bios_vendor /sys/class/dmi/id/product_family /sys/hypervisor/type /proc/xen/capabilities /proc/sysinfo',
  ssh_pub_keys: '/etc/ssh/ssh_host_*_key.pub /etc/openssh/ssh_host_*_key.pub',
};

const SYSTEM = `printf '\\036platform\\n'
uname -m
hostname -f 2>/dev/null || :
printf '\\036pkg\\n'
for f in apt-get dnf5 dnf yum zypper apk pacman rpm-ostree emerge xbps-install; do command -v "$f" >/dev/null 2>&1 && echo "$f"; done
[ -d /run/systemd/system ] && echo systemd
[ -e /proc/1/root/. ] && ! [ / -ef /proc/1/root/. ] && echo chroot
[ -d /run/ostree-booted ] || [ -e /run/ostree-booted ] && echo ostree
[ -e /sbin/openrc-run ] && echo openrc
[ -d /sys/kernel/security/apparmor ] && echo apparmor`;

const COMMANDS: Partial<Record<Group, string>> = {
  platform: SYSTEM,
  user: `printf '\\036user\\n'
id
getent passwd "$(id -u)" 2>/dev/null || grep "^[^:]*:[^:]*:$(id -u):" /etc/passwd`,
  date_time: `printf '\\036date\\n'; date '+%Y|%m|%d|%A|%w|%W|%H|%M|%S|%s|%Z|%z|%N'`,
  python: `for f in python3 /usr/libexec/platform-python python; do if command -v "$f" >/dev/null 2>&1; then printf '\\036python\\n'; command -v "$f"; "$f" -V 2>&1; break; fi; done`,
  lsb: `command -v lsb_release >/dev/null 2>&1 && { printf '\\036lsb\\n'; lsb_release -a 2>/dev/null; }`,
  hardware: `printf '\\036cpu\\n'; grep -E '^(processor|vendor_id|model name|physical id|core id|cpu cores|siblings|Processor|cpu|flags)[[:space:]]*:' /proc/cpuinfo | awk '!/^flags/ || !seen++'
printf '\\036nproc\\n'; nproc 2>/dev/null`,
  virtual: `printf '\\036virtual\\n'
[ -e /.dockerenv ] && echo dockerenv
[ -e /run/.containerenv ] && echo containerenv
[ -e /dev/kvm ] && echo kvm
[ -e /proc/xen ] && echo xen
tr '\\000' '\\n' 2>/dev/null </proc/1/environ | grep '^container=' || :
grep -s -m1 -E '^(flags.* hypervisor|model name.*QEMU|vendor_id.*(IBM/S390|User Mode))' /proc/cpuinfo | cut -c1-20`,
  network: `if command -v ip >/dev/null 2>&1; then
  printf '\\036addr\\n'; ip -o addr show
  printf '\\036route4\\n'; ip -4 route get 8.8.8.8 2>/dev/null
  printf '\\036route6\\n'; ip -6 route get 2404:6800:400a:800::1012 2>/dev/null
  printf '\\036local4\\n'; ip -4 route show table local type local 2>/dev/null
  printf '\\036local6\\n'; ip -6 route show table local type local 2>/dev/null
fi
printf '\\036netlinks\\n'; ls -ld /sys/class/net/*/device /sys/class/net/*/device/driver/module /sys/class/net/*/brif/* 2>/dev/null`,
  devices: `printf '\\036blocklinks\\n'; ls -ld /sys/block/* /sys/block/*/holders/* /sys/block/*/*/holders/* 2>/dev/null
printf '\\036disklinks\\n'; ls -l /dev/disk/by-id /dev/disk/by-uuid /dev/disk/by-label 2>/dev/null`,
};

/** A file system of the network may hang; the others must be told all the same, so each is asked with a limit. */
const mountSizes = (seconds: number): Script => sh`printf '\\036mounts\\n'
limit=; command -v timeout >/dev/null 2>&1 && limit="timeout ${String(seconds)}"
set --
while read -r device place type rest; do
  case $device in
    /*) case $place in *\\\\*) place=$(printf '%b.' "$place"); place=\${place%.};; esac; set -- "$@" "$place";;
    *:/*) place=$(printf '%b.' "$place"); $limit stat -f -c '%S|%b|%a|%c|%d|%n' "\${place%.}" 2>/dev/null || echo "timeout|\${place%.}";;
  esac
done </proc/mounts
[ $# -eq 0 ] || stat -f -c '%S|%b|%a|%c|%d|%n' "$@" 2>/dev/null
printf '\\036uuids\\n'; ls -l /dev/disk/by-uuid 2>/dev/null`;

/** Facts that the host's owner wrote: an executable is run, anything else is read. */
const local = (folder: string): Script => sh`for f in ${expanded(folder)}/*.fact; do
  [ -f "$f" ] || continue
  name=\${f##*/}; name=\${name%.fact}
  if [ -x "$f" ]; then text=$("$f" 2>&1) || { printf '\\036fact-failed %s\\n%s\\n' "$name" "$text"; continue; }
  elif ! text=$(cat "$f" 2>&1); then printf '\\036fact-failed %s\\n%s\\n' "$name" "$text"; continue; fi
  printf '\\036fact %s\\n%s\\n' "$name" "$text"
done`;

/** One script that prints everything the groups need. */
export function factScript(groups: ReadonlySet<Group>, factPath: string, timeout: number): Script {
  const files = [...groups].map((group) => FILES[group] ?? '').join(' ');
  const commands = [...groups].map((group) => COMMANDS[group]).filter((text) => text !== undefined);
  return lines(
    groups.has('env') && raw("printf '\\036env\\n'; env"),
    raw('LC_ALL=C; export LC_ALL'),
    section('files'),
    raw(`grep -s '' /dev/null ${files}`),
    ...commands.map(raw),
    groups.has('mounts') && mountSizes(timeout),
    groups.has('local') && local(factPath),
    raw('exit 0'),
  );
}

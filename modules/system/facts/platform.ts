import type { Printed } from './host.ts';

/** Which package manager is at hand, by the distribution's family. */
const PACKAGE_MANAGERS: readonly [string, string][] = [
  ['rpm-ostree', 'atomic_container'],
  ['dnf5', 'dnf5'],
  ['dnf', 'dnf'],
  ['yum', 'yum'],
  ['zypper', 'zypper'],
  ['apk', 'apk'],
  ['pacman', 'pacman'],
  ['emerge', 'portage'],
  ['xbps-install', 'xbps'],
  ['apt-get', 'apt'],
];

/** system, kernel, architecture, hostname, fqdn, domain, service_mgr, pkg_mgr, ... */
export function platformFacts(printed: Printed, family: string): Record<string, unknown> {
  const [machine = '', named = ''] = printed.lines('platform');
  const nodename = printed.first('/proc/sys/kernel/hostname') ?? '';
  const fqdn = named.trim() === '' ? nodename : named.trim();
  const architecture = /^i[3456]86$/.test(machine) ? 'i386' : machine;
  const tools = printed.lines('pkg');
  const wide = /64|s390x/.test(machine);
  return {
    system: printed.first('/proc/sys/kernel/ostype') ?? 'Linux',
    kernel: printed.first('/proc/sys/kernel/osrelease') ?? '',
    kernel_version: printed.first('/proc/sys/kernel/version') ?? '',
    machine,
    architecture,
    userspace_architecture: architecture,
    userspace_bits: wide ? '64' : '32',
    nodename,
    hostname: nodename.split('.')[0] ?? '',
    fqdn,
    domain: fqdn.includes('.') ? fqdn.slice(fqdn.indexOf('.') + 1) : '',
    machine_id: printed.first('/etc/machine-id') ?? printed.first('/var/lib/dbus/machine-id') ?? '',
    is_chroot: tools.includes('chroot'),
    service_mgr: serviceManager(printed, tools),
    pkg_mgr: packageManager(tools, family),
  };
}

function packageManager(tools: readonly string[], family: string): string {
  if (family === 'Debian' && tools.includes('apt-get')) return 'apt';
  const order = family === 'RedHat' && tools.includes('dnf') ? ['dnf', 'dnf5', 'yum'] : [];
  const first = order.find((tool) => tools.includes(tool));
  if (first !== undefined && !tools.includes('ostree')) return first;
  return PACKAGE_MANAGERS.find(([tool]) => tools.includes(tool) && (tool !== 'rpm-ostree' || tools.includes('ostree')))?.[1] ?? 'unknown';
}

function serviceManager(printed: Printed, tools: readonly string[]): string {
  if (tools.includes('systemd')) return 'systemd';
  if (tools.includes('openrc')) return 'openrc';
  const init = printed.first('/proc/1/comm') ?? 'service';
  return init === 'init' ? 'sysvinit' : init === 'runit' ? 'runit' : init;
}

/** apparmor, selinux, fips, dns, cmdline, loadavg, iSCSI and NVMe names. */
export function settingFacts(printed: Printed): Record<string, unknown> {
  const cmdline = (printed.first('/proc/cmdline') ?? '').split(/\s+/).filter((word) => word !== '');
  const [one, five, fifteen] = (printed.first('/proc/loadavg') ?? '').split(' ').map(Number);
  const apparmor = printed.first('/sys/module/apparmor/parameters/enabled') === 'Y' || printed.lines('pkg').includes('apparmor');
  return {
    apparmor: { status: apparmor ? 'enabled' : 'disabled' },
    selinux: selinux(printed),
    selinux_python_present: true,
    fips: printed.first('/proc/sys/crypto/fips_enabled') === '1',
    dns: dns(printed),
    cmdline: Object.fromEntries(cmdline.map(pair)),
    proc_cmdline: collected(cmdline.map(pair)),
    ...(fifteen === undefined ? {} : { loadavg: { '1m': one, '5m': five, '15m': fifteen } }),
    iscsi_iqn:
      printed
        .file('/etc/iscsi/initiatorname.iscsi')
        .map((line) => /^InitiatorName=(.*)/.exec(line)?.[1])
        .find((name) => name !== undefined) ?? '',
    hostnqn: printed.first('/etc/nvme/hostnqn') ?? '',
  };
}

function pair(word: string): [string, string | true] {
  const at = word.indexOf('=');
  return at < 0 ? [word, true] : [word.slice(0, at), word.slice(at + 1)];
}

/** A word given more than once is a list in `proc_cmdline`. */
function collected(pairs: readonly [string, string | true][]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [key, value] of pairs) {
    const known = found[key];
    found[key] = known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value];
  }
  return found;
}

function selinux(printed: Printed): Record<string, unknown> {
  const enforce = printed.first('/sys/fs/selinux/enforce');
  if (enforce === undefined) return { status: 'disabled' };
  const config = new Map(printed.file('/etc/selinux/config').map((line) => pair(line.trim())));
  return {
    status: 'enabled',
    policyvers: Number(printed.first('/sys/fs/selinux/policyvers') ?? 0),
    config_mode: config.get('SELINUX') ?? 'unknown',
    mode: enforce === '1' ? 'enforcing' : 'permissive',
    type: config.get('SELINUXTYPE') ?? 'unknown',
  };
}

function dns(printed: Printed): Record<string, unknown> {
  const nameservers: string[] = [];
  const found: Record<string, unknown> = {};
  for (const line of printed.file('/etc/resolv.conf')) {
    const [key, ...rest] = line.trim().split(/\s+/);
    if (line.trim() === '' || /^[#;]/.test(line.trim())) continue;
    if (key === 'nameserver') nameservers.push(...rest);
    else if (key === 'domain') found.domain = rest[0];
    else if (key === 'search' || key === 'sortlist') found[key] = rest;
    else if (key === 'options')
      found.options = Object.fromEntries(rest.map((word) => (word.includes(':') ? [word.split(':')[0], word.split(':')[1]] : [word, true])));
  }
  return nameservers.length > 0 ? { nameservers, ...found } : found;
}

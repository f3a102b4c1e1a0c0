import type { Group } from './script.ts';

/** What is gathered whenever `!min` does not forbid it. */
const MINIMUM: readonly Group[] = ['platform', 'distribution', 'settings', 'user', 'env', 'date_time', 'python', 'lsb', 'local', 'ssh_pub_keys'];
const REST: readonly Group[] = ['hardware', 'mounts', 'devices', 'network', 'virtual'];

/** Names of Ansible's fact collectors, and the group that has their facts. */
const COLLECTORS: Readonly<Record<string, readonly Group[]>> = {
  all: [...MINIMUM, ...REST],
  min: MINIMUM,
  hardware: ['hardware', 'mounts', 'devices'],
  network: ['network'],
  virtual: ['virtual'],
  mounts: ['mounts'],
  devices: ['devices'],
  processor: ['hardware'],
  processor_cores: ['hardware'],
  processor_count: ['hardware'],
  memory: ['hardware'],
  dmi: ['hardware'],
  interfaces: ['network'],
  default_ipv4: ['network'],
  default_ipv6: ['network'],
  all_ipv4_addresses: ['network'],
  all_ipv6_addresses: ['network'],
  virtualization_type: ['virtual'],
  virtualization_role: ['virtual'],
  platform: ['platform'],
  system: ['platform'],
  machine: ['platform'],
  architecture: ['platform'],
  kernel: ['platform'],
  machine_id: ['platform'],
  service_mgr: ['platform'],
  pkg_mgr: ['platform', 'distribution'],
  chroot: ['platform'],
  is_chroot: ['platform'],
  distribution: ['distribution'],
  distribution_version: ['distribution'],
  distribution_release: ['distribution'],
  distribution_major_version: ['distribution'],
  os_family: ['distribution'],
  apparmor: ['settings', 'platform'],
  selinux: ['settings'],
  fips: ['settings'],
  dns: ['settings'],
  cmdline: ['settings'],
  loadavg: ['settings'],
  iscsi: ['settings'],
  nvme: ['settings'],
  caps: [],
  capabilities: [],
  systemd: [],
  facter: [],
  ohai: [],
  fibre_channel_wwn: ['devices'],
  user: ['user'],
  user_id: ['user'],
  env: ['env'],
  date_time: ['date_time'],
  python: ['python'],
  lsb: ['lsb'],
  local: ['local'],
  ssh_pub_keys: ['ssh_pub_keys'],
};

/** Groups that a `gather_subset` asks for. The minimum comes always, but for `!min`; `!all` leaves only it. */
export function chosen(subset: readonly unknown[]): Set<Group> {
  const words = subset.map(String);
  const wanted = words.filter((word) => !word.startsWith('!'));
  const refused = words.filter((word) => word.startsWith('!')).map((word) => word.slice(1));
  const groups = new Set<Group>(wanted.length === 0 && !refused.includes('all') ? COLLECTORS.all : []);
  if (!refused.includes('min')) for (const group of MINIMUM) groups.add(group);
  for (const word of refused) {
    if (word === 'all' || word === 'min') continue;
    for (const group of COLLECTORS[word] ?? []) groups.delete(group);
  }
  for (const word of wanted)
    for (const group of COLLECTORS[word] ?? [])
      if (!refused.some((no) => no === word || (word === 'all' && (COLLECTORS[no] ?? []).includes(group) && no !== 'all' && no !== 'min'))) groups.add(group);
  return groups;
}

/** Whether a fact's name passes the patterns; no patterns let all pass. */
export function matches(patterns: readonly unknown[], name: string): boolean {
  const globs = patterns.map(String).filter((pattern) => pattern !== '');
  return globs.length === 0 || globs.some((pattern) => globExpression(pattern).test(name) || globExpression(pattern).test(`ansible_${name}`));
}

/** A shell pattern (`*`, `?`, `[...]`) as an expression for whole names, as Python's fnmatch reads it. */
export function globExpression(pattern: string): RegExp {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    const end = pattern.indexOf(']', i + 2);
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (char === '[' && end > 0) {
      source += `[${pattern
        .slice(i + 1, end)
        .replace(/^!/, '^')
        .replaceAll('\\', '\\\\')}]`;
      i = end;
    } else source += char.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  }
  return new RegExp(`^${source}$`, 's');
}

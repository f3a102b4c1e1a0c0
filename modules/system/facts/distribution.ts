import type { Printed } from './host.ts';

/** Names that Ansible gives to distributions, by the `ID` of os-release. */
const NAMES: Readonly<Record<string, string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  rhel: 'RedHat',
  centos: 'CentOS',
  fedora: 'Fedora',
  rocky: 'Rocky',
  almalinux: 'AlmaLinux',
  ol: 'OracleLinux',
  amzn: 'Amazon',
  sles: 'SLES',
  sled: 'SLED',
  'opensuse-leap': 'openSUSE Leap',
  'opensuse-tumbleweed': 'openSUSE Tumbleweed',
  alpine: 'Alpine',
  arch: 'Archlinux',
  gentoo: 'Gentoo',
  linuxmint: 'Linux Mint',
  kali: 'Kali',
  raspbian: 'Debian',
  scientific: 'Scientific',
  openEuler: 'openEuler',
  kylin: 'Kylin Linux Advanced Server',
};

const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  RedHat: ['RedHat', 'CentOS', 'Fedora', 'Rocky', 'AlmaLinux', 'OracleLinux', 'Amazon', 'Scientific', 'openEuler', 'Kylin Linux Advanced Server'],
  Debian: ['Debian', 'Ubuntu', 'Linux Mint', 'Kali'],
  Suse: ['SLES', 'SLED', 'openSUSE Leap', 'openSUSE Tumbleweed'],
  Alpine: ['Alpine'],
  Archlinux: ['Archlinux'],
  Gentoo: ['Gentoo'],
};

/** `KEY=value` lines whose values may be quoted as for a shell. */
export function shellFields(lines: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of lines) {
    const match = /^\s*([A-Za-z_]\w*)=(?:"(.*)"|'(.*)'|(.*))\s*$/.exec(line);
    if (match !== null) found.set(match[1] as string, (match[2] ?? match[3] ?? match[4] ?? '').replace(/\\(["$`\\])/g, '$1'));
  }
  return found;
}

/** distribution, distribution_version, ..., os_family. */
export function distributionFacts(printed: Printed): Record<string, unknown> {
  const path = printed.file('/etc/os-release').length > 0 ? '/etc/os-release' : '/usr/lib/os-release';
  const release = shellFields(printed.file(path));
  const id = release.get('ID') ?? '';
  const name = NAMES[id] ?? release.get('NAME')?.split(' ')[0] ?? 'Linux';
  const found = versionOf(id, release, printed);
  const [major, minor] = found.version.split('.');
  const family = Object.entries(FAMILIES).find(([, members]) => members.includes(name))?.[0] ?? likeFamily(release.get('ID_LIKE') ?? '') ?? name;
  return {
    distribution: name,
    distribution_release: found.release,
    distribution_version: found.version,
    distribution_major_version: major ?? 'NA',
    ...(minor === undefined ? {} : { distribution_minor_version: minor }),
    distribution_file_parsed: true,
    distribution_file_path: found.file ?? path,
    distribution_file_variety: family === 'RedHat' && name !== 'Fedora' && found.file !== undefined ? 'RedHat' : family,
    os_family: family,
  };
}

function likeFamily(like: string): string | undefined {
  if (/\b(rhel|fedora|centos)\b/.test(like)) return 'RedHat';
  if (/\b(debian|ubuntu)\b/.test(like)) return 'Debian';
  return /suse/.test(like) ? 'Suse' : undefined;
}

/** The full version: os-release of Debian and of CentOS has only the major one. */
function versionOf(id: string, release: ReadonlyMap<string, string>, printed: Printed): { version: string; release: string; file?: string } {
  const version = release.get('VERSION_ID') ?? 'NA';
  const codename = release.get('VERSION_CODENAME') ?? /\(([^)]+)\)/.exec(release.get('VERSION') ?? '')?.[1] ?? 'NA';
  const debian = printed.first('/etc/debian_version');
  if (id === 'debian' || id === 'raspbian') return { version: debian !== undefined && /^\d/.test(debian) ? debian : version, release: codename };
  if (id === 'alpine') return { version: printed.first('/etc/alpine-release') ?? version, release: 'NA', file: '/etc/alpine-release' };
  const files = ['/etc/oracle-release', '/etc/centos-release', '/etc/redhat-release'];
  const file = files.find((path) => printed.first(path) !== undefined);
  if (file === undefined || !['rhel', 'centos', 'rocky', 'almalinux', 'ol', 'fedora', 'scientific'].includes(id)) return { version, release: codename };
  const text = printed.first(file) as string;
  const precise = /release (\d+(?:\.\d+)*)/.exec(text)?.[1] ?? version;
  const word = / Stream /.test(text) ? 'Stream' : id === 'fedora' ? '' : (/\(([^)]+)\)/.exec(text)?.[1] ?? 'NA');
  // Ansible gives CentOS 7's three numbers as two
  return { version: precise.split('.').slice(0, 2).join('.'), release: word, file };
}

/** What lsb_release says, or the file it would read. */
export function lsbFacts(printed: Printed): Record<string, string> {
  const said = new Map(printed.lines('lsb').map((line) => [line.slice(0, Math.max(line.indexOf(':'), 0)), line.slice(line.indexOf(':') + 1).trim()]));
  const file = shellFields(printed.file('/etc/lsb-release'));
  const pick = (word: string, key: string) => said.get(word) ?? file.get(key);
  const release = pick('Release', 'DISTRIB_RELEASE');
  const found = {
    id: pick('Distributor ID', 'DISTRIB_ID'),
    description: pick('Description', 'DISTRIB_DESCRIPTION'),
    codename: pick('Codename', 'DISTRIB_CODENAME'),
    release,
    major_release: release?.split('.')[0],
  };
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

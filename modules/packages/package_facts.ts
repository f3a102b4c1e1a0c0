import { defineRead, lines, raw, sh } from '../../engine/module/contract.ts';
import { section, sections, textLines } from '../system/lib.ts';

const DPKG = '${db:Status-Status}\\t${Package}\\t${Version}\\t${Architecture}\\t${Section}\\t${Origin}\\n';
const RPM = '%{NAME}\\t%{VERSION}\\t%{RELEASE}\\t%{EPOCH}\\t%{ARCH}\\n';

type Package = Readonly<Record<string, string | number | null>>;

export default defineRead({
  name: 'package_facts',
  fqcn: ['ansible.builtin.package_facts'],
  summary: 'Tells which packages a host has, as the fact `packages`.',
  source: 'ansible.builtin.package_facts',
  options: {
    manager: {
      type: 'list',
      elements: 'str',
      default: ['auto'],
      choices: ['auto', 'apt', 'rpm', 'dnf', 'dnf5', 'yum', 'zypper'],
      description: 'Package databases to read; the host’s own when `auto`.',
    },
    strategy: { type: 'str', default: 'first', choices: ['first', 'all'], description: 'Whether to stop at the first database that is there.' },
  },
  returns: {
    ansible_facts:
      '`packages`: a dict by name of lists of dicts with `name`, `version`, `arch`, `source` and, by database, `category`, `origin`, `release`, `epoch`.',
  },
  examples: [
    { title: 'Gather them', args: {} },
    { title: 'From dpkg', args: { manager: ['apt'] }, needs: ['apt'] },
  ],
  probe: (args) => {
    const wanted = args.manager.map(String);
    const auto = wanted.includes('auto');
    const apt =
      (auto || wanted.includes('apt')) &&
      lines(raw('if command -v dpkg-query >/dev/null 2>&1; then'), section('apt'), sh`dpkg-query -W -f ${DPKG} && found=yes`, raw('fi'));
    const rpm =
      (auto || wanted.some((name) => name !== 'apt')) &&
      lines(
        raw(`if command -v rpm >/dev/null 2>&1${args.strategy === 'first' ? ' && [ -z "$found" ]' : ''}; then`),
        section('rpm'),
        sh`rpm -qa --qf ${RPM} && found=yes`,
        raw('fi'),
      );
    return lines(raw('found='), apt, rpm, raw('[ -n "$found" ]'));
  },
  result: (_args, seen) => {
    if (seen.code !== 0) return { failed: `Could not detect a supported package manager: ${seen.stderr.trim() || 'neither dpkg nor rpm is there'}` };
    const parts = sections(seen.stdout);
    const packages: Record<string, Package[]> = {};
    const add = (one: Package) => {
      const name = String(one.name);
      const list = packages[name];
      if (list === undefined) packages[name] = [one];
      else list.push(one);
    };
    for (const line of textLines(parts.get('apt') ?? '')) {
      const [status, name, version, arch, category, origin] = line.split('\t');
      if (status === 'installed')
        add({ name: name as string, version: version as string, arch: arch as string, category: category ?? '', origin: origin ?? '', source: 'apt' });
    }
    for (const line of textLines(parts.get('rpm') ?? '')) {
      const [name, version, release, epoch, arch] = line.split('\t') as [string, string, string, string, string];
      if (name !== 'gpg-pubkey')
        add({ name, version, release, epoch: /^\d+$/.test(epoch) ? Number(epoch) : null, arch: arch === '(none)' ? null : arch, source: 'rpm' });
    }
    return { result: {}, facts: { packages } };
  },
});

import { defineModule, lines, type Plan, raw, sh } from '../../engine/module/contract.ts';
import { differing, fields } from './lib.ts';

export default defineModule({
  name: 'hostname',
  fqcn: ['ansible.builtin.hostname'],
  summary: 'Sets the name of the host, for now and for each boot.',
  notes: ['/etc/hosts is left as it is.'],
  source: 'ansible.builtin.hostname; hostnamectl(1)',
  options: {
    name: {
      type: 'str',
      required: true,
      pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$',
      patternHint: 'letters, digits, dots and hyphens, at most 64',
      description: 'The name.',
    },
    use: {
      type: 'str',
      choices: ['alpine', 'debian', 'generic', 'redhat', 'sles', 'systemd'],
      description: 'Accepted for Ansible’s sake: the way is found by itself.',
    },
  },
  returns: { name: 'The name.', ansible_facts: '`ansible_hostname`, `ansible_nodename`, `ansible_fqdn` and `ansible_domain` as they are now.' },
  examples: [{ title: 'A name', args: { name: 'quay01.example' }, given: 'hostname box01; echo box01 > /etc/hostname' }],
  probe: () =>
    raw(`read -r now </proc/sys/kernel/hostname && printf 'now=%s\\n' "$now"
[ -r /etc/hostname ] && read -r kept </etc/hostname && printf 'kept=%s\\n' "$kept"
exit 0`),
  plan: ({ name }, seen): Plan => {
    const found = fields(seen.stdout);
    const dot = name.indexOf('.');
    const facts = {
      ansible_hostname: dot < 0 ? name : name.slice(0, dot),
      ansible_nodename: name,
      ansible_fqdn: name,
      ansible_domain: dot < 0 ? '' : name.slice(dot + 1),
    };
    const result = { name, ansible_facts: facts };
    const change = differing({ now: found.get('now') ?? '', kept: found.get('kept') ?? '' }, { now: name, kept: name });
    if (change === undefined) return { is: 'right', result };
    // hostnamectl needs a bus; where it fails the file and the kernel are set as it would
    const set = sh`hostnamectl set-hostname ${name} 2>/dev/null || { printf '%s\\n' ${name} >/etc/hostname && { hostname ${name} 2>/dev/null || printf '%s' ${name} >/proc/sys/kernel/hostname; }; } || exit`;
    return {
      is: 'wrong',
      diff: [{ label: 'hostname', ...change }],
      apply: lines(set, sh`[ "$(cat /etc/hostname 2>/dev/null)" = ${name} ] || printf '%s\\n' ${name} >/etc/hostname`),
      result,
    };
  },
});

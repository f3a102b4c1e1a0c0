import { defineRead } from '../../engine/module/contract.ts';
import { distributionFacts, lsbFacts } from './facts/distribution.ts';
import { hardwareFacts } from './facts/hardware.ts';
import { Printed } from './facts/host.ts';
import { localFacts } from './facts/local.ts';
import { networkFacts } from './facts/network.ts';
import { dateFacts, envFacts, pythonFacts, sshKeyFacts, userFacts } from './facts/person.ts';
import { platformFacts, settingFacts } from './facts/platform.ts';
import { factScript, type Group } from './facts/script.ts';
import { deviceFacts, mountFacts } from './facts/storage.ts';
import { chosen, matches } from './facts/subset.ts';
import { virtualFacts } from './facts/virtual.ts';

export default defineRead({
  name: 'setup',
  fqcn: ['ansible.builtin.setup', 'ansible.builtin.gather_facts', 'gather_facts'],
  summary: 'Gathers facts about a host: system, network, hardware, users, local facts.',
  notes: [
    'One script, one round trip. Names and shapes are those of Ansible.',
    'Not gathered: facts of facter and ohai, LVM, SAS and fibre channel, process capabilities.',
  ],
  source: 'ansible.builtin.setup',
  options: {
    gather_subset: {
      type: 'list',
      elements: 'str',
      default: ['all'],
      description:
        'Groups to gather, or to leave out with `!`: `all`, `min`, `hardware`, `network`, `virtual`, and single ones such as `mounts`, `devices`, `env`, `local`.',
    },
    filter: {
      type: 'list',
      elements: 'str',
      default: [],
      description: 'Glob patterns; only facts whose name matches one of them, with or without `ansible_`, are returned.',
    },
    fact_path: {
      type: 'path',
      default: '/etc/ansible/facts.d',
      description: 'Folder on the host with `*.fact` files: JSON, INI, or executables that print either.',
    },
    gather_timeout: { type: 'int', default: 10, description: 'Seconds that a network file system may take to tell its size.' },
  },
  returns: { ansible_facts: 'The facts, each name with `ansible_` before it.' },
  examples: [
    { title: 'Everything', args: {} },
    { title: 'Only the system, without hardware and network', args: { gather_subset: ['!all', 'min'] } },
    { title: 'Only what is asked for', args: { filter: ['ansible_distribution*', 'default_ipv4'] } },
  ],
  probe: (args) => factScript(chosen(args.gather_subset), args.fact_path, args.gather_timeout),
  result: (args, seen) => {
    const groups = chosen(args.gather_subset);
    const all = gather(new Printed(seen.stdout), groups);
    const facts: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(all)) if (matches(args.filter, name)) facts[`ansible_${name}`] = value;
    return { result: {}, facts: { ...facts, gather_subset: args.gather_subset, module_setup: true } };
  },
});

function gather(printed: Printed, groups: ReadonlySet<Group>): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  const add = (group: Group, make: () => Record<string, unknown>) => {
    if (groups.has(group)) Object.assign(facts, make());
  };
  add('distribution', () => distributionFacts(printed));
  add('platform', () => platformFacts(printed, String(facts.os_family ?? '')));
  add('settings', () => settingFacts(printed));
  add('lsb', () => ({ lsb: lsbFacts(printed) }));
  add('user', () => userFacts(printed));
  add('env', () => envFacts(printed));
  add('date_time', () => dateFacts(printed));
  add('python', () => pythonFacts(printed));
  add('ssh_pub_keys', () => sshKeyFacts(printed));
  add('local', () => localFacts(printed));
  add('hardware', () => hardwareFacts(printed, String(facts.machine ?? '')));
  add('mounts', () => mountFacts(printed));
  add('devices', () => deviceFacts(printed));
  add('virtual', () => virtualFacts(printed));
  add('network', () => networkFacts(printed));
  return facts;
}

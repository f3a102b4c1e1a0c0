import { type ArgsOf, defineModule, lines, type Plan, sh } from '../../engine/module/contract.ts';
import { fields, impossible, premature, SBIN, section, sections, textLines } from './lib.ts';

const options = {
  ports: { type: 'list', elements: 'str', required: true, description: 'Ports and ranges such as `10000-10100`.' },
  proto: { type: 'str', required: true, choices: ['tcp', 'udp'], description: 'Protocol.' },
  setype: { type: 'str', required: true, description: 'Type of SELinux, such as `http_port_t`.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether the ports have that type.' },
  reload: { type: 'bool', default: true, description: 'Load the policy after a change.' },
  local: { type: 'bool', default: false, description: 'Only what was changed on this host, not what the policy came with.' },
  ignore_selinux_state: { type: 'bool', default: false, description: 'Go on where SELinux is off.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'seport',
  fqcn: ['community.general.seport'],
  summary: 'Gives network ports a type of SELinux.',
  notes: ['It uses `semanage` on the host, which is in the package policycoreutils-python-utils.'],
  source: 'community.general.seport; semanage-port(8)',
  options,
  returns: { ports: 'As asked.', proto: 'As asked.', setype: 'As asked.', state: 'As asked.' },
  examples: [
    {
      title: 'Let the web server listen on other ports',
      args: { ports: ['8888', '9000-9010'], proto: 'tcp', setype: 'http_port_t' },
      given: 'semanage port -d -p tcp 8888; semanage port -d -p tcp 9000-9010; :',
      needs: ['selinux'],
    },
    {
      title: 'Not any more',
      args: { ports: ['8888'], proto: 'tcp', setype: 'http_port_t', state: 'absent' },
      given: 'semanage port -a -t http_port_t -p tcp 8888',
      needs: ['selinux'],
    },
  ],
  probe: ({ local }) => sh`${SBIN}
${section('head')}
[ -e /sys/fs/selinux/enforce ] && echo selinux=on
command -v semanage >/dev/null 2>&1 && echo tools=yes
${section('ports')}
semanage port -l -n 2>/dev/null
${local && sh`${section('local')}\nsemanage port -l -n -C 2>/dev/null`}
exit 0`,
  plan: (args, seen): Plan => planPorts(args, sections(seen.stdout)),
});

/** Type by `protocol port`, of lines such as `http_port_t  tcp  80, 443, 9000-9010`; what was set last stands first for a port. */
function portTypes(text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const line of textLines(text)) {
    const parts = /^(\S+)\s+(tcp|udp|dccp|sctp)\s+(.*)$/.exec(line);
    for (const port of parts?.[3]?.split(/,\s*/) ?? []) {
      const key = `${parts?.[2]} ${port.trim()}`;
      found.set(key, (found.get(key) ?? new Set()).add(parts?.[1] as string));
    }
  }
  return found;
}

function planPorts(args: Args, parts: ReadonlyMap<string, string>): Plan {
  const head = fields(parts.get('head') ?? '');
  const result = { ports: args.ports, proto: args.proto, setype: args.setype, state: args.state };
  if (head.get('selinux') !== 'on' && !args.ignore_selinux_state)
    return { ...impossible('SELinux is disabled on this host.', 'A `when` on ansible_selinux.status lets such hosts pass'), result } as Plan;
  if (head.get('tools') !== 'yes') return premature('This host has no semanage', 'Install the package policycoreutils-python-utils before');
  const all = portTypes(parts.get('ports') ?? '');
  const asked = args.local ? portTypes(parts.get('local') ?? '') : all;
  const has = (port: string): boolean => asked.get(`${args.proto} ${port}`)?.has(args.setype) ?? false;
  const wanted = args.state === 'present';
  const wrong = args.ports.map((port) => port.trim()).filter((port) => has(port) !== wanted);
  if (wrong.length === 0) return { is: 'right', result };
  const noReload = args.reload ? [] : ['-N'];
  const change = (port: string) => {
    if (!wanted) return sh`semanage port -d ${noReload} -p ${args.proto} ${port} || exit`;
    return sh`semanage port ${all.has(`${args.proto} ${port}`) ? '-m' : '-a'} ${noReload} -t ${args.setype} -p ${args.proto} ${port} || exit`;
  };
  const types = (port: string): string => [...(all.get(`${args.proto} ${port}`) ?? [])].join(', ') || 'none';
  const of = (say: (port: string) => string) => Object.fromEntries(wrong.map((port) => [`${args.proto} ${port}`, say(port)]));
  return {
    is: 'wrong',
    diff: [{ label: 'SELinux ports', before: of(types), after: of(() => (wanted ? args.setype : 'none')) }],
    apply: lines(SBIN, ...wrong.map(change)),
    result,
  };
}

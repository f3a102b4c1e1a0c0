import { type ArgsOf, defineModule, type Plan, sh } from '../../engine/module/contract.ts';
import { differing, fields, impossible, premature, section, sections } from './lib.ts';

const options = {
  name: { type: 'str', required: true, description: 'The boolean, such as `httpd_can_network_connect`.' },
  state: { type: 'bool', required: true, description: 'Its value.' },
  persistent: { type: 'bool', default: false, description: 'Whether it keeps the value over a boot.' },
  ignore_selinux_state: { type: 'bool', default: false, description: 'Go on where SELinux is off.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'seboolean',
  fqcn: ['ansible.posix.seboolean'],
  summary: 'Switches booleans of the SELinux policy.',
  notes: ['On a host without SELinux it says so and is skipped.'],
  source: 'ansible.posix.seboolean; setsebool(8)',
  options,
  returns: { name: 'The boolean.', state: 'Its value.', persistent: 'As asked.' },
  examples: [
    {
      title: 'Let haproxy connect to any port, for now and for each boot',
      args: { name: 'haproxy_connect_any', state: true, persistent: true },
      given: 'setsebool -P haproxy_connect_any off',
      needs: ['selinux'],
    },
    {
      title: 'Switch one off for now',
      args: { name: 'httpd_can_network_connect', state: false },
      given: 'setsebool httpd_can_network_connect on',
      needs: ['selinux'],
    },
  ],
  // `booleans.local` holds what setsebool -P has set; a boolean that is not there has the policy's own default
  probe: ({ name, persistent }) => sh`[ -e /sys/fs/selinux/enforce ] && echo selinux=on
command -v setsebool >/dev/null 2>&1 && echo tools=yes
if [ -r ${`/sys/fs/selinux/booleans/${name}`} ]; then read -r now pending <${`/sys/fs/selinux/booleans/${name}`} && echo "now=$now"
else now=$(getsebool ${name} 2>/dev/null) && case $now in *' on') echo now=1;; *' off') echo now=0;; esac
fi
${
  persistent &&
  sh`if command -v semanage >/dev/null 2>&1; then ${section('semanage')}
semanage boolean -l -n 2>/dev/null | grep ${`^${name} `}
else ${section('local')}
cat /var/lib/selinux/*/active/booleans.local /etc/selinux/*/modules/active/booleans.local 2>/dev/null
fi`
}
exit 0`,
  plan: (args, seen): Plan => planBoolean(args, fields(seen.stdout.split('\x1e')[0] ?? ''), sections(seen.stdout)),
});

function planBoolean(args: Args, head: ReadonlyMap<string, string>, parts: ReadonlyMap<string, string>): Plan {
  const result = { name: args.name, state: args.state, persistent: args.persistent };
  if (head.get('selinux') !== 'on' && !args.ignore_selinux_state) return { is: 'skipped', why: 'SELinux is disabled on this host.', result };
  if (head.get('tools') !== 'yes') return premature('This host has no setsebool', 'Install the package policycoreutils before');
  if (!head.has('now') && head.get('selinux') === 'on')
    return impossible(`SELinux boolean ${args.name} does not exist.`, '`getsebool -a` on the host lists those that do');
  const kept = args.persistent ? keptValue(args.name, parts) : undefined;
  const value = (on: boolean) => (on ? 'on' : 'off');
  const before = { now: value(head.get('now') === '1'), ...(args.persistent ? { kept: kept === undefined ? 'policy' : value(kept) } : {}) };
  const after = { now: value(args.state), ...(args.persistent ? { kept: value(args.state) } : {}) };
  const change = differing(before, after);
  if (change === undefined) return { is: 'right', result };
  return {
    is: 'wrong',
    diff: [{ label: args.name, ...change }],
    apply: sh`setsebool ${args.persistent && '-P'} ${args.name} ${value(args.state)} || exit`,
    result,
  };
}

/** `name (on , off) ...`: now and at boot; or `name=1` of the local store. */
function keptValue(name: string, parts: ReadonlyMap<string, string>): boolean | undefined {
  const listed = /\(\s*\w+\s*,\s*(\w+)\s*\)/.exec(parts.get('semanage') ?? '')?.[1];
  if (listed !== undefined) return listed === 'on';
  const stored = new Map((parts.get('local') ?? '').split('\n').map((line) => line.split('=').map((word) => word.trim()) as [string, string])).get(name);
  return stored === undefined ? undefined : stored === '1' || stored === 'on' || stored === 'true';
}

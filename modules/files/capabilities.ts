import { type ArgsOf, defineModule, lines, type Plan, sh } from '../../engine/module/contract.ts';
import { fields, impossible, premature, SBIN, section, sections } from '../system/lib.ts';

const options = {
  path: { type: 'str', required: true, aliases: ['key'], description: 'The program.' },
  capability: { type: 'str', required: true, aliases: ['cap'], description: 'The capability with its operator and flags, such as `cap_net_bind_service+ep`.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether the program has it.' },
} as const;

type Args = ArgsOf<typeof options>;

const BINARY = 'cp /bin/true /usr/local/bin/qp-true';

export default defineModule({
  name: 'capabilities',
  fqcn: ['community.general.capabilities'],
  summary: 'Gives a program capabilities of the kernel.',
  notes: ['`+ep` and `=ep` mean the same; Ansible changes the file each time where the host writes it the other way.'],
  source: 'community.general.capabilities; setcap(8)',
  options,
  returns: { state: 'As asked.', msg: 'Whether something was changed, in words.', stdout: 'Nothing: setcap says nothing when all went well.' },
  examples: [
    { title: 'Bind to low ports', args: { path: '/usr/local/bin/qp-true', capability: 'cap_net_bind_service+ep' }, given: BINARY },
    {
      title: 'One beside another',
      args: { path: '/usr/local/bin/qp-true', capability: 'cap_net_raw=ep' },
      given: `${BINARY}; setcap cap_net_bind_service+ep /usr/local/bin/qp-true`,
    },
    {
      title: 'Not any more',
      args: { path: '/usr/local/bin/qp-true', capability: 'cap_net_bind_service', state: 'absent' },
      given: `${BINARY}; setcap cap_net_bind_service+ep /usr/local/bin/qp-true`,
    },
  ],
  probe: ({ path }) => sh`${SBIN}
${section('head')}
command -v getcap >/dev/null 2>&1 && command -v setcap >/dev/null 2>&1 && echo tools=yes
[ -f ${path.trim()} ] && echo there=yes
${section('caps')}
getcap -v ${path.trim()} 2>/dev/null
exit 0`,
  plan: (args, seen): Plan => planCapabilities(args, sections(seen.stdout)),
});

const sorted = (flags: string): string => [...new Set(flags)].sort().join('');

/** Names and flags of `cap_a,cap_b=ep cap_c+i`. */
function readCaps(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const word of text.trim().toLowerCase().split(/\s+/)) {
    const parts = /^([^=+-]+)[=+]([eip]*)$/.exec(word);
    for (const name of parts?.[1]?.split(',') ?? []) found.set(name, sorted(parts?.[2] as string));
  }
  return found;
}

function planCapabilities(args: Args, parts: ReadonlyMap<string, string>): Plan {
  const head = fields(parts.get('head') ?? '');
  const path = args.path.trim();
  if (head.get('tools') !== 'yes') return premature('This host has no setcap', 'Install the package libcap2-bin (Debian) or libcap (RHEL) before');
  if (head.get('there') !== 'yes') return premature(`Unable to get capabilities of ${path}`, 'The program must be there before');
  const asked = /^([a-z0-9_,]+)(?:([=+-])([eip]*))?$/.exec(args.capability.trim().toLowerCase());
  if (asked === null || (asked[2] === undefined && args.state === 'present'))
    return impossible("Couldn't find operator (one of: ('=', '-', '+'))", 'Write it as `cap_net_bind_service+ep`');
  const told = (parts.get('caps') ?? '').trim();
  // `path caps` of newer tools, `path = caps` of older ones
  const now = readCaps(told.slice(path.length).replace(/^\s*=\s/, ' '));
  const wanted = new Map(now);
  const given = args.state === 'present' && asked[2] !== '-' ? sorted(asked[3] as string) : '';
  for (const name of (asked[1] as string).split(',')) given === '' ? wanted.delete(name) : wanted.set(name, given);
  const written = (of: ReadonlyMap<string, string>): string =>
    [...of]
      .sort()
      .map(([name, flags]) => `${name}=${flags}`)
      .join(' ');
  if (written(now) === written(wanted)) return { is: 'right', result: { state: args.state } };
  return {
    is: 'wrong',
    diff: [{ label: path, before: { capabilities: written(now) }, after: { capabilities: written(wanted) } }],
    apply: lines(SBIN, wanted.size === 0 ? sh`setcap -r ${path} || exit` : sh`setcap ${written(wanted)} ${path} || exit`),
    result: { state: args.state, msg: 'capabilities changed', stdout: '' },
  };
}

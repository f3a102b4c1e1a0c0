import { defineModule, lines, type Plan, raw, sh } from '../../engine/module/contract.ts';
import { differing, impossible, SBIN, section, sections, textLines, unreadable } from './lib.ts';

export default defineModule({
  name: 'group',
  fqcn: ['ansible.builtin.group'],
  summary: 'Makes and removes groups.',
  source: 'ansible.builtin.group; groupadd(8)',
  options: {
    name: { type: 'str', required: true, description: 'The group.' },
    gid: { type: 'int', description: 'Its number; the next free one when absent.' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether it shall exist.' },
    system: { type: 'bool', default: false, description: 'Take the number of a new group from those of the system.' },
    non_unique: { type: 'bool', default: false, description: 'Whether another group may have the same number.' },
    local: { type: 'bool', default: false, description: 'Look in /etc/group only, not in a directory service.' },
    force: { type: 'bool', default: false, description: 'Remove the group even when it is somebody’s primary one.' },
    gid_min: { type: 'int', description: 'Lowest number to take.' },
    gid_max: { type: 'int', description: 'Highest number to take.' },
  },
  returns: { name: 'The group.', gid: 'Its number.', state: '`present` or `absent`.', system: 'As asked.' },
  examples: [
    { title: 'A group', args: { name: 'qpstaff' }, given: 'groupdel qpstaff 2>/dev/null; true' },
    { title: 'A group with a certain number', args: { name: 'qpquay', gid: 4711 }, given: 'groupdel qpquay 2>/dev/null; groupadd -g 4710 qpquay' },
    { title: 'No such group', args: { name: 'qpold', state: 'absent' }, given: 'groupadd -f qpold' },
  ],
  probe: ({ name, local }) =>
    lines(
      SBIN,
      section('group'),
      local ? sh`grep ${`^${name}:`} /etc/group` : sh`if command -v getent >/dev/null 2>&1; then getent group ${name}; else grep ${`^${name}:`} /etc/group; fi`,
      raw('command -v groupadd >/dev/null 2>&1 || { printf "\\036none\\n"; }; exit 0'),
    ),
  plan: (args, seen): Plan => {
    const parts = sections(seen.stdout);
    if (seen.code !== 0) return unreadable(seen, 'The groups');
    const entry = textLines(parts.get('group') ?? '').find((line) => line.startsWith(`${args.name}:`));
    const gid = entry === undefined ? undefined : Number(entry.split(':')[2]);
    const result = { name: args.name, state: args.state, system: args.system, ...(gid === undefined ? {} : { gid }) };
    const label = `group ${args.name}`;
    const wrong = (before: Record<string, unknown>, after: Record<string, unknown>, apply: ReturnType<typeof sh>): Plan =>
      parts.has('none')
        ? impossible('This host has no groupadd', 'Install the package passwd or shadow-utils')
        : { is: 'wrong', diff: [{ label, before, after }], apply: lines(SBIN, apply), result };
    if (args.state === 'absent') {
      if (gid === undefined) return { is: 'right', result };
      return wrong({ state: 'present', gid }, { state: 'absent' }, sh`groupdel ${args.force && '-f'} -- ${args.name}`);
    }
    const flags = [...(args.gid === undefined ? [] : ['-g', String(args.gid)]), ...(args.non_unique ? ['-o'] : [])];
    if (gid === undefined) {
      const limits = [
        ...(args.gid_min === undefined ? [] : ['-K', `GID_MIN=${args.gid_min}`]),
        ...(args.gid_max === undefined ? [] : ['-K', `GID_MAX=${args.gid_max}`]),
      ];
      const known = args.gid === undefined ? {} : { gid: args.gid };
      return wrong({ state: 'absent' }, { state: 'present', ...known }, sh`groupadd ${flags} ${args.system && '-r'} ${limits} -- ${args.name}`);
    }
    const change = args.gid === undefined ? undefined : differing({ gid }, { gid: args.gid });
    return change === undefined ? { is: 'right', result } : wrong(change.before, change.after, sh`groupmod ${flags} -- ${args.name}`);
  },
});

import { defineModule, type Plan, sh } from '../../engine/module/contract.ts';
import { premature } from '../system/lib.ts';

export default defineModule({
  name: 'dpkg_selections',
  fqcn: ['ansible.builtin.dpkg_selections'],
  summary: 'Puts a Debian package on hold, or takes it off.',
  source: 'ansible.builtin.dpkg_selections; dpkg(1)',
  options: {
    name: { type: 'str', required: true, description: 'The package.' },
    selection: { type: 'str', required: true, choices: ['install', 'hold', 'deinstall', 'purge'], description: 'What dpkg is told; `hold` keeps its version.' },
  },
  returns: { before: 'The selection before.', after: 'The selection asked for.' },
  examples: [
    { title: 'Keep the version of a package', args: { name: 'tar', selection: 'hold' }, given: 'echo tar install | dpkg --set-selections', needs: ['apt'] },
  ],
  probe: ({ name }) => sh`dpkg --get-selections ${name} 2>/dev/null; exit 0`,
  plan: ({ name, selection }, seen, _prepared, before): Plan => {
    const read = (text: string) => text.trim().split(/\s+/)[1];
    const now = read(seen.stdout);
    if (now === undefined) return premature(`Failed to find package '${name}' to perform selection '${selection}'.`, 'Install it before');
    const result = { before: before === undefined ? now : read(before.stdout), after: selection };
    if (now === selection) return { is: 'right', result };
    return {
      is: 'wrong',
      diff: [{ label: name, before: { selection: now }, after: { selection } }],
      apply: sh`printf '%s %s\\n' ${name} ${selection} | dpkg --set-selections || exit`,
      result,
    };
  },
});

import { type ArgsOf, defineModule, type Observed, type Plan, sh } from '../../engine/module/contract.ts';
import { impossible, premature, SBIN, section, sections } from './lib.ts';

const options = {
  name: { type: 'str', required: true, description: 'Name of the file. One with a dot in it, or a ~ at its end, sudo does not read.' },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: 'Whether the rule is there.' },
  user: { type: 'str', description: 'User whom it is for.' },
  group: { type: 'str', description: 'Group whom it is for.' },
  commands: { type: 'list', elements: 'str', description: 'Commands that may be run, with their paths, or `ALL`. Wanted with `present`.' },
  runas: { type: 'str', description: 'User to run them as; root when absent.' },
  host: { type: 'str', default: 'ALL', description: 'Host that it is for.' },
  nopassword: { type: 'bool', default: true, description: 'Without a password.' },
  noexec: { type: 'bool', default: false, description: 'They may start no further programs.' },
  setenv: { type: 'bool', default: false, description: 'The environment may be kept.' },
  sudoers_path: { type: 'str', default: '/etc/sudoers.d', description: 'Folder of the file.' },
  validation: {
    type: 'str',
    default: 'detect',
    choices: ['absent', 'detect', 'required'],
    description: 'Whether visudo judges the rule before; `detect` where it is there.',
  },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'sudoers',
  fqcn: ['community.general.sudoers'],
  summary: 'Keeps a rule of sudo in a file of its own.',
  source: 'https://docs.ansible.com/ansible/latest/collections/community/general/sudoers_module.html; sudoers(5)',
  options,
  rules: { mutuallyExclusive: [['user', 'group']], requiredIf: [['state', 'present', ['commands']]] },
  returns: {},
  examples: [
    {
      title: 'A user may restart a service',
      args: { name: 'qp-backup', user: 'daemon', commands: ['/bin/systemctl restart cron'] },
      given: 'rm -f /etc/sudoers.d/qp-backup',
    },
    {
      title: 'A group may do all as another user, with a password',
      args: { name: 'qp-ops', group: 'adm', commands: ['ALL'], runas: 'daemon', nopassword: false },
      given: 'echo old >/etc/sudoers.d/qp-ops; chmod 600 /etc/sudoers.d/qp-ops',
    },
    { title: 'No such rule', args: { name: 'qp-gone', state: 'absent' }, given: 'echo "daemon ALL= ALL" >/etc/sudoers.d/qp-gone' },
  ],
  probe: (args) => sh`${SBIN}
${
  args.state === 'present' &&
  args.validation !== 'absent' &&
  sh`${section('visudo')}
if command -v visudo >/dev/null; then printf '%s' ${contentOf(args)} | visudo -c -f - 2>&1; echo "rc=$?"; fi`
}
qp_f=${pathOf(args)}
[ -e "$qp_f" ] || exit 0
${section('mode')}
stat -Lc %a -- "$qp_f" || exit
${section('content')}
cat -- "$qp_f"`,
  plan,
});

const pathOf = (args: Args): string => `${args.sudoers_path.replace(/\/+$/, '')}/${args.name}`;

function contentOf(args: Args): string {
  const who = args.user ? args.user : `%${args.group}`;
  const as = args.runas === undefined ? '' : `(${args.runas})`;
  const tags = `${args.noexec ? 'NOEXEC:' : ''}${args.nopassword ? 'NOPASSWD:' : ''}${args.setenv ? 'SETENV:' : ''}`;
  return `${who} ${args.host}=${as}${tags} ${(args.commands ?? []).join(', ')}\n`;
}

function plan(args: Args, seen: Observed): Plan {
  const found = sections(seen.stdout);
  const path = pathOf(args);
  const now = found.get('content');
  if (seen.code !== 0) return impossible(`${path} cannot be read: ${seen.stderr.trim()}`);
  if (args.state === 'absent') {
    if (now === undefined) return { is: 'right' };
    return { is: 'wrong', diff: [{ label: path, before: now, after: '' }], apply: sh`rm -- ${path}` };
  }
  if (!args.user && !args.group) return impossible('a rule must be for a user or a group', 'Give `user` or `group`');
  const judged = found.get('visudo') ?? '';
  const [, said = '', rc = ''] = /^([\s\S]*)rc=(\d+)\n$/.exec(judged) ?? [];
  if (args.validation === 'required' && judged === '') return premature('Failed to find required executable "visudo" on this host', 'Install sudo before');
  if (rc !== '' && rc !== '0') return { ...impossible(`Failed to validate sudoers rule:\n${said}`), result: { stdout: '', stderr: said } };
  const content = contentOf(args);
  const mode = (found.get('mode') ?? '').trim();
  if (now === content && mode === '440') return { is: 'right' };
  return {
    is: 'wrong',
    diff: [
      { label: path, before: now ?? '', after: content },
      ...(now !== undefined && mode !== '440' ? [{ label: `mode of ${path}`, before: { mode }, after: { mode: '440' } }] : []),
    ],
    uploads: { rule: content },
    // sudo refuses all when one of its files is half written, so it is put there whole
    apply: sh`qp_t=$(mktemp ${`${args.sudoers_path.replace(/\/+$/, '')}/.qp.XXXXXX`}) || exit
cat "$up_rule" >"$qp_t" && chmod 0440 "$qp_t" && mv -f -- "$qp_t" ${path} || { rm -f -- "$qp_t"; exit 1; }`,
  };
}

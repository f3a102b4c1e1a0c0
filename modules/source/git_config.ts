import { type ArgsOf, defineModule, type Observed, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { expanded, impossible, premature, section, sections, textLines } from '../system/lib.ts';

const options = {
  name: { type: 'str', required: true, description: 'Name of the setting, such as `user.email`.' },
  value: { type: 'str', description: 'Its value; the setting is only read without one.' },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: '`absent` removes all values of it.' },
  scope: {
    type: 'str',
    default: 'system',
    choices: ['file', 'local', 'global', 'system'],
    description: 'Which configuration; `local` wants `repo`, `file` wants `file`.',
  },
  repo: { type: 'path', description: 'Repository, with `local`.' },
  file: { type: 'path', description: 'File, with `file`.' },
  add_mode: {
    type: 'str',
    default: 'replace-all',
    choices: ['add', 'replace-all'],
    description: 'Whether a value takes the place of all others, or stands beside them.',
  },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'git_config',
  fqcn: ['community.general.git_config'],
  summary: 'Keeps a setting of git.',
  notes: ['`list_all` left Ansible’s module with community.general 11, and is not known here.'],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/general/git_config_module.html; git-config(1)',
  options,
  rules: {
    requiredIf: [
      ['scope', 'local', ['repo']],
      ['scope', 'file', ['file']],
    ],
  },
  returns: { msg: '`setting changed`, or why it was not.', config_value: 'The value, where it was only read.' },
  examples: [
    {
      title: 'A setting for everybody',
      args: { name: 'core.editor', value: 'vim -u NONE' },
      given:
        'command -v git >/dev/null || { apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qq -y install git >/dev/null 2>&1; }; git config --system --unset-all core.editor || :',
    },
    {
      title: 'None in a repository',
      args: { name: 'remote.origin.url', state: 'absent', scope: 'local', repo: '/var/tmp/qp-git' },
      given:
        'command -v git >/dev/null || { apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qq -y install git >/dev/null 2>&1; }; git init -q /var/tmp/qp-git; git -C /var/tmp/qp-git config remote.origin.url x',
    },
  ],
  probe: (args) => sh`command -v git >/dev/null || exit 0
${git(args, ['--get-all', args.name])}`,
  plan,
});

/** git in the place whose settings are meant; from / no repository is found by chance. */
function git(args: Args, words: readonly string[]): Script {
  const scope = args.scope === 'file' ? sh`-f ${expanded(args.file as string)}` : sh`${`--${args.scope}`}`;
  return sh`export LC_ALL=C LANG=C
cd ${args.scope === 'local' ? expanded(args.repo as string) : '/'} || exit 9
${section('values')}
git config --includes ${scope} ${words}`;
}

function plan(args: Args, seen: Observed, _prepared: undefined, before?: Observed): Plan {
  const found = sections(seen.stdout);
  if (seen.code === 9) return premature(`there is no repository ${args.repo}`);
  if (!found.has('values')) return premature('Failed to find required executable "git" on this host', 'Install git before');
  // 1 says that it is not set
  if (seen.code >= 2 || seen.stderr !== '') return { ...impossible(seen.stderr.trim()), result: { msg: seen.stderr, rc: seen.code } };
  const values = textLines((found.get('values') ?? '').trimEnd());
  const absent = args.state === 'absent';
  const wanted = args.value ?? '';
  if (!absent && wanted === '') return { is: 'right', result: { msg: '', config_value: values[0] ?? '' } };
  if (absent && values.length === 0) return { is: 'right', result: before === undefined ? { msg: 'no setting to unset' } : {} };
  if (!absent && values.includes(wanted) && (values.length === 1 || args.add_mode === 'add'))
    return { is: 'right', result: before === undefined ? { msg: '' } : {} };
  const after = absent ? [] : args.add_mode === 'add' ? [...values, wanted] : [wanted];
  return {
    is: 'wrong',
    diff: [{ label: args.name, before: values.map((one) => `${one}\n`).join(''), after: after.map((one) => `${one}\n`).join('') }],
    apply: git(args, absent ? ['--unset-all', args.name] : [`--${args.add_mode}`, args.name, wanted]),
    result: { msg: 'setting changed' },
  };
}

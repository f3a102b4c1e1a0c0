import { type ArgsOf, defineModule, type Observed, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { expanded, fields, premature, right, section, sections, textLines } from '../system/lib.ts';

const options = {
  name: { type: 'list', elements: 'str', description: 'Packages: `flask`, `flask==3.0`, `flask>=2`, an address, a path.' },
  version: { type: 'str', description: 'Version of the one package named.' },
  requirements: { type: 'str', description: 'Path of a requirements file on the host.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'forcereinstall', 'latest', 'present'], description: 'Whether they shall be there.' },
  virtualenv: { type: 'path', description: 'Virtual environment to work in; made when there is none.' },
  virtualenv_site_packages: { type: 'bool', default: false, description: 'A new environment sees the packages of the system.' },
  virtualenv_command: { type: 'path', default: 'virtualenv', description: 'Command that makes the environment, such as `python3 -m venv`.' },
  virtualenv_python: { type: 'str', description: 'Python for a new environment.' },
  extra_args: { type: 'str', description: 'Further arguments of pip, divided as a shell would.' },
  editable: { type: 'bool', default: false, description: 'Install from sources that may change.' },
  chdir: { type: 'path', description: 'Folder to change to before.' },
  executable: { type: 'path', description: 'Path or name of pip, such as `pip3.11`.' },
  umask: { type: 'str', description: 'umask for what is installed, as octal text.' },
  break_system_packages: { type: 'bool', default: false, description: 'Install into the system’s Python even where its packages are managed otherwise.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'pip',
  fqcn: ['ansible.builtin.pip'],
  summary: 'Installs, upgrades and removes packages of Python.',
  notes: ['With `state: latest`, `requirements`, `editable` and addresses, pip itself is asked what it would do (`--dry-run`, of pip 22.2 and newer).'],
  source: 'ansible.builtin.pip',
  options,
  rules: {
    requiredOneOf: [['name', 'requirements']],
    mutuallyExclusive: [
      ['name', 'requirements'],
      ['executable', 'virtualenv'],
    ],
  },
  returns: { name: 'As asked.', version: 'As asked.', requirements: 'As asked.', virtualenv: 'As asked.', state: 'As asked.' },
  examples: [
    {
      title: 'A package in an environment of its own',
      args: { name: ['jmespath==1.0.1'], virtualenv: '/opt/qp-venv', virtualenv_command: 'python3 -m venv' },
      needs: ['network'],
    },
  ],
  probe: (args) => sh`${before(args)}
${section('state')}
${args.virtualenv !== undefined ? sh`[ -x "$env/bin/python" ] || { echo fresh=1; exit 0; }` : raw('[ -n "$pip" ] || { echo lacks=1; exit 0; }')}
${section('list')}
$pip list --format=freeze --disable-pip-version-check 2>/dev/null || $pip freeze --all 2>/dev/null
${
  asksPip(args) &&
  sh`${section('dry')}
$pip install --dry-run --quiet --disable-pip-version-check ${installWords(args)} 2>&1 >/dev/null || true
$pip install --dry-run --disable-pip-version-check ${installWords(args)} 2>/dev/null | grep '^Would install' || :`
}`,
  plan: planPip,
});

/** Sets `$pip`, and the folder and umask. */
const before = (args: Args): Script => sh`${args.umask !== undefined && sh`umask ${args.umask}`}
${args.chdir !== undefined && sh`cd ${expanded(args.chdir)} || exit`}
env=${args.virtualenv === undefined ? raw("''") : expanded(args.virtualenv)}
${
  args.virtualenv !== undefined
    ? raw('pip="$env/bin/python -m pip"')
    : args.executable !== undefined
      ? sh`pip=$(command -v ${args.executable})`
      : raw('pip=$(command -v pip3 || command -v pip) || { python3 -m pip --version >/dev/null 2>&1 && pip="python3 -m pip"; } || pip=')
}`;

const asksPip = (args: Args): boolean =>
  args.state !== 'absent' && (args.state === 'latest' || args.requirements !== undefined || args.editable || names(args).some((one) => /[/@]/.test(one)));

/** Names with the version, divided at commas where one string holds several. */
const names = (args: Args): readonly string[] => {
  const all = (args.name ?? []).flatMap((one) => one.split(/,(?=\s*[A-Za-z])/)).map((one) => one.trim());
  return args.version !== undefined && all.length === 1 ? [`${all[0]}==${args.version}`] : all;
};

function installWords(args: Args): Script {
  const flags = [
    ...(args.state === 'latest' ? ['-U'] : []),
    ...(args.state === 'forcereinstall' ? ['-U', '--force-reinstall'] : []),
    ...(args.break_system_packages ? ['--break-system-packages'] : []),
  ];
  const extra = raw(
    (args.extra_args ?? '')
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => sh`${word}`.text)
      .join(' '),
  );
  if (args.requirements !== undefined) return sh`${flags} ${extra} -r ${args.requirements}`;
  return args.editable ? sh`${flags} ${extra} ${names(args).flatMap((one) => ['-e', one])}` : sh`${flags} ${extra} ${names(args)}`;
}

const canonical = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

function planPip(args: Args, seen: Observed, _prepared: undefined, earlier?: Observed): Plan {
  const parts = sections(seen.stdout);
  const state = fields(parts.get('state') ?? '');
  if (state.get('lacks') !== undefined)
    return premature('Unable to find any of pip3, pip to use. pip needs to be installed.', 'Install the package python3-pip before');
  const told = {
    cmd: null,
    name: args.name ?? null,
    version: args.version ?? null,
    state: args.state,
    requirements: args.requirements ?? null,
    virtualenv: args.virtualenv ?? null,
  };
  const fresh = state.get('fresh') !== undefined;
  if (fresh && args.state === 'absent') return right(told);
  const installed = new Map(
    textLines(parts.get('list') ?? '').flatMap((line) =>
      line.includes('==') ? [[canonical(line.split('==')[0] as string), line.split('==')[1] as string] as const] : [],
    ),
  );
  const asked = names(args);
  const wrong =
    args.state === 'absent'
      ? asked.filter((one) => installed.has(canonical(nameOf(one))))
      : args.state === 'forcereinstall'
        ? earlier === undefined
          ? [...asked, ...(args.requirements === undefined ? [] : [args.requirements])]
          : []
        : asksPip(args)
          ? [...(parts.get('dry') ?? '').matchAll(/^Would install (.+)$/gm)].flatMap((found) => (found[1] as string).split(' '))
          : asked.filter((one) => !satisfied(one, installed));
  if (!fresh && wrong.length === 0) return right(told);
  const remove = args.state === 'absent';
  return {
    is: 'wrong',
    diff: [{ label: args.virtualenv ?? 'pip', before: { packages: remove ? wrong : [] }, after: { packages: remove ? [] : fresh ? asked : wrong } }],
    apply: sh`${before(args)}
${fresh && makeEnvironment(args)}
${remove ? sh`$pip uninstall -y ${args.break_system_packages && '--break-system-packages'} ${wrong.map(nameOf)} || exit` : sh`$pip install --disable-pip-version-check ${installWords(args)} || exit`}`,
    result: told,
  };
}

const makeEnvironment = (args: Args): Script =>
  sh`${raw(
    args.virtualenv_command
      .split(/\s+/)
      .map((word) => sh`${word}`.text)
      .join(' '),
  )} ${args.virtualenv_site_packages && '--system-site-packages'} ${args.virtualenv_python !== undefined && !/venv/.test(args.virtualenv_command) && ['-p', args.virtualenv_python]} "$env" || exit`;

const nameOf = (asked: string): string => /^[A-Za-z0-9][\w.-]*/.exec(asked)?.[0] ?? asked;

/** Whether the version that is there is within what is asked: `==`, `!=`, `>=`, `<=`, `>`, `<`, with commas between. */
function satisfied(asked: string, installed: ReadonlyMap<string, string>): boolean {
  const now = installed.get(canonical(nameOf(asked)));
  if (now === undefined) return false;
  const tests =
    asked
      .slice(nameOf(asked).length)
      .replace(/^\[[^\]]*\]/, '')
      .split(';')[0] ?? '';
  return [...tests.matchAll(/(==|!=|>=|<=|~=|>|<)\s*([\w.*+!-]+)/g)].every(([, operator, version]) => holds(now, operator as string, version as string));
}

function holds(now: string, operator: string, version: string): boolean {
  if (version.endsWith('.*')) return (now === version.slice(0, -2) || `${now}.`.startsWith(version.slice(0, -1))) === (operator === '==');
  const order = compare(now, version);
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '~=':
      return order >= 0 && now.startsWith(version.split('.').slice(0, -1).join('.'));
    default:
      return operator === '>' ? order > 0 : order < 0;
  }
}

/** Release numbers, padded with zeros; what follows them is compared as text. */
function compare(a: string, b: string): number {
  const parts = (text: string): number[] =>
    text
      .split(/[^\d.]/)[0]
      ?.split('.')
      .map(Number) ?? [];
  const [x, y] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(x.length, y.length); i++) if ((x[i] ?? 0) !== (y[i] ?? 0)) return (x[i] ?? 0) - (y[i] ?? 0);
  return a === b || a.replace(/(\.0)+$/, '') === b.replace(/(\.0)+$/, '') ? 0 : a < b ? -1 : 1;
}

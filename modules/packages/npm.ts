import { type ArgsOf, defineModule, lines, type Observed, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { expanded, impossible, premature, section, sections } from '../system/lib.ts';

const options = {
  name: { type: 'str', description: 'Package; those of package.json when absent. Wanted with `absent`.' },
  path: { type: 'path', description: 'Folder it is installed in, which is made. Wanted without `global`.' },
  version: { type: 'str', description: 'Version.' },
  state: { type: 'str', default: 'present', choices: ['present', 'absent', 'latest'], description: 'Whether it is there, in its newest version.' },
  global: { type: 'bool', default: false, description: 'Install it for everybody.' },
  executable: { type: 'path', description: 'npm to be used, with arguments after blanks.' },
  registry: { type: 'str', description: 'Registry to install from.' },
  production: { type: 'bool', default: false, description: 'Without what is needed for development only.' },
  ignore_scripts: { type: 'bool', default: false, description: 'Run no scripts of packages.' },
  unsafe_perm: { type: 'bool', default: false, description: 'Run scripts as root.' },
  ci: { type: 'bool', default: false, description: 'Install what package-lock.json says, anew in every run.' },
  no_optional: { type: 'bool', default: false, description: 'Without optional packages.' },
  no_bin_links: { type: 'bool', default: false, description: 'Make no links to programs.' },
  force: { type: 'bool', default: false, description: 'Go on over what npm warns of.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'npm',
  fqcn: ['community.general.npm'],
  summary: 'Keeps packages of Node.js by npm.',
  notes: ['`ci`, and a package.json without dependencies, are installed anew in every run, as in Ansible.'],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/general/npm_module.html; npm-install(1)',
  options,
  rules: { requiredIf: [['state', 'absent', ['name']]] },
  returns: {},
  examples: [
    { title: 'What package.json names', args: { path: '/srv/app', production: true }, untested: 'no host of the lab has npm; test/modules/packages has it' },
    {
      title: 'A program for everybody',
      args: { name: 'yarn', global: true, version: '1.22.22' },
      untested: 'no host of the lab has npm; test/modules/packages has it',
    },
  ],
  probe,
  plan,
});

const program = (args: Args): string[] => (args.executable === undefined ? ['npm'] : args.executable.split(' ').filter((one) => one !== ''));
const wanted = (args: Args): string | undefined =>
  args.name !== undefined && args.version !== undefined && args.state !== 'absent' ? `${args.name}@${args.version}` : args.name;

/** The command line, in the order of Ansible's module. */
function npm(args: Args, words: readonly string[], named: boolean): Script {
  const name = wanted(args);
  const installs = ['install', 'update', 'ci'].includes(words[0] as string);
  return sh`${[
    ...program(args),
    ...words,
    ...(args.global ? ['--global'] : []),
    ...(args.production && installs ? ['--production'] : []),
    ...(args.ignore_scripts ? ['--ignore-scripts'] : []),
    ...(args.unsafe_perm ? ['--unsafe-perm'] : []),
    ...(named && name !== undefined ? [name] : []),
    ...(args.registry === undefined ? [] : ['--registry', args.registry]),
    ...(args.no_optional ? ['--no-optional'] : []),
    ...(args.no_bin_links ? ['--no-bin-links'] : []),
    ...(args.force ? ['--force'] : []),
  ]}`;
}

function probe(args: Args): Script {
  const [first = 'npm'] = program(args);
  return lines(
    sh`command -v ${first} >/dev/null || exit 0
${section('list')}`,
    args.path !== undefined &&
      sh`[ -e ${expanded(args.path)} ] || exit 0
cd ${expanded(args.path)} || exit`,
    npm(args, ['list', '--json', '--long'], false),
    args.state === 'latest' &&
      sh`${section('outdated')}
${npm(args, ['outdated'], true)}`,
    sh`exit 0`,
  );
}

interface Listed {
  readonly dependencies?: Readonly<Record<string, { readonly version?: string; readonly missing?: boolean; readonly invalid?: unknown }>>;
}

function plan(args: Args, seen: Observed, _prepared: undefined, before?: Observed): Plan {
  if (args.path === undefined && !args.global) return impossible('path must be specified when not using global');
  const found = sections(seen.stdout);
  if (!found.has('list')) return premature(`Failed to find required executable "${program(args)[0]}" on this host`, 'Install npm before');
  if (seen.code !== 0) return impossible(`path ${args.path} is not a directory`);
  const listed = parsed(found.get('list') ?? '');
  if (listed === undefined) return impossible(`Failed to parse NPM output: ${seen.stderr.trim().split('\n')[0] ?? ''}`);
  if (args.ci) return before === undefined ? changing(args, [npm(args, ['ci'], true)], 'as package-lock.json has it') : { is: 'right' };
  const { installed, missing } = packages(args, listed);
  if (args.state === 'absent') return installed.includes(args.name as string) ? changing(args, [npm(args, ['uninstall'], true)], 'absent') : { is: 'right' };
  // a newer one may be kept out by what package.json allows; without a name only npm knows what it wants
  if (before !== undefined && (args.name === undefined || !missing.includes(args.name))) return { is: 'right' };
  const outdated = args.state === 'latest' && (found.get('outdated') ?? '').trim() !== '';
  const steps = [...(missing.length > 0 ? [npm(args, ['install'], true)] : []), ...(outdated ? [npm(args, ['update'], true)] : [])];
  return steps.length === 0 ? { is: 'right' } : changing(args, steps, outdated ? 'latest' : 'present');
}

function parsed(text: string): Listed | undefined {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as Listed;
  } catch {
    return undefined;
  }
}

/** What is there, with and without its version, and what is not: named by the task or by package.json. */
function packages(args: Args, { dependencies }: Listed): { readonly installed: readonly string[]; readonly missing: readonly string[] } {
  if (dependencies === undefined) return { installed: [], missing: [args.name ?? 'package.json'] };
  const entries = Object.entries(dependencies);
  const lacks = entries.filter(([, one]) => one.missing || one.invalid).map(([name]) => name);
  const installed = entries.flatMap(([name, one]) => (lacks.includes(name) ? [] : [name, ...(one.version ? [`${name}@${one.version}`] : [])]));
  const name = wanted(args);
  return { installed, missing: name !== undefined && !installed.includes(name) ? [...lacks, args.name as string] : lacks };
}

function changing(args: Args, steps: readonly Script[], after: string): Plan {
  const folder = args.path === undefined ? undefined : sh`mkdir -p -- ${expanded(args.path)} && cd ${expanded(args.path)} || exit`;
  const label = wanted(args) ?? `packages of ${args.path}`;
  return {
    is: 'wrong',
    diff: [{ label, before: { state: 'other' }, after: { state: after } }],
    apply: lines(folder, ...steps.map((step) => sh`${step} >&2 || exit`)),
  };
}

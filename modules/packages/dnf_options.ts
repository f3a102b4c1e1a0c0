import type { ArgsOf } from '../../engine/module/contract.ts';
import type { DnfArgs } from './dnf_logic.ts';

/** Options that `dnf` and `yum` share. */
export const DNF_OPTIONS = {
  name: {
    type: 'list',
    elements: 'str',
    default: [],
    aliases: ['pkg'],
    description:
      'Packages: names, `name-version`, file paths that a package provides, groups with `@`, package files and URLs; `*` with `state: latest` is everything.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present', 'installed', 'removed', 'latest'],
    description: '`present` when absent, or `absent` with `autoremove`.',
  },
  enablerepo: { type: 'list', elements: 'str', default: [], description: 'Repositories to use for this task that are off otherwise.' },
  disablerepo: { type: 'list', elements: 'str', default: [], description: 'Repositories not to use for this task.' },
  exclude: { type: 'list', elements: 'str', default: [], description: 'Packages to leave alone.' },
  disable_excludes: { type: 'str', description: 'Whose excludes not to mind: `all`, `main` or a repository.' },
  conf_file: { type: 'str', description: 'Configuration file in place of the host’s.' },
  installroot: { type: 'str', default: '/', description: 'Root folder to install into.' },
  releasever: { type: 'str', description: 'Release to take packages of.' },
  update_cache: {
    type: 'bool',
    default: false,
    aliases: ['expire-cache'],
    description: 'Fetch the package lists when something is to be installed; with no packages named, when they are older than an hour.',
  },
  cacheonly: { type: 'bool', default: false, description: 'Fetch nothing, use what is there.' },
  update_only: { type: 'bool', default: false, description: 'Only upgrade what is installed, install nothing anew.' },
  security: { type: 'bool', default: false, description: 'With `state: latest`, only updates that mend security.' },
  bugfix: { type: 'bool', default: false, description: 'With `state: latest`, only updates that mend bugs.' },
  allow_downgrade: { type: 'bool', default: false, description: 'Whether a named version may be older than the installed one.' },
  allowerasing: { type: 'bool', default: false, description: 'Whether packages that are in the way may be removed.' },
  autoremove: { type: 'bool', default: false, description: 'Remove packages that were installed for others and are not needed any more.' },
  best: { type: 'bool', description: 'Fail rather than take an older version than the newest.' },
  nobest: { type: 'bool', description: 'Take an older version when the newest cannot be installed.' },
  skip_broken: { type: 'bool', default: false, description: 'Leave out packages that cannot be installed.' },
  install_weak_deps: { type: 'bool', default: true, description: 'Whether recommended packages come along.' },
  disable_gpg_check: { type: 'bool', default: false, description: 'Do not look at signatures.' },
  sslverify: { type: 'bool', default: true, description: 'Whether the certificates of repositories are checked.' },
  validate_certs: { type: 'bool', default: true, description: 'Whether certificates are checked.' },
  enable_plugin: { type: 'list', elements: 'str', default: [], description: 'Plugins to use for this task.' },
  disable_plugin: { type: 'list', elements: 'str', default: [], description: 'Plugins not to use for this task.' },
  lock_timeout: {
    type: 'int',
    default: 30,
    description: 'Seconds to wait for another program that holds the package database; then the task fails and names it.',
  },
  install_repoquery: { type: 'bool', default: true, description: 'Accepted for Ansible’s sake, without effect.' },
  use_backend: { type: 'str', default: 'auto', choices: ['auto', 'dnf', 'dnf4', 'dnf5', 'yum', 'yum4'], description: 'Program to use.' },
} as const;

/** Return values that `dnf` and `yum` share. */
export const DNF_RETURNS = { results: 'What was installed and removed.', rc: '0', msg: '`Nothing to do`, or nothing.' } as const;

const STATES = { present: 'present', installed: 'present', latest: 'latest', absent: 'absent', removed: 'absent' } as const;
const PROGRAMS: Readonly<Record<string, string | undefined>> = { dnf: 'dnf', dnf4: 'dnf', dnf5: 'dnf5', yum: 'yum', yum4: 'yum' };

export function dnfWish(args: ArgsOf<typeof DNF_OPTIONS>, program?: string): DnfArgs {
  const many = (flag: string, values: readonly string[]) => values.map((value) => `--${flag}=${value}`);
  const on = (flag: string, set: boolean | undefined) => (set === true ? [`--${flag}`] : []);
  const checks = args.validate_certs && args.sslverify;
  return {
    name: args.name,
    state: args.state === undefined ? (args.autoremove && args.name.length > 0 ? 'absent' : 'present') : STATES[args.state],
    options: [
      ...(args.conf_file === undefined ? [] : [`--config=${args.conf_file}`]),
      ...many('enablerepo', args.enablerepo),
      ...many('disablerepo', args.disablerepo),
      ...many('exclude', args.exclude),
      ...many('disableexcludes', args.disable_excludes === undefined ? [] : [args.disable_excludes]),
      ...many('releasever', args.releasever === undefined ? [] : [args.releasever]),
      ...many('enableplugin', args.enable_plugin),
      ...many('disableplugin', args.disable_plugin),
      ...on('cacheonly', args.cacheonly),
      ...on('security', args.security),
      ...on('bugfix', args.bugfix),
      ...on('allowerasing', args.allowerasing),
      ...on('best', args.best),
      ...on('nobest', args.nobest),
      ...on('skip-broken', args.skip_broken),
      ...on('nogpgcheck', args.disable_gpg_check),
      ...(args.install_weak_deps ? [] : ['--setopt=install_weak_deps=False']),
      ...(checks ? [] : ['--setopt=sslverify=0']),
    ],
    installroot: args.installroot,
    updateCache: args.update_cache,
    updateOnly: args.update_only,
    allowDowngrade: args.allow_downgrade,
    autoremove: args.autoremove,
    lockTimeout: args.lock_timeout,
    command: program ?? PROGRAMS[args.use_backend],
  };
}

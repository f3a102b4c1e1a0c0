import { type ArgsOf, defineModule } from '../../engine/module/contract.ts';
import type { AptArgs } from './apt_args.ts';
import { planApt } from './apt_plan.ts';
import { probeApt } from './apt_probe.ts';

/** `package` takes them too. */
export const APT_OPTIONS = {
  name: {
    type: 'list',
    elements: 'str',
    aliases: ['package', 'pkg'],
    description: 'Packages: `nginx`, `nginx=1.2*`, `nginx>=1.2`, `nginx:arm64`, `python3-*`.',
  },
  state: {
    type: 'str',
    default: 'present',
    choices: ['absent', 'build-dep', 'latest', 'present', 'fixed'],
    description: '`latest` upgrades, `build-dep` installs what building needs, `fixed` mends broken dependencies.',
  },
  update_cache: {
    type: 'bool',
    aliases: ['update-cache'],
    description:
      'Fetch the package lists when something is to be installed. Alone, with no packages named, it fetches them in each run unless `cache_valid_time` says otherwise.',
  },
  cache_valid_time: { type: 'int', default: 0, description: 'Seconds for which package lists are fresh. A source that was changed since makes them stale.' },
  update_cache_retries: { type: 'int', default: 5, description: 'How often the lists are tried to be fetched.' },
  update_cache_retry_max_delay: { type: 'int', default: 12, description: 'Longest pause between two tries, in seconds.' },
  deb: { type: 'path', description: 'A package file on the host, or a URL.' },
  upgrade: {
    type: 'str',
    default: 'no',
    choices: ['dist', 'full', 'no', 'safe', 'yes'],
    description: 'Upgrade everything; `dist` and `full` may remove packages for it.',
  },
  purge: { type: 'bool', default: false, description: 'Remove configuration files too.' },
  autoremove: { type: 'bool', default: false, description: 'Remove packages that were installed for others and are not needed any more.' },
  autoclean: { type: 'bool', default: false, description: 'Delete package files that cannot be downloaded any more.' },
  clean: { type: 'bool', default: false, description: 'Delete all downloaded package files.' },
  default_release: { type: 'str', aliases: ['default-release'], description: 'Release to prefer, such as `bookworm-backports`.' },
  install_recommends: {
    type: 'bool',
    aliases: ['install-recommends'],
    description: 'Whether recommended packages come along; the host’s setting when absent.',
  },
  only_upgrade: { type: 'bool', default: false, description: 'Only upgrade what is installed, install nothing anew.' },
  allow_downgrade: {
    type: 'bool',
    default: false,
    aliases: ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'],
    description: 'Whether a named version may be older than the installed one.',
  },
  allow_unauthenticated: {
    type: 'bool',
    default: false,
    aliases: ['allow-unauthenticated'],
    description: 'Whether packages without a valid signature are taken.',
  },
  allow_change_held_packages: { type: 'bool', default: false, description: 'Whether packages on hold may be changed.' },
  fail_on_autoremove: { type: 'bool', default: false, description: 'Fail rather than remove a package.' },
  force: { type: 'bool', default: false, description: 'Allow downgrades, unsigned packages, changes of held ones and removal of essential ones.' },
  dpkg_options: {
    type: 'str',
    default: 'force-confdef,force-confold',
    description: 'Options of dpkg, with commas between; the default keeps changed configuration files.',
  },
  lock_timeout: {
    type: 'int',
    default: 60,
    description: 'Seconds to wait for another program that holds the package database; then the task fails and names it.',
  },
  policy_rc_d: { type: 'int', description: 'Exit status of a policy-rc.d for the time of the installation; `101` keeps services from being started.' },
  force_apt_get: { type: 'bool', default: false, description: 'Accepted for Ansible’s sake: apt-get is always used.' },
} as const;

export const aptWish = (args: ArgsOf<typeof APT_OPTIONS>): AptArgs => ({
  name: args.name ?? [],
  state: args.state,
  deb: args.deb,
  upgrade: args.upgrade,
  updateCache: args.update_cache ?? false,
  cacheValidTime: args.cache_valid_time,
  updateRetries: args.update_cache_retries,
  retryMaxDelay: args.update_cache_retry_max_delay,
  lockTimeout: args.lock_timeout,
  purge: args.purge,
  autoremove: args.autoremove,
  autoclean: args.autoclean,
  clean: args.clean,
  force: args.force,
  onlyUpgrade: args.only_upgrade,
  allowDowngrade: args.allow_downgrade,
  allowUnauthenticated: args.allow_unauthenticated,
  allowHeld: args.allow_change_held_packages,
  failOnAutoremove: args.fail_on_autoremove,
  defaultRelease: args.default_release,
  recommends: args.install_recommends,
  dpkgOptions: args.dpkg_options,
  policyRcD: args.policy_rc_d,
});

const given = 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y purge qplay-hello qplay-world >/dev/null 2>&1; true';

export default defineModule({
  name: 'apt',
  fqcn: ['ansible.builtin.apt'],
  summary: 'Installs, upgrades and removes packages of Debian and its kin.',
  notes: [
    'When all packages named are as asked, the lists are not fetched, whatever `update_cache` says: a converged run costs one dpkg-query.',
    'An installation that was interrupted is finished first (`dpkg --configure -a`).',
    'With `state: latest` and without `cache_valid_time`, lists younger than an hour are believed.',
  ],
  source: 'ansible.builtin.apt; apt-get(8)',
  options: APT_OPTIONS,
  rules: {
    mutuallyExclusive: [['deb', 'name']],
    requiredOneOf: [['autoremove', 'deb', 'name', 'update_cache', 'upgrade', 'autoclean', 'clean']],
  },
  returns: { cache_updated: 'Whether the package lists were fetched.', cache_update_time: 'When they were last fetched, in seconds since 1970.' },
  examples: [
    { title: 'Install packages', args: { name: ['qplay-hello', 'qplay-world'], state: 'present' }, given, needs: ['apt'] },
    { title: 'Install a certain version, with fresh lists', args: { name: 'qplay-hello=1.*', update_cache: true }, given, needs: ['apt'] },
    {
      title: 'Upgrade a package',
      args: { name: 'qplay-hello', state: 'latest' },
      given: `${given}; apt-get -qq -y install qplay-hello=1.0 >/dev/null`,
      needs: ['apt'],
    },
    {
      title: 'Remove a package and its configuration',
      args: { name: 'qplay-hello', state: 'absent', purge: true },
      given: `${given}; apt-get -qq -y install qplay-hello >/dev/null`,
      needs: ['apt'],
    },
    {
      title: 'Keep the lists no older than a day',
      args: { update_cache: true, cache_valid_time: 86400 },
      given: 'touch -d "2 days ago" /var/lib/apt/lists; rm -f /var/lib/apt/periodic/update-success-stamp',
      needs: ['apt'],
    },
  ],
  probe: (args) => probeApt(aptWish(args)),
  plan: (args, seen, _prepared, before) => planApt(aptWish(args), seen, before),
});

/** What the apt logic needs to know; `package` fills it too. */
export interface AptArgs {
  readonly name: readonly string[];
  readonly state: 'present' | 'latest' | 'absent' | 'fixed' | 'build-dep';
  readonly deb?: string | undefined;
  readonly upgrade: 'dist' | 'full' | 'safe' | 'yes' | 'no';
  readonly updateCache: boolean;
  /** Seconds. */
  readonly cacheValidTime: number;
  readonly updateRetries: number;
  readonly retryMaxDelay: number;
  /** Seconds. */
  readonly lockTimeout: number;
  readonly purge: boolean;
  readonly autoremove: boolean;
  readonly autoclean: boolean;
  readonly clean: boolean;
  readonly force: boolean;
  readonly onlyUpgrade: boolean;
  readonly allowDowngrade: boolean;
  readonly allowUnauthenticated: boolean;
  readonly allowHeld: boolean;
  readonly failOnAutoremove: boolean;
  readonly defaultRelease?: string | undefined;
  readonly recommends?: boolean | undefined;
  readonly dpkgOptions: string;
  readonly policyRcD?: number | undefined;
}

/** What Ansible's apt does when nothing more is said. */
export const APT_DEFAULTS: AptArgs = {
  name: [],
  state: 'present',
  upgrade: 'no',
  updateCache: false,
  cacheValidTime: 0,
  updateRetries: 5,
  retryMaxDelay: 12,
  lockTimeout: 60,
  purge: false,
  autoremove: false,
  autoclean: false,
  clean: false,
  force: false,
  onlyUpgrade: false,
  allowDowngrade: false,
  allowUnauthenticated: false,
  allowHeld: false,
  failOnAutoremove: false,
  dpkgOptions: 'force-confdef,force-confold',
};

/** `*` with `state: latest` is Ansible's older way to say `upgrade: yes`. */
export const upgradeOf = (args: AptArgs): AptArgs['upgrade'] =>
  args.upgrade === 'no' && args.state === 'latest' && args.name.includes('*') ? 'yes' : args.upgrade;
export const namesOf = (args: AptArgs): readonly string[] => args.name.filter((name) => name.trim() !== '' && name !== '*');
/** Whether anything is asked for besides fresh package lists. */
export const onlyLists = (args: AptArgs): boolean =>
  namesOf(args).length === 0 &&
  args.deb === undefined &&
  upgradeOf(args) === 'no' &&
  !args.autoremove &&
  !args.autoclean &&
  !args.clean &&
  args.state !== 'fixed';
export const aptVerb = (upgrade: AptArgs['upgrade']): readonly string[] =>
  upgrade === 'full' || upgrade === 'dist' ? ['dist-upgrade'] : ['upgrade', '--with-new-pkgs'];

/** What Ansible's settings of its text are; each is a setting of the same name in ansible.cfg. */
export interface Look {
  readonly colour: boolean;
  readonly verbosity: number;
  readonly diff: boolean;
  readonly check: boolean;
  /** Characters a heading may be wide: 79 where there is no terminal. */
  readonly columns: number;
  readonly skippedHosts: boolean;
  readonly okHosts: boolean;
  readonly failedToStderr: boolean;
  readonly customStats: boolean;
  readonly perHostStart: boolean;
  readonly taskPathOnFailure: boolean;
  readonly checkMarkers: boolean;
  readonly diffContext: number;
  /** Form of the results that are shown. */
  readonly form: 'json' | 'yaml';
  /** Results over several lines; without a word as each form usually is. */
  readonly pretty: boolean | undefined;
  /** Arguments stand in the headings of tasks. */
  readonly argsInHeadings: boolean;
  /** File that gets every line, too. */
  readonly log: string | undefined;
  /** Colours that differ from Ansible's own, by their kind. */
  readonly colours: Readonly<Record<string, string>>;
  /** Names of the playbooks, for the heading of `-vv`. */
  readonly playbooks: readonly string[];
}

/** Ansible's own defaults. */
export const DEFAULT_LOOK: Look = {
  colour: false,
  verbosity: 0,
  diff: false,
  check: false,
  columns: 79,
  skippedHosts: true,
  okHosts: true,
  failedToStderr: false,
  customStats: false,
  perHostStart: false,
  taskPathOnFailure: false,
  checkMarkers: false,
  diffContext: 3,
  form: 'json',
  pretty: undefined,
  argsInHeadings: false,
  log: undefined,
  colours: {},
  playbooks: [],
};

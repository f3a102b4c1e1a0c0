import { join } from 'node:path';

/** Where things lie during a bench. */
export interface Setting {
  /** Generated workloads. */
  readonly out: string;
  readonly fleet: string;
  /** The compiled bench. */
  readonly js: string;
  /** Python's virtual environment with the peers. */
  readonly venv: string;
  /** Mitogen's strategy plug-ins; empty where it is not installed. */
  readonly mitogen: string;
  /** qplay's main.js. */
  readonly qplay: string;
  readonly hosts: number;
}

export interface Engine {
  readonly name: string;
  /** Run once more after each slow one, so that every ratio is of neighbours in time. */
  readonly quick: boolean;
  command(setting: Setting, workload: string, group: 'fleet' | 'one'): readonly string[];
  environment(setting: Setting): Readonly<Record<string, string>>;
  /** How many tasks changed and how many failed, out of what it printed. */
  read(output: string): { readonly changed: number; readonly failed: number };
}

const sum = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);

const recap = (output: string) => ({ changed: sum(output, /\bchanged=(\d+)/g), failed: sum(output, /\b(?:failed|unreachable)=(\d+)/g) });

/** ansible-core as its own guides tune it: pipelining, many forks, one ssh master a host, facts cached. */
const tuned = ({ out }: Setting, name: string): Record<string, string> => ({
  ANSIBLE_HOST_KEY_CHECKING: 'True',
  ANSIBLE_NOCOWS: '1',
  ANSIBLE_NOCOLOR: '1',
  ANSIBLE_TIMEOUT: '60',
  ANSIBLE_DEPRECATION_WARNINGS: 'False',
  ANSIBLE_LOCALHOST_WARNING: 'False',
  ANSIBLE_HOME: join(out, `home-${name}`),
  ANSIBLE_PIPELINING: 'True',
  ANSIBLE_FORKS: '50',
  ANSIBLE_SSH_ARGS: '-C -o ControlMaster=auto -o ControlPersist=600s',
  ANSIBLE_GATHERING: 'smart',
  ANSIBLE_CACHE_PLUGIN: 'jsonfile',
  ANSIBLE_CACHE_PLUGIN_CONNECTION: join(out, `facts-${name}`),
  ANSIBLE_CACHE_PLUGIN_TIMEOUT: '86400',
});

const playbook = ({ venv, out }: Setting, workload: string): string[] => [
  join(venv, 'bin/ansible-playbook'),
  '-i',
  join(out, 'inventory.yml'),
  join(out, `${workload}.yml`),
];

export const ENGINES: readonly Engine[] = [
  { name: 'ansible-core', quick: false, command: playbook, environment: (setting) => tuned(setting, 'ansible'), read: recap },
  {
    name: 'mitogen',
    quick: false,
    command: playbook,
    environment: (setting) => ({ ...tuned(setting, 'mitogen'), ANSIBLE_STRATEGY_PLUGINS: setting.mitogen, ANSIBLE_STRATEGY: 'mitogen_linear' }),
    read: recap,
  },
  {
    name: 'pyinfra',
    quick: false,
    command: ({ venv, out }, workload, group) => [
      join(venv, 'bin/pyinfra'),
      '-y',
      '--sudo',
      join(out, 'inventory.pyinfra.py'),
      join(out, `${workload}.pyinfra.py`),
      '--limit',
      group,
    ],
    environment: () => ({ NO_COLOR: '1' }),
    read: pyinfraSummary,
  },
  {
    name: 'qplay',
    quick: true,
    command: ({ qplay, out }, workload) => ['node', qplay, 'run', '-o', 'plain', '-f', '50', '-i', join(out, 'inventory.yml'), join(out, `${workload}.yml`)],
    environment: () => ({}),
    read: (output) => ({ changed: sum(output, / · (\d+) changed/g), failed: sum(output, / · (\d+) (?:failed|unreachable)/g) }),
  },
  {
    name: 'floor',
    quick: true,
    command: ({ js, out, fleet, hosts }, workload) => ['node', join(js, 'floor/floor.js'), join(out, `${workload}.floor.json`), fleet, String(hosts)],
    environment: () => ({}),
    read: (output) => ({ changed: sum(output, /"changed":(\d+)/g), failed: sum(output, /"failed":(\d+)/g) }),
  },
];

/** pyinfra's table: one row an operation, `hosts success error no-change`; its last row is the grand total. */
function pyinfraSummary(output: string): { changed: number; failed: number } {
  const total = /Grand total\s+(.*)/.exec(output)?.[1]?.trim().split(/\s+/) ?? [];
  const cell = (at: number): number => Number(total[at]?.replace('-', '0') ?? 0) || 0;
  return { changed: cell(1), failed: cell(2) };
}

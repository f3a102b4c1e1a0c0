import { defineModule } from '../../engine/module/contract.ts';
import { planUnit, probeUnit, type UnitWish } from './unit.ts';

interface Args {
  readonly name?: string | undefined;
  readonly state?: UnitWish['state'];
  readonly enabled?: boolean | undefined;
  readonly masked?: boolean | undefined;
  readonly daemon_reload: boolean;
  readonly daemon_reexec: boolean;
  readonly scope: UnitWish['scope'];
  readonly no_block: boolean;
  readonly force?: boolean | undefined;
}

const wish = (args: Args): UnitWish => ({
  name: args.name,
  state: args.state,
  enabled: args.enabled,
  masked: args.masked,
  daemonReload: args.daemon_reload,
  daemonReexec: args.daemon_reexec,
  scope: args.scope,
  noBlock: args.no_block,
  force: args.force,
});

const SLEEPER = '[Service]\nExecStart=/bin/sleep infinity\nExecReload=/bin/true\n[Install]\nWantedBy=multi-user.target\n';
const sleeper = (path: string, name: string) =>
  `systemctl unmask ${name} 2>/dev/null; printf '%s' '${SLEEPER}' > ${path}/${name}.service && systemctl daemon-reload && systemctl disable --now ${name} 2>/dev/null; true`;
const given = sleeper('/etc/systemd/system', 'qp-sleeper');
const givenMasked = `${sleeper('/usr/lib/systemd/system', 'qp-masked')}; systemctl start qp-masked`;

export default defineModule({
  name: 'systemd',
  fqcn: ['ansible.builtin.systemd', 'ansible.builtin.systemd_service', 'systemd_service'],
  summary: 'Starts, stops, enables and masks systemd units.',
  notes: [
    'A restart is proven: the unit must be another invocation than before and be up. A unit that does not come up fails the task with its status and the last lines of its journal.',
    '`daemon_reload` is done only when a unit file, or what units are generated from, is younger than systemd’s last reading of them; Ansible reloads each time.',
  ],
  source: 'ansible.builtin.systemd_service; systemctl(1)',
  options: {
    name: {
      type: 'str',
      aliases: ['service', 'unit'],
      pattern: '^[^*?\\[]+$',
      patternHint: 'one unit, without glob patterns',
      description: 'The unit; `.service` is understood when there is no suffix.',
    },
    state: {
      type: 'str',
      choices: ['reloaded', 'restarted', 'started', 'stopped'],
      description: '`restarted` and `reloaded` are a change each time; either starts a unit that is down.',
    },
    enabled: { type: 'bool', description: 'Whether the unit starts at boot.' },
    masked: { type: 'bool', description: 'Whether the unit can be started at all.' },
    daemon_reload: { type: 'bool', default: false, aliases: ['daemon-reload'], description: 'Read changed unit files first.' },
    daemon_reexec: { type: 'bool', default: false, aliases: ['daemon-reexec'], description: 'Execute systemd itself anew first.' },
    scope: {
      type: 'str',
      default: 'system',
      choices: ['system', 'user', 'global'],
      description: 'Which systemd is meant: the host’s, the become user’s, or that of all users.',
    },
    no_block: { type: 'bool', default: false, description: 'Do not wait until the job is done.' },
    force: { type: 'bool', description: 'Whether to override existing symlinks.' },
  },
  rules: {
    requiredOneOf: [['state', 'enabled', 'masked', 'daemon_reload', 'daemon_reexec']],
    requiredBy: { state: ['name'], enabled: ['name'], masked: ['name'] },
  },
  returns: {
    name: 'The unit.',
    state: '`started` or `stopped`.',
    enabled: 'Whether it starts at boot.',
    status: 'Every property that `systemctl show` prints.',
  },
  examples: [
    { title: 'Run a service now and at each boot', args: { name: 'qp-sleeper', state: 'started', enabled: true }, given, needs: ['systemd'] },
    { title: 'Stop it and keep it from being started', args: { name: 'qp-masked', state: 'stopped', masked: true }, given: givenMasked, needs: ['systemd'] },
    {
      title: 'Read unit files that were changed',
      args: { daemon_reload: true },
      given: `${given} && sleep 1 && touch /etc/systemd/system/qp-sleeper.service`,
      needs: ['systemd'],
    },
    { title: 'Restart a service', args: { name: 'qp-sleeper', state: 'restarted' }, given, needs: ['systemd'], untested: 'a restart is a change each time' },
  ],
  probe: (args) => probeUnit(wish(args)),
  plan: (args, seen, _prepared, before) => planUnit(wish(args), seen, before),
});

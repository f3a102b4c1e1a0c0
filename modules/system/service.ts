import { defineModule } from '../../engine/module/contract.ts';
import { planUnit, probeUnit, type UnitWish } from './unit.ts';

const wish = (args: { readonly name: string; readonly state?: UnitWish['state']; readonly enabled?: boolean | undefined }): UnitWish => ({
  name: args.name,
  state: args.state,
  enabled: args.enabled,
  scope: 'system',
});

const given =
  "printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/qp-service.service && systemctl daemon-reload && systemctl disable --now qp-service 2>/dev/null; true";

export default defineModule({
  name: 'service',
  fqcn: ['ansible.builtin.service'],
  summary: 'Starts, stops and enables services.',
  notes: ['Services are managed through systemd; other service managers are told apart and refused with a sentence.'],
  source: 'ansible.builtin.service',
  options: {
    name: { type: 'str', required: true, pattern: '^[^*?\\[]+$', patternHint: 'one service, without glob patterns', description: 'The service.' },
    state: {
      type: 'str',
      choices: ['reloaded', 'restarted', 'started', 'stopped'],
      description: '`restarted` and `reloaded` are a change each time; either starts a service that is down.',
    },
    enabled: { type: 'bool', description: 'Whether the service starts at boot.' },
    use: { type: 'str', default: 'auto', choices: ['auto', 'systemd', 'service'], description: 'Service manager; only systemd is known.' },
    arguments: { type: 'str', default: '', aliases: ['args'], description: 'For service managers of old; systemd has no use for it.' },
    pattern: { type: 'str', description: 'For service managers of old; systemd has no use for it.' },
    runlevel: { type: 'str', default: 'default', description: 'For service managers of old; systemd has no use for it.' },
    sleep: { type: 'int', description: 'For service managers of old; systemd waits by itself.' },
  },
  rules: { requiredOneOf: [['state', 'enabled']] },
  returns: {
    name: 'The service.',
    state: '`started` or `stopped`.',
    enabled: 'Whether it starts at boot.',
    status: 'Every property that `systemctl show` prints.',
  },
  examples: [
    { title: 'Run a service now and at each boot', args: { name: 'qp-service', state: 'started', enabled: true }, given, needs: ['systemd'] },
    {
      title: 'Take it down and leave it down',
      args: { name: 'qp-service', state: 'stopped', enabled: false },
      given: `${given}; systemctl enable --now qp-service`,
      needs: ['systemd'],
    },
    { title: 'Restart it', args: { name: 'qp-service', state: 'restarted' }, given, needs: ['systemd'], untested: 'a restart is a change each time' },
  ],
  probe: (args) => probeUnit(wish(args)),
  plan: (args, seen, _prepared, before) => planUnit(wish(args), seen, before),
});

import { defineRead, lines, raw } from '../../engine/module/contract.ts';
import { section, sections, textLines } from './lib.ts';

interface Service {
  readonly name: string;
  readonly source: 'systemd';
  state: string;
  status: string;
}

const BAD = ['not-found', 'masked', 'failed'];

export default defineRead({
  name: 'service_facts',
  fqcn: ['ansible.builtin.service_facts'],
  summary: 'Tells which services a host has and which of them run, as the fact `services`.',
  source: 'ansible.builtin.service_facts',
  options: {},
  returns: {
    ansible_facts:
      '`services`: a dict by full unit name of dicts with `name`, `state` (running, stopped, inactive ...), `status` (enabled, disabled, static, masked, failed ...) and `source`.',
  },
  examples: [{ title: 'Gather them', args: {}, needs: ['systemd'] }],
  probe: () =>
    lines(
      raw('[ -d /run/systemd/system ] || exit 0'),
      section('units'),
      raw('systemctl list-units --no-pager --no-legend --plain --type service --all'),
      section('files'),
      raw('systemctl list-unit-files --no-pager --no-legend --type service --all'),
    ),
  result: (_args, seen) => {
    const parts = sections(seen.stdout);
    if (seen.code !== 0) return { failed: `systemctl could not list the services: ${seen.stderr.trim()}` };
    const services: Record<string, Service> = {};
    for (const line of textLines(parts.get('units') ?? '')) addUnit(services, line);
    for (const line of textLines(parts.get('files') ?? '')) addFile(services, line);
    return { result: {}, facts: { services } };
  },
});

/** `ssh.service loaded active running OpenBSD Secure Shell server` */
function addUnit(services: Record<string, Service>, line: string): void {
  const [name, load, active, sub] = line.trim().split(/\s+/, 4);
  if (name === undefined || sub === undefined) return;
  const status = BAD.find((bad) => load === bad || active === bad || sub === bad) ?? (active as string);
  services[name] = { name, state: sub === 'running' ? 'running' : 'stopped', status, source: 'systemd' };
}

/** `ssh.service enabled enabled`; a unit that is not loaded is inactive. */
function addFile(services: Record<string, Service>, line: string): void {
  const [name, status] = line.trim().split(/\s+/, 2);
  if (name === undefined || status === undefined) return;
  const known = services[name];
  if (known === undefined) services[name] = { name, state: 'inactive', status, source: 'systemd' };
  else if (!BAD.includes(known.status)) known.status = status;
}

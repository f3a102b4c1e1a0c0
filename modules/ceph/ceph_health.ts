import { setTimeout as sleep } from 'node:timers/promises';
import { type ActionOutcome, type ArgsOf, defineAction, type Host, lines, type Options, sh } from '../../engine/module/contract.ts';
import { jsonOf, section, sectionOf, sections } from '../sections.ts';
import { ceph, missingTool, notAsked } from './cluster.ts';

const options = {
  until: {
    type: 'str',
    choices: ['quorum', 'healthy'],
    default: 'healthy',
    description: 'Wait for the monitors only, or for HEALTH_OK (or allowed warnings) and all placement groups active and clean.',
  },
  allow: { type: 'list', elements: 'str', default: [], description: 'Codes of warnings that do not count, such as `POOL_APP_NOT_ENABLED`.' },
  mons: { type: 'int', default: 1, description: 'Monitors that must be in the quorum.' },
  osds: { type: 'int', default: 0, description: 'OSDs that must be up and in.' },
  timeout: { type: 'int', default: 300, description: 'Seconds to wait.' },
  delay: { type: 'int', default: 2, description: 'Seconds between two looks.' },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

/** What `ceph status` says, as far as it is judged. */
export interface Status {
  readonly fsid: string;
  readonly health: { readonly status: string; readonly checks: Readonly<Record<string, { readonly summary: { readonly message: string } }>> };
  readonly quorum_names: readonly string[];
  readonly osdmap: { readonly num_osds: number; readonly num_up_osds: number; readonly num_in_osds: number };
  readonly pgmap: { readonly num_pgs: number; readonly pgs_by_state?: readonly { readonly state_name: string; readonly count: number }[] };
}

/** Why the cluster is not yet as asked; empty when it is. */
export function complaints(args: Pick<Args, 'until' | 'allow' | 'mons' | 'osds'>, status: Status): string[] {
  const found: string[] = [];
  const { quorum_names: quorum, osdmap, pgmap, health } = status;
  if (quorum.length < args.mons) found.push(`${quorum.length} of ${args.mons} monitors in the quorum (${quorum.join(', ') || 'none'})`);
  if (args.until === 'quorum') return found;
  const osds = Math.min(osdmap.num_up_osds, osdmap.num_in_osds);
  if (osds < args.osds) found.push(`${osds} of ${args.osds} OSDs up and in`);
  const states = (pgmap.pgs_by_state ?? []).filter(({ state_name }) => !(state_name.includes('active') && state_name.includes('clean')));
  for (const { state_name, count } of states) found.push(`${count} placement groups ${state_name}`);
  for (const [code, check] of Object.entries(health.checks)) if (!args.allow.includes(code)) found.push(`${code}: ${check.summary.message}`);
  return found;
}

type Look = { readonly status: Status; readonly wrong: readonly string[] } | { readonly wrong: readonly string[]; readonly hint?: string };

async function look(args: Args, host: Host): Promise<Look> {
  const seen = await host.run(lines(section('tool', missingTool('ceph')), section('status', sh`${ceph}qp_ceph status --format json`)), { timeout: 60 });
  const found = sections(seen.stdout);
  const answer = sectionOf(found, 'status');
  const trouble = notAsked(sectionOf(found, 'tool'), answer, seen.stderr);
  if (trouble !== undefined && 'why' in trouble)
    return { wrong: [trouble.why], ...('hint' in trouble && trouble.hint !== undefined && { hint: trouble.hint }) };
  const status = jsonOf(answer) as Status | undefined;
  if (status === undefined) return { wrong: ['ceph status printed no JSON'] };
  return { status, wrong: complaints(args, status) };
}

async function run(args: Args, host: Host, check: boolean): Promise<ActionOutcome> {
  const end = Date.now() + args.timeout * 1000;
  const soon = Math.min(end, Date.now() + 30_000);
  for (;;) {
    const seen = await look(args, host);
    const result = 'status' in seen ? resultOf(seen.status) : {};
    if (seen.wrong.length === 0) return { status: 'ok', result };
    const why = seen.wrong.join('; ');
    // placement groups come and go for a moment when the autoscaler works: a plan waits for those, but not for a cluster
    if (check && (!('status' in seen) || Date.now() >= soon)) return { status: 'unknown', why: `The Ceph cluster is not healthy yet: ${why}`, result };
    if (Date.now() >= end) {
      const hint = ('hint' in seen ? seen.hint : undefined) ?? 'ceph health detail, on a monitor host, says more. Harmless warnings can be named in "allow".';
      return { status: 'failed', why: `The Ceph cluster is not healthy after ${args.timeout} seconds: ${why}`, hint, result };
    }
    await sleep(args.delay * 1000, undefined, { signal: host.signal });
  }
}

const resultOf = (status: Status) => ({
  fsid: status.fsid,
  health: status.health.status,
  checks: Object.fromEntries(Object.entries(status.health.checks).map(([code, { summary }]) => [code, summary.message])),
  quorum: status.quorum_names,
  osds_up: status.osdmap.num_up_osds,
  osds_in: status.osdmap.num_in_osds,
});

export default defineAction({
  name: 'ceph_health',
  fqcn: ['qplay.ceph.ceph_health'],
  summary: 'Waits until a Ceph cluster has its quorum or is healthy.',
  notes: ['Changes nothing. In check mode it waits at most half a minute, and not at all for a cluster that does not answer.'],
  source: 'ceph status --format json',
  options,
  returns: {
    fsid: 'Id of the cluster.',
    health: '`HEALTH_OK`, `HEALTH_WARN` or `HEALTH_ERR`.',
    checks: 'Warnings and errors: code and sentence.',
    quorum: 'Monitors in the quorum.',
    osds_up: 'OSDs that are up.',
    osds_in: 'OSDs that are in.',
  },
  inCheck: 'decide',
  examples: [
    { title: 'Wait for three monitors', args: { until: 'quorum', mons: 3 }, needs: ['ceph'] },
    { title: 'Wait for a healthy cluster', args: { mons: 3, osds: 3, allow: ['POOL_NO_REDUNDANCY'] }, needs: ['ceph'] },
  ],
  run: (args, host, controller) => run(args, host, controller.check),
});

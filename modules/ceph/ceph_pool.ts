import { type ArgsOf, defineModule, lines, type Observed, type Options, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { section, sectionOf, sections } from '../sections.ts';
import { ceph, missingTool, notAsked } from './cluster.ts';

const options = {
  name: { type: 'str', required: true, description: 'Name of the pool.' },
  pg_num: { type: 'int', default: 8, description: 'Placement groups a new pool begins with; an existing pool is left to the autoscaler.' },
  size: { type: 'int', description: "Copies of each object; the cluster's default when absent." },
  min_size: { type: 'int', description: "Copies that must be there for reading and writing; the cluster's default when absent." },
  application: { type: 'str', description: 'What uses the pool: rgw, rbd, cephfs or a name of your own. A pool without one turns health to HEALTH_WARN.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    description: 'Whether the pool exists. Taking one away needs mon_allow_pool_delete.',
  },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

interface Pool {
  readonly pool_name: string;
  readonly size: number;
  readonly min_size: number;
  readonly pg_num: number;
  readonly application_metadata: Readonly<Record<string, unknown>>;
}

const probe = (): Script => lines(section('tool', missingTool('ceph')), section('pools', sh`${ceph}qp_ceph osd pool ls detail --format json`));

function plan(args: Args, seen: Observed): Plan {
  const found = sections(seen.stdout);
  const answer = sectionOf(found, 'pools');
  const trouble = notAsked(sectionOf(found, 'tool'), answer, seen.stderr);
  if (trouble !== undefined) return trouble;
  const pool = (JSON.parse(answer.text) as Pool[]).find((one) => one.pool_name === args.name);
  const label = `pool ${args.name}`;
  if (args.state === 'absent') {
    if (pool === undefined) return { is: 'right', result: { name: args.name } };
    const apply = sh`${ceph}qp_ceph osd pool rm ${args.name} ${args.name} --yes-i-really-really-mean-it`;
    return { is: 'wrong', diff: [{ label, before: seenOf(pool), after: { exists: false } }], apply, result: { name: args.name } };
  }
  const wanted = {
    exists: true,
    size: args.size ?? pool?.size,
    min_size: args.min_size ?? pool?.min_size,
    application: args.application ?? seenOf(pool).application,
  };
  const result = { name: args.name, pg_num: pool?.pg_num ?? args.pg_num };
  if (pool !== undefined && JSON.stringify(seenOf(pool)) === JSON.stringify(wanted)) return { is: 'right', result };
  return { is: 'wrong', diff: [{ label, before: seenOf(pool), after: wanted }], apply: apply(args, pool), result };
}

const seenOf = (pool: Pool | undefined): Record<string, unknown> =>
  pool === undefined ? { exists: false } : { exists: true, size: pool.size, min_size: pool.min_size, application: Object.keys(pool.application_metadata)[0] };

function apply(args: Args, pool: Pool | undefined): Script {
  const tag = args.application;
  return lines(
    sh`${ceph}set -e`,
    pool === undefined && sh`qp_ceph osd pool create ${args.name} ${args.pg_num}`,
    args.size !== undefined && args.size !== pool?.size && sh`qp_ceph osd pool set ${args.name} size ${args.size}`,
    args.min_size !== undefined && args.min_size !== pool?.min_size && sh`qp_ceph osd pool set ${args.name} min_size ${args.min_size}`,
    tag !== undefined &&
      !Object.hasOwn(pool?.application_metadata ?? {}, tag) &&
      sh`qp_ceph osd pool application enable ${args.name} ${tag} --yes-i-really-mean-it`,
  );
}

export default defineModule({
  name: 'ceph_pool',
  fqcn: ['qplay.ceph.ceph_pool'],
  summary: 'Keeps a replicated Ceph pool with its application tag.',
  source: 'ceph osd pool (docs.ceph.com, Pools)',
  options,
  returns: { name: 'Name of the pool.', pg_num: 'Placement groups.' },
  examples: [
    {
      title: 'A pool for virtual disks',
      args: { name: 'disks', size: 2, application: 'rbd' },
      given: 'ceph config set mon mon_allow_pool_delete true; ceph osd pool rm disks disks --yes-i-really-really-mean-it 2>/dev/null || true',
      needs: ['ceph'],
    },
    {
      title: 'Take a pool away',
      args: { name: 'gone', state: 'absent' },
      given: 'ceph config set mon mon_allow_pool_delete true; ceph osd pool create gone 8',
      needs: ['ceph'],
    },
  ],
  probe,
  plan,
});

import { type ArgsOf, defineModule, type Observed, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { section } from '../sections.ts';
import { absent, executable, flag, inspected, needPodman, trouble } from './lib.ts';
import { newSalt, seal, sealed } from './seal.ts';

const options = {
  name: { type: 'str', required: true, description: 'Name of the secret.' },
  data: { type: 'str', secret: true, description: 'Its content; travels on stdin.' },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: 'Whether the secret is there.' },
  force: { type: 'bool', default: false, description: 'Makes the secret anew although its content is the same.' },
  skip_existing: { type: 'bool', default: false, description: 'Leaves a secret of that name as it is, whatever its content.' },
  driver: { type: 'str', description: "Driver that keeps it; podman's default when absent." },
  driver_opts: { type: 'dict', description: 'Options of the driver.' },
  labels: { type: 'dict', description: 'Labels of the secret.' },
  executable,
} as const;

type Args = ArgsOf<typeof options>;

/** Label with the seal of the content: tells whether it changed without telling the content. */
const LABEL = 'qplay.seal';
const NOT_THERE = /no such secret|no secret with name or id|inspecting secret: .*no such/i;

const probe = (args: Args): Script => sh`${needPodman(args.executable)}
${section('secret', sh`${args.executable} secret inspect ${args.name} 2>&1`)}`;

interface Spec {
  readonly Labels?: Record<string, string> | null;
  readonly Driver?: { readonly Name?: string; readonly Options?: Record<string, string> | null };
}

function same(args: Args, spec: Spec): boolean {
  const labels = spec.Labels ?? {};
  if (args.driver !== undefined && spec.Driver?.Name !== args.driver) return false;
  if (Object.entries(args.labels ?? {}).some(([key, value]) => labels[key] !== String(value))) return false;
  return sealed(args.data ?? '', labels[LABEL]);
}

function create(args: Args, exists: boolean, salt: string): Plan {
  const labels = { ...args.labels, [LABEL]: seal(args.data ?? '', salt) };
  const flags = [
    ...Object.entries(labels).map(([key, value]) => sh`--label ${`${key}=${String(value)}`}`),
    ...Object.entries(args.driver_opts ?? {}).map(([key, value]) => sh`--driver-opts ${`${key}=${String(value)}`}`),
  ];
  const remove = exists ? sh`${args.executable} secret rm ${args.name} >/dev/null || exit $?` : raw('');
  return {
    is: 'wrong',
    diff: [{ before: { secret: exists ? 'another content' : 'absent' }, after: { secret: 'the wanted content' }, label: `secret ${args.name}` }],
    apply: sh`${remove}
${args.executable} secret create ${flag('--driver', args.driver)} ${flags} ${args.name} "$up_data" >/dev/null`,
    uploads: { data: args.data ?? '' },
    result: { name: args.name },
  };
}

function plan(args: Args, seen: Observed, salt: string, before?: Observed): Plan {
  const missing = absent(seen, args.executable);
  if (missing !== undefined) return missing;
  const failure = trouble(seen, 'secret', NOT_THERE);
  if (failure !== undefined) return { is: 'impossible', why: `podman cannot look at the secret ${args.name}: ${failure}` };
  const secret = inspected(seen, 'secret');
  if (args.state === 'absent') {
    if (secret === undefined) return { is: 'right' };
    return {
      is: 'wrong',
      diff: [{ before: { secret: 'present' }, after: { secret: 'absent' }, label: `secret ${args.name}` }],
      apply: sh`${args.executable} secret rm ${args.name} >/dev/null`,
    };
  }
  if (secret === undefined) return create(args, false, salt);
  if (args.skip_existing) return { is: 'right', result: { name: args.name } };
  const fine = same(args, (secret.Spec ?? {}) as Spec);
  return fine && !(args.force && before === undefined) ? { is: 'right', result: { name: args.name } } : create(args, true, salt);
}

export default defineModule<typeof options, string>({
  name: 'podman_secret',
  fqcn: ['containers.podman.podman_secret'],
  summary: 'Keeps a podman secret with the wanted content.',
  notes: [
    'A label holds a salted scrypt hash of the content: by it the next run knows whether anything changed.',
    'A running container keeps the old content of an environment secret until it is made anew.',
  ],
  source: 'https://docs.ansible.com/ansible/latest/collections/containers/podman/podman_secret_module.html',
  options,
  rules: { requiredIf: [['state', 'present', ['data']]] },
  returns: { name: 'Name of the secret.' },
  examples: [
    { title: 'Keep a database password', args: { name: 'example_password', data: 's3cr3t pass "word"' }, needs: ['podman'] },
    {
      title: 'Change it',
      args: { name: 'example_changed', data: 'new' },
      given: 'podman secret rm example_changed >/dev/null 2>&1; printf old | podman secret create example_changed - >/dev/null',
      needs: ['podman'],
    },
    {
      title: 'Remove it',
      args: { name: 'example_old', state: 'absent' },
      given: 'printf x | podman secret create example_old - >/dev/null 2>&1 || :',
      needs: ['podman'],
    },
  ],
  prepare: async () => newSalt(),
  probe,
  plan,
});

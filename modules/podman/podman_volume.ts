import { type ArgsOf, defineModule, type Observed, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { section } from '../sections.ts';
import { absent, executable, flag, inspected, needPodman, trouble } from './lib.ts';

const options = {
  name: { type: 'str', required: true, description: 'Name of the volume.' },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: 'Whether the volume is there. `absent` deletes its data.' },
  driver: { type: 'str', description: 'Driver.' },
  label: { type: 'dict', description: 'Labels.' },
  options: { type: 'list', elements: 'str', description: 'Options of the driver, each `name=value`.' },
  recreate: { type: 'bool', default: false, description: 'Makes it anew, and empty, when an option differs; otherwise that is an error.' },
  executable,
} as const;

type Args = ArgsOf<typeof options>;

interface Volume {
  readonly Driver?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Options?: Readonly<Record<string, string>> | null;
}

const probe = (args: Args): Script => sh`${needPodman(args.executable)}
${section('volume', sh`${args.executable} volume inspect ${args.name} 2>&1`)}`;

function differences(args: Args, volume: Volume): string[] {
  const wrong: string[] = [];
  if (args.driver !== undefined && volume.Driver !== args.driver) wrong.push(`driver is ${volume.Driver}, not ${args.driver}`);
  for (const [key, value] of Object.entries(args.label ?? {}))
    if (volume.Labels?.[key] !== String(value)) wrong.push(`label ${key} is ${volume.Labels?.[key] ?? 'absent'}, not ${String(value)}`);
  for (const option of args.options ?? []) {
    const [key, value] = [option.split('=')[0] as string, option.slice(option.indexOf('=') + 1)];
    // podman keeps uid and gid out of the options it shows
    if (key !== 'o' && volume.Options?.[key] !== value) wrong.push(`option ${key} is ${volume.Options?.[key] ?? 'absent'}, not ${value}`);
  }
  return wrong;
}

function create(args: Args): Script {
  const labels = Object.entries(args.label ?? {}).map(([key, value]) => sh`--label ${`${key}=${String(value)}`}`);
  return sh`${args.executable} volume create ${flag('--driver', args.driver)} ${labels} ${(args.options ?? []).map((one) => sh`--opt ${one}`)} ${args.name} >/dev/null`;
}

function plan(args: Args, seen: Observed): Plan {
  const missing = absent(seen, args.executable);
  if (missing !== undefined) return missing;
  const failure = trouble(seen, 'volume', /no such volume/i);
  if (failure !== undefined) return { is: 'impossible', why: `podman cannot look at the volume ${args.name}: ${failure}` };
  const volume = inspected(seen, 'volume') as Volume | undefined;
  const label = `volume ${args.name}`;
  const drop = sh`${args.executable} volume rm ${args.name} >/dev/null || exit $?`;
  if (args.state === 'absent') {
    if (volume === undefined) return { is: 'right', result: { volume: {} } };
    return { is: 'wrong', diff: [{ before: { state: 'present' }, after: { state: 'absent' }, label }], apply: drop };
  }
  if (volume === undefined) return { is: 'wrong', diff: [{ before: { state: 'absent' }, after: { state: 'present' }, label }], apply: create(args) };
  const wrong = differences(args, volume);
  if (wrong.length === 0) return { is: 'right', result: { volume } };
  if (!args.recreate)
    return {
      is: 'impossible',
      why: `the volume ${args.name} is there with other options: ${wrong.join('; ')}`,
      hint: 'A volume cannot be changed; recreate: true makes it anew and empty',
    };
  return { is: 'wrong', diff: [{ before: { state: wrong.join('; ') }, after: { state: 'as wanted, and empty' }, label }], apply: sh`${drop}\n${create(args)}` };
}

export default defineModule({
  name: 'podman_volume',
  fqcn: ['containers.podman.podman_volume'],
  summary: 'Keeps a podman volume.',
  source: 'https://docs.ansible.com/ansible/latest/collections/containers/podman/podman_volume_module.html',
  options,
  returns: { volume: 'What `podman volume inspect` says.' },
  examples: [
    { title: 'A volume for data', args: { name: 'example-data', label: { owner: 'registry' } }, needs: ['podman'] },
    {
      title: 'Remove a volume',
      args: { name: 'example-old', state: 'absent' },
      given: 'podman volume create example-old >/dev/null 2>&1 || :',
      needs: ['podman'],
    },
  ],
  probe,
  plan,
});

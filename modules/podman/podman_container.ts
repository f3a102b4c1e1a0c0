import { type Diff, defineModule, lines, type Observed, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { section } from '../sections.ts';
import { type Args, create, options, SPEC, specOf, words } from './container-create.ts';
import { absent, inspected, needPodman, trouble } from './lib.ts';
import { newSalt, sealed } from './seal.ts';

const NOT_THERE = /no such (?:container|image|object)|not known/i;

const probe = (args: Args): Script => sh`${needPodman(args.executable)}
${section('container', sh`${args.executable} container inspect ${args.name} 2>&1`)}
${args.image === undefined || args.rootfs === true ? raw('') : section('image', sh`${args.executable} image inspect --format '{"Id":"{{.Id}}"}' ${args.image} 2>&1`)}`;

interface Container {
  readonly Id: string;
  readonly Image: string;
  readonly ImageName: string;
  readonly State: { readonly Running?: boolean; readonly Status?: string; readonly StartedAt?: string };
  readonly Config: { readonly Labels?: Record<string, string> | null; readonly Cmd?: readonly string[] | null };
}

/** What differs between the container and what is wanted, in words; empty when nothing does. */
function differences(args: Args, container: Container, imageId: string | undefined): Record<string, [string, string]> {
  const found: Record<string, [string, string]> = {};
  if (args.image === undefined) return found;
  const short = (id: string) => id.replace('sha256:', '').slice(0, 12);
  if (imageId !== undefined && short(imageId) !== short(container.Image))
    found.image = [`${container.ImageName} (${short(container.Image)})`, `${args.image} (${short(imageId)})`];
  if (args.image_strict && container.ImageName !== args.image) found.image = [container.ImageName, args.image];
  if (!sealed(specOf(args), container.Config.Labels?.[SPEC])) {
    found.options = ['other options', 'the wanted options'];
    if (args.command !== undefined) found.command = [(container.Config.Cmd ?? []).join(' '), words(args.command).join(' ')];
    if (found.command?.[0] === found.command?.[1]) delete found.command;
  }
  return found;
}

const isUp = (container: Container): boolean => container.State.Running === true || container.State.Status === 'running';

interface Step {
  readonly words: string;
  readonly script: Script;
}

function remove(args: Args): Step {
  const script = sh`${args.executable} container rm ${args.force_delete ? raw('--force') : raw('')} ${args.delete_volumes ? raw('--volumes') : raw('')} ${args.name} >/dev/null || exit $?`;
  return { words: 'remove', script };
}

const start = (args: Args): Step => ({ words: 'start', script: sh`${args.executable} container start ${args.name} >/dev/null || exit $?` });
const stop = (args: Args): Step => ({ words: 'stop', script: sh`${args.executable} container stop ${args.name} >/dev/null || exit $?` });

function steps(args: Args, container: Container | undefined, anew: boolean, salt: string): Step[] {
  if (args.state === 'absent') return container === undefined ? [] : [remove(args)];
  if (container === undefined && args.image === undefined) return [];
  const made: Step[] = [];
  if (container !== undefined && anew) made.push(remove(args));
  if (container === undefined || anew) made.push({ words: 'create', script: create(args, salt) });
  const fresh = made.length > 0;
  const up = !fresh && container !== undefined && isUp(container);
  const wantsUp = args.state === 'started' || (args.state === 'present' && fresh);
  if (wantsUp && !up) made.push(start(args));
  if (args.state === 'stopped' && up) made.push(stop(args));
  if (args.force_restart && up && wantsUp) made.push({ words: 'restart', script: sh`${args.executable} container restart ${args.name} >/dev/null || exit $?` });
  return made;
}

function diffOf(args: Args, container: Container | undefined, changes: Readonly<Record<string, [string, string]>>): Diff[] {
  const state = container === undefined ? 'absent' : isUp(container) ? 'started' : 'stopped';
  const pick = (i: 0 | 1) => Object.fromEntries(Object.entries(changes).map(([key, pair]) => [key, pair[i]]));
  const after = args.state === 'present' ? 'started' : args.state;
  const image = container === undefined && args.image !== undefined ? { image: args.image } : {};
  return [{ before: { state, ...pick(0) }, after: { state: after, ...image, ...pick(1) }, label: `container ${args.name}` }];
}

/** A container that lasts only as long as its unit must be changed through the unit, or both would make it. */
function unitOf(args: Args, container: Container): string | undefined {
  const unit = container.Config.Labels?.PODMAN_SYSTEMD_UNIT;
  return unit !== undefined && unit !== args.label?.PODMAN_SYSTEMD_UNIT ? unit : undefined;
}

function plan(args: Args, seen: Observed, salt: string, before?: Observed): Plan {
  const missing = absent(seen, args.executable);
  if (missing !== undefined) return missing;
  const failure = trouble(seen, 'container', NOT_THERE);
  if (failure !== undefined) return { is: 'impossible', why: `podman cannot look at the container ${args.name}: ${failure}` };
  const container = inspected(seen, 'container') as Container | undefined;
  if (container === undefined && args.image === undefined && args.state !== 'absent' && args.state !== 'stopped') {
    return { is: 'premature', why: `there is no container ${args.name}, and without image: none can be made`, hint: 'Give the image' };
  }
  const image = inspected(seen, 'image')?.Id as string | undefined;
  const changes = container === undefined ? {} : differences(args, container, image);
  const first = before === undefined;
  const anew = Object.keys(changes).length > 0 || (args.recreate && first);
  const todo = steps(first ? args : { ...args, force_restart: false }, container, anew, salt);
  const result = { container: container ?? {}, podman_actions: todo.map((one) => `${one.words} ${args.name}`) };
  if (todo.length === 0) return { is: 'right', result };
  const unit = container === undefined ? undefined : unitOf(args, container);
  if (unit !== undefined) {
    const what = todo.map((one) => one.words).join(', ');
    return {
      is: 'impossible',
      why: `the container ${args.name} belongs to the systemd unit ${unit}, so it cannot be changed here (${what})`,
      hint: `Change the unit, and use the systemd module: name: ${unit}`,
    };
  }
  if (!first && exited(container))
    return { is: 'impossible', why: `the container ${args.name} was started and ended at once`, hint: `Look at: podman logs ${args.name}`, result };
  return { is: 'wrong', diff: diffOf(args, container, changes), apply: lines(...todo.map((one) => one.script)), result };
}

const exited = (container: Container | undefined): boolean => container?.State.Status === 'exited';

export default defineModule<typeof options, string>({
  name: 'podman_container',
  fqcn: ['containers.podman.podman_container'],
  summary: 'Keeps a container as described, running or stopped.',
  notes: [
    'A label holds a salted hash of all options. The container is made anew when an option differs, or when its image name means another image now.',
    'A container that a systemd unit made is looked at, never remade: change the unit.',
    'Values of env are not compared by inspection and are no arguments of a process.',
  ],
  source: 'https://docs.ansible.com/ansible/latest/collections/containers/podman/podman_container_module.html',
  options,
  rules: { mutuallyExclusive: [['no_hosts', 'etc_hosts']] },
  returns: { container: 'What `podman inspect` says of the container.', podman_actions: 'What is done, in words.' },
  examples: [
    {
      title: 'Run Redis with a password from a podman secret',
      args: {
        name: 'example-redis',
        image: 'registry.redhat.io/rhel8/redis-6:1-110',
        authfile: '/etc/containers/qplay-auth.json',
        secrets: ['example_redis,type=env,target=REDIS_PASSWORD'],
        publish: ['127.0.0.1:16379:6379'],
        restart_policy: 'always',
      },
      given: 'printf pw | podman secret create example_redis - >/dev/null 2>&1 || :',
      needs: ['podman', 'registry'],
    },
    {
      title: 'Give it an environment and a command of its own',
      args: {
        name: 'example-sleep',
        image: 'registry.redhat.io/rhel8/redis-6:1-110',
        authfile: '/etc/containers/qplay-auth.json',
        env: { GREETING: 'hello world' },
        command: ['sleep', '1000'],
      },
      needs: ['podman', 'registry'],
    },
    {
      title: 'Remove a container',
      args: { name: 'example-old', state: 'absent' },
      given: 'podman create --name example-old --authfile /etc/containers/qplay-auth.json registry.redhat.io/rhel8/redis-6:1-110 sleep 1 >/dev/null 2>&1 || :',
      needs: ['podman', 'registry'],
    },
  ],
  prepare: async () => newSalt(),
  probe,
  plan,
});

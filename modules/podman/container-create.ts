import { type ArgsOf, raw, type Script, sh } from '../../engine/module/contract.ts';
import { createArguments, createOptions } from './container-options.ts';
import { executable } from './lib.ts';
import { seal } from './seal.ts';

export const options = {
  name: { type: 'str', required: true, description: 'Name of the container.' },
  image: { type: 'str', description: 'Image with registry and tag. It is pulled when it is missing.' },
  state: {
    type: 'str',
    default: 'started',
    choices: ['started', 'present', 'created', 'stopped', 'absent'],
    description:
      '`started`: there and running. `present`: the same, but a stopped one is left stopped. `created`: there. `stopped`: not running. `absent`: gone.',
  },
  command: { type: 'raw', description: 'Command in place of that of the image: a list, or one word line.' },
  env: { type: 'dict', description: 'Environment. The values are no arguments of podman, so no process list shows them.' },
  label: { type: 'dict', aliases: ['labels'], description: 'Labels.' },
  detach: { type: 'bool', default: true, description: 'Only true: a container that is waited for is a task for `command`.' },
  recreate: { type: 'bool', default: false, description: 'Makes it anew in any case.' },
  force_restart: { type: 'bool', default: false, aliases: ['restart'], description: 'Restarts it in any case.' },
  force_delete: { type: 'bool', default: true, description: 'Whether a running container may be removed.' },
  delete_volumes: { type: 'bool', description: 'With `absent`, removes its anonymous volumes too.' },
  image_strict: { type: 'bool', default: false, description: 'Makes it anew also when only the name of the image differs, not the image.' },
  cmd_args: { type: 'list', elements: 'str', description: 'More arguments for `podman create`.' },
  executable,
  ...createOptions,
} as const;

export type Args = ArgsOf<typeof options>;

/** Label with the seal of the whole wanted container: one comparison tells whether it must be made anew. */
export const SPEC = 'qplay.spec';

export function words(command: unknown): string[] {
  if (command === undefined || command === null) return [];
  if (Array.isArray(command)) return command.map(String);
  return [...String(command).matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double?.replace(/\\(.)/g, '$1') ?? single ?? (plain as string),
  );
}

/** All that makes the container what it is, as one text; members in a fixed order. */
export function specOf(args: Args): string {
  const flags = createArguments(args).map((one) => one.text);
  const sorted = (dict: Readonly<Record<string, unknown>> | undefined) => Object.entries(dict ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([flags, words(args.command), sorted(args.env), sorted(args.label), args.cmd_args ?? [], args.image]);
}

/** Variables that would change podman itself when exported to it. */
const PODMANS_OWN =
  /^(?:PATH|HOME|USER|SHELL|LANG|LC_.*|TERM|TMPDIR|LD_.*|GO.*|XDG_.*|DBUS_.*|NOTIFY_SOCKET|LISTEN_.*|CONTAINERS?_.*|STORAGE_.*|BUILDAH_.*|REGISTRY_.*|IFS|ENV|PS[124]|up_.*|\W.*)$/;

interface Env {
  readonly exports: readonly Script[];
  readonly flags: readonly Script[];
}

/** Environment without values in the argument list: exported to podman and named, or, for a few names, given plainly. */
export function environment(env: Readonly<Record<string, unknown>> | undefined): Env {
  const all = Object.entries(env ?? {}).map(([key, value]) => ({ key, text: value === null || value === undefined ? '' : String(value) }));
  const plain = all.filter(({ key }) => PODMANS_OWN.test(key) || !/^[A-Za-z_]\w*$/.test(key));
  const named = all.filter((one) => !plain.includes(one));
  return {
    exports: named.map(({ key, text }) => sh`export ${raw(key)}=${text}`),
    flags: [...named.map(({ key }) => sh`--env ${key}`), ...plain.map(({ key, text }) => sh`--env ${`${key}=${text}`}`)],
  };
}

/** Makes the container; it is not started. */
export function create(args: Args, salt: string): Script {
  const env = environment(args.env);
  const labels = Object.entries({ ...args.label, [SPEC]: seal(specOf(args), salt) }).map(([key, value]) => sh`--label ${`${key}=${String(value)}`}`);
  return sh`(
${raw(env.exports.map((one) => one.text).join('\n'))}
exec ${args.executable} create --name ${args.name} ${createArguments(args)} ${env.flags} ${labels} ${args.cmd_args ?? []} ${args.image ?? ''} ${words(args.command)} >/dev/null ) || exit $?`;
}

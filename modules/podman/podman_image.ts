import { type ArgsOf, defineModule, type Observed, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { section, sectionOf, sections } from '../sections.ts';
import { absent, authFile, executable, flag, inspected, needPodman, reference, registryOf, trouble } from './lib.ts';

const options = {
  name: { type: 'str', required: true, description: 'Image with its registry, such as `registry.redhat.io/rhel8/redis-6`; a tag or digest may follow.' },
  tag: { type: 'str', default: 'latest', description: 'Tag, when the name has none.' },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: 'Whether the image is on the host.' },
  pull: { type: 'bool', default: true, description: 'Whether a missing image may be pulled.' },
  force: {
    type: 'bool',
    default: false,
    description: 'Asks the registry whether the tag moved, and pulls then. With `absent`, removes the image although containers use it.',
  },
  auth_file: { type: 'path', aliases: ['authfile'], description: "File with the registry's login; podman's default when absent, which a reboot clears." },
  username: { type: 'str', description: 'User of the registry, for this pull only.' },
  password: { type: 'str', secret: true, description: 'Password of that user. It travels in a 0600 file, never as an argument.' },
  validate_certs: {
    type: 'bool',
    aliases: ['tlsverify', 'tls_verify'],
    description: "Whether the registry's certificate is checked; podman's configuration when absent.",
  },
  ca_cert_dir: {
    type: 'path',
    description: 'Directory with `*.crt` (CA), `*.cert` and `*.key` for the registry; podman looks in /etc/containers/certs.d by itself.',
  },
  arch: { type: 'str', description: "CPU architecture to pull; the host's when absent." },
  pull_extra_args: { type: 'list', elements: 'str', description: 'More arguments for `podman pull`, one a member.' },
  executable,
} as const;

type Args = ArgsOf<typeof options>;

const refOf = (args: Args): string => reference(args.name, args.tag);
const NOT_THERE = /no such image|image not known|not known/i;

/**
 * What the registry has under the name now. `podman manifest inspect` takes no auth file before podman 4.5, so the login
 * lies where podman looks last: in the Docker configuration of a home directory of its own.
 */
function remote(args: Args): Script {
  const own = args.username !== undefined && args.password !== undefined;
  const config = own
    ? sh`printf %s ${authFile(registryOf(args.name), args.username, args.password)} >"$h/.docker/config.json"`
    : sh`ln -s ${args.auth_file ?? ''} "$h/.docker/config.json"`;
  const login = own || args.auth_file !== undefined ? config : raw('cp "$HOME/.docker/config.json" "$h/.docker/" 2>/dev/null');
  return section(
    'remote',
    sh`umask 077; h=$(mktemp -d) || exit 1; trap 'rm -rf -- "$h"' EXIT; mkdir "$h/.docker"
${login}
HOME=$h ${args.executable} manifest inspect ${refOf(args)} 2>/dev/null`,
  );
}

const probe = (args: Args): Script => sh`${needPodman(args.executable)}
${section('image', sh`${args.executable} image inspect ${refOf(args)} 2>&1`)}
${args.force && args.state === 'present' ? remote(args) : raw('')}`;

interface Manifest {
  readonly config?: { readonly digest?: string };
  readonly manifests?: readonly { readonly digest: string; readonly platform?: { readonly architecture?: string; readonly os?: string } }[];
}

/** Whether the registry still has under this name what the host has; `undefined` when the registry did not say. */
function upToDate(seen: Observed, image: Readonly<Record<string, unknown>>): boolean | undefined {
  const part = sectionOf(sections(seen.stdout), 'remote');
  const start = part.text.indexOf('{');
  if (part.code !== 0 || start < 0) return undefined;
  const manifest = JSON.parse(part.text.slice(start)) as Manifest;
  if (manifest.config?.digest) return manifest.config.digest.replace('sha256:', '') === image.Id;
  const digests = new Set([image.Digest as string, ...((image.RepoDigests as string[] | null) ?? []).map((one) => one.split('@')[1] as string)]);
  return manifest.manifests?.some((one) => (one.platform?.architecture ?? image.Architecture) === image.Architecture && digests.has(one.digest));
}

function pull(args: Args): Plan {
  const ref = refOf(args);
  const own = args.username !== undefined && args.password !== undefined;
  const auth = own ? raw('--authfile "$up_auth"') : flag('--authfile', args.auth_file);
  const tls = args.validate_certs === undefined ? raw('') : raw(`--tls-verify=${args.validate_certs}`);
  const apply = sh`${args.executable} pull ${auth} ${tls} ${flag('--cert-dir', args.ca_cert_dir)} ${flag('--arch', args.arch)} ${args.pull_extra_args ?? []} ${ref} >&2`;
  return {
    is: 'wrong',
    diff: [{ before: { image: 'absent or older' }, after: { image: ref }, label: ref }],
    apply,
    ...(own ? { uploads: { auth: authFile(registryOf(ref), args.username, args.password) } } : {}),
    result: { image: {}, podman_actions: [`${args.executable} pull ${ref}`] },
  };
}

function plan(args: Args, seen: Observed, _prepared: undefined, before?: Observed): Plan {
  const missing = absent(seen, args.executable);
  if (missing !== undefined) return missing;
  const ref = refOf(args);
  const failure = trouble(seen, 'image', NOT_THERE);
  if (failure !== undefined) return { is: 'impossible', why: `podman cannot look for ${ref}: ${failure}` };
  const image = inspected(seen, 'image');
  if (args.state === 'absent') {
    if (image === undefined) return { is: 'right', result: { image: {} } };
    const apply = sh`${args.executable} image rm ${args.force ? raw('--force') : raw('')} ${ref} >/dev/null`;
    return { is: 'wrong', diff: [{ before: { image: String(image.Id).slice(0, 12) }, after: { image: 'absent' }, label: ref }], apply };
  }
  if (image === undefined) {
    if (args.pull) return pull(args);
    return { is: 'premature', why: `the image ${ref} is not on this host, and pull is false`, hint: `Pull it first: ${args.executable} pull ${ref}` };
  }
  if (args.arch !== undefined && image.Architecture !== args.arch) return pull(args);
  // A registry that does not answer makes force pull; once pulled, the image that came is right
  if (args.force && before === undefined && upToDate(seen, image) !== true) return pull(args);
  return { is: 'right', result: { image } };
}

export default defineModule({
  name: 'podman_image',
  fqcn: ['containers.podman.podman_image'],
  summary: 'Pulls or removes a container image.',
  notes: ['A build or a push of an image is not done here.'],
  source: 'https://docs.ansible.com/ansible/latest/collections/containers/podman/podman_image_module.html',
  options,
  rules: { requiredTogether: [['username', 'password']], mutuallyExclusive: [['auth_file', 'username']] },
  returns: { image: 'What `podman image inspect` says of the image.', podman_actions: 'The command that pulls, without the login.' },
  examples: [
    {
      title: 'Have the image of Quay, with the login of a lasting auth file',
      args: { name: 'registry.redhat.io/quay/quay-rhel8', tag: 'v3.12.0', auth_file: '/etc/containers/qplay-auth.json' },
      needs: ['podman', 'registry'],
    },
    {
      title: 'Remove the image of an older release',
      args: { name: 'registry.redhat.io/quay/quay-rhel8:v3.11.0', state: 'absent' },
      given: 'podman pull -q --authfile /etc/containers/qplay-auth.json registry.redhat.io/quay/quay-rhel8:v3.11.0 >/dev/null',
      needs: ['podman', 'registry'],
    },
  ],
  probe,
  plan,
});

import { setTimeout as sleep } from 'node:timers/promises';
import { QplayError } from '../../engine/error.ts';
import { type ActionOutcome, type ArgsOf, defineAction, type Host, type Options } from '../../engine/module/contract.ts';
import { basic, type HttpResponse, request } from '../network/http.ts';

const options = {
  images: {
    type: 'list',
    elements: 'str',
    required: true,
    description: 'References with registry and tag or digest, such as `registry.redhat.io/quay/quay-rhel8:v3.12.0`.',
  },
  username: { type: 'str', description: 'Login of the registry; none is tried when absent.' },
  password: { type: 'str', secret: true, description: 'Its password.' },
  validate_certs: { type: 'bool', default: true, description: "Whether the registry's certificate must be trusted by the managed host." },
} as const satisfies Options;

type Args = ArgsOf<typeof options>;

/** An image reference in its parts; `undefined` when it names no registry. */
export function referenceOf(text: string): { registry: string; path: string; tag: string } | undefined {
  const [, registry, path, tag] = /^([^/]*[.:][^/]*|localhost)\/([a-z0-9._/-]+?)(?:@(sha256:[0-9a-f]{64})|:([\w][\w.-]*))?$/.exec(text) ?? [];
  const found = /@(sha256:[0-9a-f]{64})$/.exec(text)?.[1] ?? /:([\w][\w.-]*)$/.exec(text.slice(text.indexOf('/')))?.[1] ?? tag ?? 'latest';
  return registry === undefined || path === undefined ? undefined : { registry, path, tag: found };
}

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** What is wrong with one image; `undefined` when it can be pulled. A registry that stumbles is asked again. */
async function trouble(args: Args, host: Host, text: string): Promise<string | undefined> {
  for (let left = 2; ; left--) {
    const found = await ask(args, host, text);
    if (found === undefined || left === 0 || !/ cannot be asked: | answered (429|5\d\d) /.test(found)) return found;
    await sleep(1000, undefined, { signal: host.signal });
  }
}

async function ask(args: Args, host: Host, text: string): Promise<string | undefined> {
  const image = referenceOf(text);
  if (image === undefined) return `${text} names no registry`;
  const { registry, path, tag } = image;
  const get = (method: string, url: string, headers: Record<string, string> = {}): Promise<HttpResponse> =>
    request(host, { url, method, headers, insecure: !args.validate_certs, followRedirects: 'safe', timeout: 20 });
  try {
    const greeting = await get('GET', `https://${registry}/v2/`);
    const authorization = await authorize(args, greeting, path, get);
    if (typeof authorization === 'object') return `${registry} ${authorization.refused}`;
    const answer = await get('HEAD', `https://${registry}/v2/${path}/manifests/${tag}`, {
      accept: MANIFESTS,
      ...(authorization !== undefined && { authorization }),
    });
    if (answer.status === 200) return undefined;
    if (answer.status === 401 || answer.status === 403)
      return `${registry} refuses the login${args.username === undefined ? ' (none is given)' : ` of ${args.username}`} for ${path}`;
    return answer.status === 404 ? `${registry} has no image ${path}:${tag}` : `${registry} answered ${answer.status} for ${path}:${tag}`;
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    const cause = error.diagnostics[0]?.cause;
    return `${registry} cannot be asked: ${error.message}${cause === undefined ? '' : ` (${cause})`}`;
  }
}

type Get = (method: string, url: string, headers?: Record<string, string>) => Promise<HttpResponse>;

/** The Authorization header that the registry's challenge asks for; `undefined` when it asks for none. */
async function authorize(args: Args, greeting: HttpResponse, path: string, get: Get): Promise<string | undefined | { readonly refused: string }> {
  if (greeting.status !== 401) return undefined;
  const login = args.username === undefined ? undefined : basic(args.username, args.password ?? '');
  const challenge = greeting.headers['www-authenticate'] ?? '';
  if (!/^bearer /i.test(challenge)) return login;
  const field = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const url = new URL(field('realm'), greeting.url);
  url.searchParams.set('service', field('service'));
  url.searchParams.set('scope', `repository:${path}:pull`);
  const answer = await get('GET', url.href, login === undefined ? {} : { authorization: login });
  if (answer.status !== 200) return { refused: `refuses the login${args.username === undefined ? ' (none is given)' : ` of ${args.username}`}` };
  const { token, access_token } = JSON.parse(answer.body.toString('utf8')) as { token?: string; access_token?: string };
  return `Bearer ${token ?? access_token ?? ''}`;
}

async function run(args: Args, host: Host): Promise<ActionOutcome> {
  const all = await Promise.all([...new Set(args.images as readonly string[])].map((image) => trouble(args, host, image)));
  const findings = [...new Set(all.filter((one): one is string => one !== undefined))];
  return { status: 'ok', result: { findings, pullable: findings.length === 0 } };
}

export default defineAction({
  name: 'registry_images',
  fqcn: ['qplay.quay.registry_images'],
  summary: 'Asks registries whether images could be pulled, without pulling them.',
  notes: [
    "Speaks the registry API from the control node over a connection made from the managed host, with that host's trust store.",
    'Never fails for an image: whoever asks collects the findings.',
  ],
  source: 'OCI Distribution Specification',
  options,
  returns: { findings: 'One sentence for each image or registry that would refuse.', pullable: 'Whether there is none.' },
  inCheck: 'run',
  examples: [
    {
      title: 'Before an installation',
      args: { images: ['registry.redhat.io/quay/quay-rhel8:v3.12.0'], username: 'user', password: 'secret' },
      needs: ['registry'],
    },
  ],
  run: (args, host) => run(args, host),
});

import { type ArgsOf, type AskPlan, type Diff, defineAsk, type Host, lines, raw, sh } from '../../engine/module/contract.ts';
import { fields, sections } from '../system/lib.ts';
import { QP_REPLACE, readFile } from '../system/textfile.ts';
import { type Field, slugOf, stanza } from './deb822.ts';

const options = {
  name: { type: 'str', required: true, description: 'Name of the source and of its file.' },
  types: { type: 'list', elements: 'str', default: ['deb'], choices: ['deb', 'deb-src'], description: 'Binary packages, sources, or both.' },
  uris: { type: 'list', elements: 'str', description: 'Where the archive is.' },
  suites: { type: 'list', elements: 'str', description: 'Suites, or paths that end in a slash.' },
  components: { type: 'list', elements: 'str', description: 'Components, such as `main`.' },
  signed_by: { type: 'str', description: 'Who signs: a URL of a key, the path of a key file on the host, a fingerprint, or the key itself.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether it shall be there.' },
  mode: { type: 'raw', default: '0644', description: 'Mode of the file.' },
  enabled: { type: 'bool', description: 'Whether the source is used.' },
  architectures: { type: 'list', elements: 'str', description: 'Architectures to fetch.' },
  languages: { type: 'list', elements: 'str', description: 'Languages to fetch.' },
  targets: { type: 'list', elements: 'str', description: 'What to fetch.' },
  trusted: { type: 'bool', description: 'Whether to trust it without, or in spite of, its signature.' },
  allow_insecure: { type: 'bool', description: 'Whether it may be unsigned.' },
  allow_weak: { type: 'bool', description: 'Whether its signature may be weak.' },
  allow_downgrade_to_insecure: { type: 'bool', description: 'Whether it may be unsigned though it was signed before.' },
  by_hash: { type: 'bool', description: 'Whether files are fetched by their hash.' },
  pdiffs: { type: 'bool', description: 'Whether differences are fetched in place of whole lists.' },
  check_date: { type: 'bool', description: 'Whether the date of the release must lie in the past.' },
  check_valid_until: { type: 'bool', description: 'Whether the release must not be too old.' },
  date_max_future: { type: 'int', description: 'Seconds by which its date may lie in the future.' },
  inrelease_path: { type: 'str', description: 'Path of the InRelease file.' },
} as const;

type Args = ArgsOf<typeof options>;

/** What the host has, and what it shall have of the key. */
interface State {
  readonly file: string | undefined;
  readonly mode: string | undefined;
  /** Key files of this source that are there, with their SHA-256. */
  readonly keys: ReadonlyMap<string, string>;
  /** What goes into `Signed-By`. */
  readonly signedBy: string | undefined;
  /** Key that was fetched, and where it goes. */
  readonly key?: { readonly path: string; readonly bytes: Buffer; readonly sha256: string };
}

const sourcePath = (args: Args): string => `/etc/apt/sources.list.d/${slugOf(args.name)}.sources`;
const keyPath = (args: Args, extension: string): string => `/etc/apt/keyrings/${slugOf(args.name)}.${extension}`;

export default defineAsk<typeof options, State>({
  name: 'deb822_repository',
  fqcn: ['ansible.builtin.deb822_repository'],
  summary: 'Adds and removes sources of Debian packages, a file each.',
  notes: [
    'A key is fetched through the host’s own network, and compared in each run.',
    'The package lists are not fetched: let `apt` do it with `update_cache`.',
  ],
  source: 'ansible.builtin.deb822_repository; sources.list(5)',
  options,
  returns: { repo: 'The file’s content.', dest: 'Its path.', key_filename: 'Path of the key that was fetched.' },
  examples: [
    {
      title: 'A source with its key',
      args: { name: 'qp more', types: ['deb'], uris: ['http://repo.lab/debian'], suites: ['bookworm'], components: ['main'], trusted: true },
      given: 'rm -f /etc/apt/sources.list.d/qp-more.sources',
      needs: ['apt'],
    },
    {
      title: 'No such source',
      args: { name: 'qp old', state: 'absent' },
      given:
        "printf 'Types: deb\\nURIs: http://repo.lab/debian\\nSuites: bookworm\\nComponents: main\\nTrusted: yes\\n' > /etc/apt/sources.list.d/qp-old.sources",
      needs: ['apt'],
    },
  ],
  ask: async (args, host) => {
    const seen = await host.run(sh`file=${sourcePath(args)}
[ -e "$file" ] && printf 'mode=%s\\n' "$(stat -c %a "$file")"
for key in ${[keyPath(args, 'asc'), keyPath(args, 'gpg')]}; do [ -e "$key" ] && sha256sum "$key" | sed 's/^\\([^ ]*\\).*/key=\\1/' | sed "s#\\$# $key#"; done
${args.signed_by?.startsWith('/') && sh`[ -f ${args.signed_by} ] && echo signer=file`}
${readFile('source', raw('"$file"'))}
exit 0`);
    const keys = new Map([...seen.stdout.matchAll(/^key=(\w+) (\S+)$/gm)].map((found): [string, string] => [found[2] as string, found[1] as string]));
    const common = { file: sections(seen.stdout).get('source'), mode: fields(seen.stdout.split('\x1e')[0] ?? '').get('mode'), keys };
    const key =
      args.state === 'present' && args.signed_by !== undefined && /^(https?|ftp):\/\//.test(args.signed_by)
        ? await fetched(args, args.signed_by, host)
        : undefined;
    return { ...common, signedBy: key?.path ?? args.signed_by, ...(key === undefined ? {} : { key }) };
  },
  plan: (args, state): AskPlan => (args.state === 'absent' ? planAbsent(args, state) : planPresent(args, state)),
});

async function fetched(args: Args, url: string, host: Host): Promise<{ path: string; bytes: Buffer; sha256: string }> {
  const [{ request }, { createHash }, { QplayError }] = await Promise.all([
    import('../network/http.ts'),
    import('node:crypto'),
    import('../../engine/error.ts'),
  ]);
  const answer = await request(host, { url, followRedirects: 'safe' });
  if (answer.status !== 200)
    throw new QplayError({
      kind: 'task',
      severity: 'error',
      code: 'key-url',
      message: `Could not fetch signed_by key: ${url} answered ${answer.status} ${answer.reason}`,
    });
  const armored = answer.body.toString('latin1').includes('-----BEGIN PGP PUBLIC KEY BLOCK-----');
  return { path: keyPath(args, armored ? 'asc' : 'gpg'), bytes: answer.body, sha256: createHash('sha256').update(answer.body).digest('hex') };
}

function planAbsent(args: Args, state: State): AskPlan {
  const path = sourcePath(args);
  const result = { repo: null, dest: path, key_filename: [...state.keys.keys()][0] ?? null };
  const gone = [...(state.file === undefined ? [] : [path]), ...state.keys.keys()];
  if (gone.length === 0) return { is: 'right', result };
  return {
    is: 'wrong',
    diff: gone.map(
      (one) => ({ label: one, before: one === path ? (state.file ?? '') : { state: 'present' }, after: one === path ? '' : { state: 'absent' } }) as Diff,
    ),
    act: (host) => must(host.run(sh`rm -f -- ${gone}`)),
    result,
  };
}

function planPresent(args: Args, state: State): AskPlan {
  const { state: _state, mode, ...values } = args;
  const text = stanza({ ...(values as Record<string, Field | undefined>), signed_by: state.signedBy });
  const path = sourcePath(args);
  const wantedMode = String(mode).replace(/^0o?/, '');
  const result = { repo: text, dest: path, key_filename: state.key?.path ?? null };
  const diff: Diff[] = [];
  if (state.file !== text) diff.push({ label: path, before: state.file ?? '', after: text });
  if (state.file !== undefined && state.mode !== wantedMode) diff.push({ label: path, before: { mode: state.mode }, after: { mode: wantedMode } });
  const keyDiffers = state.key !== undefined && state.keys.get(state.key.path) !== state.key.sha256;
  if (keyDiffers) diff.push({ label: state.key.path, before: { sha256: state.keys.get(state.key.path) ?? null }, after: { sha256: state.key.sha256 } });
  if (diff.length === 0) return { is: 'right', result };
  return { is: 'wrong', diff, result, act: (host) => write(host, { path, text, mode: wantedMode, key: keyDiffers ? state.key : undefined }) };
}

async function write(host: Host, order: { path: string; text: string; mode: string; key: State['key'] | undefined }): Promise<void> {
  if (order.key !== undefined) {
    const file = await host.upload(order.key.bytes);
    await must(host.run(sh`${QP_REPLACE}mkdir -p -m 755 /etc/apt/keyrings && qp_replace ${file} ${order.key.path} 644`));
  }
  const file = await host.upload(order.text);
  await must(host.run(lines(sh`${QP_REPLACE}qp_replace ${file} ${order.path} ${order.mode} && chmod ${order.mode} ${order.path}`)));
}

async function must(running: Promise<{ readonly code: number; readonly stderr: string }>): Promise<void> {
  const seen = await running;
  if (seen.code === 0) return;
  const { QplayError } = await import('../../engine/error.ts');
  throw new QplayError({ kind: 'task', severity: 'error', code: 'apply', message: 'The source could not be written', cause: seen.stderr.trim() });
}

import { type ArgsOf, type AskPlan, defineAsk, type Host, type Result, sh } from '../../engine/module/contract.ts';
import { impossible, premature } from '../system/lib.ts';
import { QP_REPLACE } from '../system/textfile.ts';
import { dearmored, keysIn, type PgpKey } from './pgp.ts';

const options = {
  id: { type: 'str', description: 'Id of the key, 8 or 16 hexadecimal digits or the whole fingerprint; that of the key given when absent.' },
  url: { type: 'str', description: 'URL the key is fetched from.' },
  data: { type: 'str', description: 'The key itself.' },
  file: { type: 'path', description: 'File of the host with the key.' },
  keyring: { type: 'path', description: 'File the key is put in, such as /etc/apt/trusted.gpg.d/example.gpg; /etc/apt/trusted.gpg when absent.' },
  keyserver: { type: 'str', description: 'Key server it is fetched from, by `id`.' },
  validate_certs: { type: 'bool', default: true, description: 'Check the certificate of the server.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether apt trusts the key.' },
} as const;

type Args = ArgsOf<typeof options>;

const KEY = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawG1HhYJKwYBBAHaRw8BAQdAg1/cuDbIctkxYejjEKjeF2mOu+k9PDvi0TU3
InU40c+0I3FwbGF5IGV4YW1wbGUgPGV4YW1wbGVAZXhhbXBsZS5vcmc+iJAEExYI
ADgWIQRxMGurJVS8eW8vbD0XFrJA8Hh7SwUCawG1HgIbAwULCQgHAgYVCgkICwIE
FgIDAQIeAQIXgAAKCRAXFrJA8Hh7S0BTAQCnSyQQOSxCEfoNgx7Ndjr2IU7qrf97
aX05HXNRfUHGGAD+OoAzOaHyrc2txjACcmpziiFrGjcJQ1lPP4QyrH16GAw=
=FHO6
-----END PGP PUBLIC KEY BLOCK-----
`;

/** Files that apt trusts; a keyring of its own does when it is asked for. */
const TRUSTED = '/etc/apt/trusted.gpg';

interface Ring {
  readonly path: string;
  /** `undefined` when the file is no plain keyring. */
  readonly keys: readonly PgpKey[] | undefined;
}

interface State {
  readonly apt: boolean;
  readonly rings: readonly Ring[];
  /** The key that was given, parsed; absent when none was, or none is needed. */
  readonly given?: readonly PgpKey[] | undefined;
  readonly mistake?: string;
}

export default defineAsk<typeof options, State>({
  name: 'apt_key',
  fqcn: ['ansible.builtin.apt_key'],
  summary: 'Has apt trust a key, or trust it no more.',
  notes: [
    'apt-key is going away: deb822_repository keeps a key beside the source that it signs.',
    'Keyrings are read and written on the control node: the host needs neither gpg nor apt-key.',
    'A key that has expired counts as there; Ansible adds it anew each time.',
  ],
  source: 'ansible.builtin.apt_key; apt-key(8); RFC 4880',
  options,
  rules: { mutuallyExclusive: [['data', 'file', 'keyserver', 'url']] },
  returns: {
    id: 'The id.',
    short_id: 'Its last 8 digits.',
    fp: 'Its last 16 digits.',
    key_id: 'The id without `0x`.',
    before: 'Ids of the keys and subkeys before.',
    after: 'Those after a change.',
  },
  examples: [
    {
      title: 'Trust a key that lies on the host',
      args: { file: '/root/qp-key.asc', keyring: '/etc/apt/trusted.gpg.d/qp-example.gpg' },
      given: `rm -f /etc/apt/trusted.gpg.d/qp-example.gpg; cat >/root/qp-key.asc <<'EOF'\n${KEY}EOF`,
      needs: ['apt'],
    },
    { title: 'Trust a key', args: { id: '0xF0787B4B', data: KEY }, given: 'rm -f /etc/apt/trusted.gpg /etc/apt/trusted.gpg.d/qp-*', needs: ['apt'] },
    {
      title: 'Trust it no more',
      args: { id: '1716B240F0787B4B', state: 'absent' },
      given: `rm -f /etc/apt/trusted.gpg; printf %s '${dearmored(Buffer.from(KEY)).toString('base64')}' | base64 -d >/etc/apt/trusted.gpg.d/qp-gone.gpg`,
      needs: ['apt'],
    },
  ],
  ask,
  plan: (args, state): AskPlan => planKey(args, state),
});

async function ask(args: Args, host: Host): Promise<State> {
  const seen = await host.run(sh`command -v apt-get >/dev/null 2>&1 && echo apt
for ring in ${args.keyring === undefined ? sh`${TRUSTED} /etc/apt/trusted.gpg.d/*.gpg /etc/apt/trusted.gpg.d/*.asc` : sh`${args.keyring}`}; do
  [ -f "$ring" ] && { printf 'ring %s\\n' "$ring"; base64 <"$ring" | tr -d '\\n'; echo; }
done
${args.file !== undefined && sh`[ -r ${args.file} ] && { echo file; base64 <${args.file} | tr -d '\\n'; echo; }`}
exit 0`);
  const lines = seen.stdout.split('\n');
  const bytes = (at: number): Buffer => Buffer.from(lines[at + 1] ?? '', 'base64');
  const rings = lines.flatMap((line, at): Ring[] => (line.startsWith('ring ') ? [{ path: line.slice(5), keys: keysIn(dearmored(bytes(at))) }] : []));
  const state = { apt: lines.includes('apt'), rings };
  if (args.file !== undefined && !lines.includes('file')) return { ...state, mistake: `There is no file ${args.file} that may be read` };
  // what is there already need not be fetched
  const needed = args.id === undefined || (args.state === 'present' && !has(allIds(rings), args.id));
  if (!needed) return state;
  const data = args.data !== undefined ? Buffer.from(args.data) : args.file !== undefined ? bytes(lines.indexOf('file')) : await fetched(args, host);
  if (data === undefined) return state;
  if (typeof data === 'string') return { ...state, mistake: data };
  const given = keysIn(dearmored(data));
  return given === undefined || given.length === 0 ? { ...state, mistake: 'What was given is no OpenPGP key' } : { ...state, given };
}

/** A key by URL or from a key server; text says why not. */
async function fetched(args: Args, host: Host): Promise<Buffer | string | undefined> {
  const url = args.url ?? (args.keyserver === undefined || args.id === undefined ? undefined : serverUrl(args.keyserver, args.id));
  if (url === undefined) return undefined;
  const { request } = await import('../network/http.ts');
  const answer = await request(host, { url, followRedirects: 'safe', insecure: !args.validate_certs, headers: { 'user-agent': 'ansible-httpget' } });
  if (answer.status === 200) return answer.body;
  if (args.url === undefined && answer.status === 404) return `Key ${args.id} not found on keyserver ${args.keyserver}`;
  return `Failed to download key at ${url}: ${answer.status} ${answer.reason}`;
}

/** HKP is HTTP: draft-shaw-openpgp-hkp. */
function serverUrl(server: string, id: string): string {
  const [, scheme = 'hkp', rest = ''] = /^(?:(hkps?|https?):\/\/)?(.*?)\/*$/.exec(server) ?? [];
  const port = scheme === 'hkp' && !/:\d+$/.test(rest) ? ':11371' : '';
  return `${scheme === 'hkps' || scheme === 'https' ? 'https' : 'http'}://${rest}${port}/pks/lookup?op=get&options=mr&search=0x${idOf(id)}`;
}

const idOf = (id: string): string => id.toUpperCase().replace(/^0X/, '');
const allIds = (rings: readonly Ring[]): string[] => rings.flatMap(({ keys }) => (keys ?? []).flatMap(({ ids }) => ids));
/** A short id is found by its eight digits, a longer one by its last sixteen. */
const has = (ids: readonly string[], id: string): boolean => ids.some((one) => one.endsWith(idOf(id).slice(idOf(id).length === 8 ? -8 : -16)));

function planKey(args: Args, state: State): AskPlan {
  if (!state.apt) return impossible('This host has no apt', 'A `when` on ansible_os_family lets such hosts pass');
  if (args.keyserver !== undefined && args.id === undefined) return impossible('Missing key_id, required with keyserver.');
  if (state.mistake !== undefined) return args.file === undefined ? impossible(state.mistake) : premature(state.mistake);
  const id = args.id ?? state.given?.[0]?.ids[0];
  if (id === undefined)
    return impossible('Unable to continue as we could not extract a valid fingerprint to compare against existing keys.', 'Give `id`, or the key');
  const key = idOf(id);
  if (!/^[0-9A-F]+$/.test(key) || (key.length < 16 && key.length !== 8)) return impossible('Invalid key_id', '8, 16 or more hexadecimal digits');
  const odd = state.rings.find(({ keys }) => keys === undefined);
  const ids = allIds(state.rings);
  const listed = key.length === 8 ? ids.map((one) => one.slice(-8)) : ids;
  const result: Result = { id, short_id: key.slice(-8), fp: key.slice(-16), key_id: key, before: listed };
  const there = has(ids, key);
  if (there === (args.state === 'present')) return { is: 'right', result };
  if (args.state === 'absent') return removal(state.rings, key, result);
  if (state.given === undefined) return impossible('No key to add', 'Give it by `url`, `data`, `file` or `keyserver`');
  if (
    !has(
      state.given.flatMap((one) => one.ids),
      key,
    )
  )
    return impossible(`The key that was given is not ${id}`, `It is ${state.given.map((one) => one.ids[0]).join(', ')}`);
  const path = args.keyring ?? TRUSTED;
  if (odd?.path === path) return impossible(`${path} is no plain keyring, so nothing can be added`, 'Choose another keyring');
  const old = state.rings.find((ring) => ring.path === path)?.keys ?? [];
  const made = [...old, ...state.given];
  const after = [...ids, ...state.given.flatMap((one) => one.ids)];
  return {
    is: 'wrong',
    diff: [{ label: path, before: { keys: old.map((one) => one.ids[0]) }, after: { keys: made.map((one) => one.ids[0]) } }],
    act: (host) => write(host, path, made),
    result: { ...result, after: key.length === 8 ? after.map((one) => one.slice(-8)) : after },
  };
}

function removal(rings: readonly Ring[], key: string, result: Result): AskPlan {
  const changed = rings.flatMap(({ path, keys }) => {
    const kept = (keys ?? []).filter(({ ids }) => !has(ids, key));
    return kept.length === (keys ?? []).length ? [] : [{ path, keys: keys ?? [], kept }];
  });
  return {
    is: 'wrong',
    diff: changed.map(({ path, keys, kept }) => ({
      label: path,
      before: { keys: keys.map((one) => one.ids[0]) },
      after: { keys: kept.map((one) => one.ids[0]) },
    })),
    act: async (host) => {
      for (const { path, kept } of changed) await write(host, path, kept);
    },
    result: { ...result, after: (result.before as string[]).filter((one) => !has([one], key)) },
  };
}

async function write(host: Host, path: string, keys: readonly PgpKey[]): Promise<void> {
  const text = keys.length === 0 ? undefined : await host.upload(Buffer.concat(keys.map(({ bytes }) => bytes)));
  const folder = path.replace(/\/[^/]*$/, '') || '/';
  const seen = await host.run(text === undefined ? sh`rm -f -- ${path}` : sh`${QP_REPLACE}mkdir -p -- ${folder} && qp_replace ${text} ${path} 644`);
  if (seen.code === 0) return;
  const { QplayError } = await import('../../engine/error.ts');
  throw new QplayError({ kind: 'task', severity: 'error', code: 'apply', message: 'The keyring could not be written', cause: seen.stderr.trim() });
}

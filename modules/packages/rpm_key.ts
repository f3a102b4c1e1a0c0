import { type ArgsOf, type AskPlan, defineAsk, type Host, sh } from '../../engine/module/contract.ts';
import { impossible, premature } from '../system/lib.ts';
import { dearmored, keysIn, type PgpKey } from './pgp.ts';

const options = {
  key: { type: 'str', required: true, description: 'The key: a URL, a file of the host, or its id (8 digits or more) where it is there already or shall go.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether rpm trusts the key.' },
  fingerprint: { type: 'list', elements: 'str', description: 'Fingerprints that the key must have; nothing is imported otherwise.' },
  validate_certs: { type: 'bool', default: true, description: 'Check the certificate of the server.' },
} as const;

type Args = ArgsOf<typeof options>;

interface State {
  readonly rpm: boolean;
  /** Major version of rpm. */
  readonly version: number;
  readonly installed: readonly PgpKey[];
  readonly id?: string;
  /** What would be imported, as it came. */
  readonly data?: Buffer;
  readonly given?: readonly PgpKey[];
  readonly mistake?: string;
}

export default defineAsk<typeof options, State>({
  name: 'rpm_key',
  fqcn: ['ansible.builtin.rpm_key'],
  summary: 'Has rpm trust a key, or trust it no more.',
  notes: ['Keys are read on the control node; the host needs rpm alone. A URL is fetched over a connection made from the host.', 'rpm 6 has not been tried.'],
  source: 'ansible.builtin.rpm_key; rpmkeys(8); RFC 4880',
  options,
  returns: {},
  examples: [
    {
      title: 'Trust the key of a repository',
      args: { key: 'https://packages.example.org/RPM-GPG-KEY' },
      untested: 'the lab has no way out; test/modules/packages has it',
    },
    { title: 'Trust it no more', args: { key: 'DEADB33F', state: 'absent' }, untested: 'no host of the lab has rpm; test/modules/packages has it' },
  ],
  ask,
  plan: (args, state): AskPlan => planKey(args, state),
});

const isId = (key: string): boolean => /^(0x)?[0-9a-f]{8}/i.test(key.replaceAll(' ', ''));
const idOf = (key: string): string => key.trim().toUpperCase().replace(/^0X/, '');

async function ask(args: Args, host: Host): Promise<State> {
  const file = !args.key.includes('://') && !isId(args.key);
  const seen = await host.run(sh`command -v rpm >/dev/null 2>&1 || exit 0
echo rpm
rpm --version
rpm -q gpg-pubkey --qf '%{description}\\n'
${file && sh`[ -f ${args.key} ] && { echo qp:file; base64 <${args.key} | tr -d '\\n'; echo; }`}
exit 0`);
  const lines = seen.stdout.split('\n');
  const version = Number(/^RPM version (\d+)/m.exec(seen.stdout)?.[1] ?? 4);
  const state = { rpm: lines[0] === 'rpm', version, installed: keysIn(dearmored(Buffer.from(seen.stdout))) ?? [] };
  if (!state.rpm) return state;
  if (isId(args.key) && !args.key.includes('://')) return { ...state, id: idOf(args.key) };
  const at = lines.indexOf('qp:file');
  if (file && at < 0) return { ...state, mistake: `Not a valid key ${args.key}` };
  const data = file ? Buffer.from(lines[at + 1] ?? '', 'base64') : await fetched(args, host);
  if (typeof data === 'string') return { ...state, mistake: data };
  const given = keysIn(dearmored(data));
  const id = given?.[0]?.ids[0];
  return given === undefined || id === undefined ? { ...state, mistake: 'Unable to parse PGP key armor' } : { ...state, id, data, given };
}

/** The key by URL; text says why not. */
async function fetched(args: Args, host: Host): Promise<Buffer | string> {
  const { request } = await import('../network/http.ts');
  const headers = { 'user-agent': 'ansible-httpget' };
  const answer = await request(host, { url: args.key, followRedirects: 'safe', insecure: !args.validate_certs, headers });
  if (answer.status !== 200) return `failed to fetch key at ${args.key} , error was: HTTP Error ${answer.status}: ${answer.reason}`;
  return answer.body.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----') ? answer.body : `Not a public key: ${args.key}`;
}

/** By the last digits of an id, or by the whole fingerprint; of a subkey, too. */
const matches = (key: PgpKey, id: string): boolean => key.ids.some((one) => one.endsWith(id)) || key.fingerprints.includes(id);

function planKey(args: Args, state: State): AskPlan {
  if (!state.rpm) return premature('Failed to find required executable "rpm" on this host', 'A `when` on ansible_os_family lets such hosts pass');
  if (state.mistake !== undefined) return args.key.includes('://') ? impossible(state.mistake) : premature(state.mistake, 'A file of the host, a URL or an id');
  const id = state.id as string;
  const found = state.installed.filter((key) => matches(key, id));
  const change = (from: string, to: string, act: (host: Host) => Promise<void>): AskPlan => ({
    is: 'wrong',
    diff: [{ label: `key ${id}`, before: { state: from }, after: { state: to } }],
    act,
  });
  if (args.state === 'absent') return found.length === 0 ? { is: 'right' } : change('present', 'absent', (host) => dropped(host, found, state.version));
  if (found.length > 0) return { is: 'right' };
  const { data, given } = state;
  if (data === undefined || given === undefined)
    return impossible('When importing a key, a valid file must be given', 'An id alone says only which key is meant');
  const wanted = (args.fingerprint ?? []).map((one) => one.replaceAll(' ', '').toUpperCase());
  const has = given.flatMap((key) => key.fingerprints);
  if (!wanted.every((one) => has.includes(one)))
    return impossible(`The specified fingerprint, '${wanted.join(', ')}', does not match any key fingerprints in '${has.join(', ')}'`);
  return change('absent', 'present', async (host) => ran(host, sh`rpm --import ${await host.upload(data)}`));
}

async function dropped(host: Host, keys: readonly PgpKey[], version: number): Promise<void> {
  for (const { ids, fingerprints } of keys)
    await ran(
      host,
      version >= 6
        ? sh`rpmkeys --delete ${fingerprints[0] as string}`
        : sh`rpm --erase --allmatches ${`gpg-pubkey-${(ids[0] as string).slice(-8).toLowerCase()}`}`,
    );
}

async function ran(host: Host, script: ReturnType<typeof sh>): Promise<void> {
  const { code, stderr } = await host.run(script);
  if (code !== 0) throw new Error(stderr.trim());
}

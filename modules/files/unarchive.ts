import { QplayError } from '../../engine/error.ts';
import { type ArgsOf, type AskPlan, type Controller, defineAsk, type Host, lines, type Script, sh } from '../../engine/module/contract.ts';
import { download } from '../network/download.ts';
import { open } from '../network/http.ts';
import { ARCHIVE, extractor, judge, type Kind } from './archive.ts';
import { ATTRIBUTES, applyAttributes, describe, fits, isPlan, lookOf, readIds, settle } from './attributes.ts';
import { modeWarning } from './mode.ts';
import { pathWord } from './path.ts';
import { groupsBy, type Records, recordsOf } from './records.ts';
import { LOOK } from './shell.ts';
import { localSource } from './source.ts';

const options = {
  src: { type: 'path', required: true, description: 'Archive of the control node, or of the host with `remote_src`; then it may be an http address too.' },
  dest: { type: 'path', required: true, description: 'Folder of the host in which it is unpacked. It must be there.' },
  remote_src: { type: 'bool', default: false, description: '`src` is on the host already.' },
  creates: { type: 'path', description: 'Do nothing when this path of the host is there.' },
  list_files: { type: 'bool', default: false, description: 'Return the names in the archive.' },
  exclude: { type: 'list', elements: 'str', default: [], description: 'Paths to leave out.' },
  include: { type: 'list', elements: 'str', default: [], description: 'Paths to unpack, and no others.' },
  keep_newer: { type: 'bool', default: false, description: 'Do not replace files that are newer than those of the archive.' },
  extra_opts: { type: 'list', elements: 'str', default: [], description: 'Further options of tar or unzip, such as `--strip-components=1`.' },
  ...ATTRIBUTES,
  decrypt: { type: 'bool', default: true, description: 'Decrypt a `src` that is a vault file.' },
  copy: { type: 'bool', default: true, description: 'The older way to say `remote_src`: `copy: false` is `remote_src: true`.' },
  validate_certs: { type: 'bool', default: true, description: 'Check the server’s certificate when `src` is an https address.' },
} as const;

type Args = ArgsOf<typeof options>;

type State =
  | { readonly plan: Exclude<AskPlan, { is: 'wrong' }> }
  | { readonly archive: string; readonly kind: Kind; readonly seen: Records; readonly src: string };

export default defineAsk({
  name: 'unarchive',
  fqcn: ['ansible.builtin.unarchive'],
  summary: 'Unpacks an archive on the host.',
  notes: ['The host needs GNU tar and the tool of the compression (gzip, bzip2, xz, zstd), or unzip.'],
  options,
  rules: { mutuallyExclusive: [['include', 'exclude']] },
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/unarchive_module.html',
  returns: {
    dest: 'Folder it was unpacked in.',
    src: 'The archive.',
    handler: '`TarArchive` or `ZipArchive`.',
    files: 'Names in the archive, with `list_files`.',
  },
  examples: [
    {
      title: 'Unpack an archive of the host',
      args: { src: '/opt/qplay-archive.tar.gz', dest: '/opt/qplay-unpacked', remote_src: true },
      given:
        'rm -rf /opt/qplay-pack /opt/qplay-unpacked; mkdir -p /opt/qplay-pack/sub /opt/qplay-unpacked; echo 1 >/opt/qplay-pack/sub/one; tar -C /opt/qplay-pack -czf /opt/qplay-archive.tar.gz .',
    },
    {
      title: 'Without its first folder, for a certain user',
      args: {
        src: '/opt/qplay-archive.tar',
        dest: '/opt/qplay-unpacked',
        remote_src: true,
        extra_opts: ['--strip-components=1'],
        owner: 'daemon',
        mode: 'u=rwX,go=',
      },
      given:
        'rm -rf /opt/qplay-pack /opt/qplay-unpacked; mkdir -p /opt/qplay-pack/top/sub /opt/qplay-unpacked; echo 1 >/opt/qplay-pack/top/sub/one; tar -C /opt/qplay-pack -cf /opt/qplay-archive.tar top',
    },
  ],

  async ask(args, host, controller): Promise<State> {
    const warning = modeWarning(args.mode);
    if (warning !== undefined) controller.warn(warning);
    if (args.creates !== undefined && (await host.run(sh`[ -e ${pathWord(args.creates)} ]`)).code === 0)
      return { plan: { is: 'skipped', why: `${args.creates} exists`, result: { msg: `skipped, since ${args.creates} exists` } } };
    const archive = await archiveOn(args, host, controller);
    const seen = recordsOf(await host.run(look(args, archive)));
    const refused = REFUSED[seen.get('is') ?? ''];
    if (refused !== undefined) return { plan: { ...refused(args, seen), result: { dest: args.dest, src: args.src } } };
    return { archive: seen.get('archive') as string, kind: seen.get('kind') as Kind, seen, src: args.src };
  },
  plan: (args, state): AskPlan => {
    if ('plan' in state) return state.plan;
    const { seen, kind } = state;
    const dest = seen.get('at') as string;
    const found = judge(kind, args, seen);
    const top = lookOf(seen.get('top'));
    const files = args.list_files ? { files: found.names } : {};
    const result = { ...(top && describe(top)), dest, src: state.src, handler: kind === 'zip' ? 'ZipArchive' : 'TarArchive', ...files };
    const attributes = differing(args, seen);
    if ('is' in attributes) return { ...attributes, result } as AskPlan;
    if (found.missing.length === 0 && attributes.scripts.length === 0) return { is: 'right', result };
    const before = [...found.missing, ...attributes.paths].slice(0, 50).join('\n');
    const change = { before: { differs: before }, after: { unpacked: true }, label: dest };
    return { is: 'wrong', diff: [change], result, act: (host) => unpack(args, state.archive, kind, dest, found.missing.length > 0, attributes.scripts, host) };
  },
});

const REFUSED: Readonly<Record<string, (args: Args, seen: Records) => { is: 'premature' | 'impossible'; why: string; hint?: string }>> = {
  'no-archive': (args) => ({ is: 'premature', why: `Source '${args.src}' does not exist`, hint: 'It is a file of the host because of remote_src: true' }),
  'no-dest': (args) => ({
    is: 'premature',
    why: `dest '${args.dest}' must be an existing dir`,
    hint: 'Make it with a task of the module file (state: directory) before this one',
  }),
  empty: (args) => ({ is: 'impossible', why: `Invalid archive '${args.src}', the file is 0 bytes` }),
  'no-tar': () => ({ is: 'premature', why: 'GNU tar is not on the host', hint: 'Install the package tar' }),
  unknown: (args, seen) => ({
    is: 'impossible',
    why: `Neither tar nor unzip can read '${args.src}': ${(seen.get('why') ?? '').trim()}`,
    hint: 'Is the tool of its compression on the host?',
  }),
};

/** Uploads stay until the task ends: asking again after the change finds the archive where it was put. */
const uploaded = new WeakMap<Host, string>();

/** Where the archive is on the host, as a shell word. */
async function archiveOn(args: Args, host: Host, controller: Controller): Promise<Script> {
  const remote = args.remote_src || !args.copy;
  if (remote && !/^https?:\/\//.test(args.src)) return pathWord(args.src);
  const known = uploaded.get(host);
  if (known !== undefined) return sh`${known}`;
  const path = remote
    ? await fetched(args, host)
    : await host.upload((await localSource(controller.find('files', args.src), controller, args.decrypt)).content);
  uploaded.set(host, path);
  return sh`${path}`;
}

async function fetched(args: Args, host: Host): Promise<string> {
  const answer = await open(host, { url: args.src, followRedirects: 'all', insecure: !args.validate_certs });
  if (answer.status !== 200) {
    answer.body.destroy();
    throw new QplayError({ kind: 'task', severity: 'error', code: 'http-status', message: `${args.src} answered ${answer.status} ${answer.reason}` });
  }
  const got = await download(answer.body, 'sha1');
  try {
    return await host.upload(got.content);
  } finally {
    await got.discard();
  }
}

/** Everything in one trip: type of the archive, its names, what differs, owner and mode of what is there. */
const look = (args: Args, archive: Script): Script => sh`${LOOK}${ARCHIVE}a=${archive}
p=${pathWord(args.dest.replace(/(?<=.)\/+$/, ''))}
printf 'archive=%s\\0at=%s\\0' "$a" "$p"
if [ ! -e "$a" ]; then printf 'is=no-archive\\0'; exit 0; fi
if [ ! -s "$a" ]; then printf 'is=empty\\0'; exit 0; fi
if [ ! -d "$p" ]; then printf 'is=no-dest\\0'; exit 0; fi
printf 'top=%s\\0' "$(stat -Lc '%f %u %g %s %h %i %d %Y|%U|%G' -- "$p")"
qp_archive "$a" "$p" || exit 0
qp_s=
${readIds(args)}
case $qp_kind in
tar) qp_tar_look "$a" "$p" ${args.extra_opts.length > 0 && sh`--show-transformed-names ${args.extra_opts}`} ${args.exclude.map((one) => `--exclude=${one}`)} -- ${args.include} ;;
zip) qp_zip_look "$a" "$p" ${args.include} ${args.exclude.length > 0 && sh`-x ${args.exclude}`} ;;
esac`;

interface Attributes {
  readonly paths: string[];
  readonly scripts: Script[];
}

/** What of the archive has not the asked owner or mode. Only files that are there can be judged; the rest comes with unpacking. */
function differing(args: Args, seen: Records): Attributes | Exclude<AskPlan, { is: 'wrong' }> {
  const found: Attributes = { paths: [], scripts: [] };
  if (args.mode === undefined && args.owner === undefined && args.group === undefined) return found;
  for (const group of groupsBy(seen, 'entry')) {
    const look = lookOf(group.get('look'));
    if (look === undefined || look.type === 'link') continue;
    const settled = settle(args, seen, look, { mode: 0o666, directory: look.type === 'directory' });
    if (isPlan(settled)) return settled as Exclude<AskPlan, { is: 'wrong' }>;
    if (fits(look, settled)) continue;
    const path = group.get('entry') as string;
    found.paths.push(path);
    found.scripts.push(applyAttributes(path, settled, look));
  }
  return found;
}

async function unpack(args: Args, archive: string, kind: Kind, dest: string, extract: boolean, attributes: readonly Script[], host: Host): Promise<void> {
  await done(host, lines(extract && extractor(kind, args, archive, dest), ...(extract ? [] : attributes)), args);
  if (!extract || (args.mode === undefined && args.owner === undefined && args.group === undefined)) return;
  // What was unpacked just now has the archive's modes: they are seen, and settled, one by one
  const after = differing(args, recordsOf(await host.run(look(args, sh`${archive}`))));
  if ('scripts' in after && after.scripts.length > 0) await done(host, lines(...after.scripts), args);
}

async function done(host: Host, script: Script, args: Args): Promise<void> {
  const ended = await host.run(script);
  if (ended.code === 0) return;
  throw new QplayError({
    kind: 'task',
    severity: 'error',
    code: 'unarchive',
    message: `failed to unpack ${args.src} to ${args.dest}`,
    cause: ended.stderr.trim().slice(-2000),
  });
}

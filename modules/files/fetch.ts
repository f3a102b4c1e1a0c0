import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, normalize, resolve } from 'node:path';
import { type ActionOutcome, type ArgsOf, type Controller, defineAction, type Host, sh } from '../../engine/module/contract.ts';
import { baseName, pathWord } from './path.ts';
import { recordsOf } from './records.ts';

const options = {
  src: { type: 'str', required: true, description: 'File of the host.' },
  dest: {
    type: 'str',
    required: true,
    description: 'Folder of the control node; the file goes to DEST/HOST/SRC. With `flat` the file itself, or a folder when it ends with a slash.',
  },
  flat: { type: 'bool', default: false, description: 'Do not put the host’s name and the whole path before the name.' },
  fail_on_missing: { type: 'bool', default: true, description: 'Fail when the file is missing. If not, nothing is done.' },
  validate_checksum: { type: 'bool', default: true, description: 'Compare the checksum of what arrived with that of the host.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineAction({
  name: 'fetch',
  fqcn: ['ansible.builtin.fetch'],
  summary: 'Copies a file of the host to the control node.',
  notes: ['The file on the control node is replaced in one step. Nothing is sent when it is the same already.'],
  inCheck: 'decide',
  options,
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/fetch_module.html',
  returns: { dest: 'Path on the control node.', file: 'Path on the host.', checksum: 'SHA-1 of the file.', remote_checksum: 'SHA-1 on the host.' },
  examples: [
    { title: 'Keep the certificate of each host', args: { src: '/etc/hostname', dest: '/tmp/qplay-fetched' } },
    { title: 'Into one folder', args: { src: '/etc/os-release', dest: '/tmp/qplay-fetched/', flat: true } },
  ],

  async run(args, host, controller): Promise<ActionOutcome> {
    const seen = recordsOf(await host.run(look(args.src)));
    const file = seen.get('at') ?? args.src;
    const missing = MISSING[seen.get('is') ?? ''];
    if (missing !== undefined) return refuse(args, file, missing);
    const remote = seen.get('sum') as string;
    const dest = destination(args, file, controller);
    if (typeof dest !== 'string') return dest;
    const local = existsSync(dest) ? sha1(await readFile(dest)) : undefined;
    if (local === remote) return { status: 'ok', result: { dest, file, checksum: remote } };
    const result = { dest, file, checksum: remote, remote_checksum: remote };
    if (controller.check) return { status: 'changed', result, diff: [{ before: { checksum: local ?? null }, after: { checksum: remote }, label: dest }] };
    return receive(args, host, { file, dest, remote });
  },
});

const MISSING: Record<string, string> = {
  none: 'the remote file does not exist',
  folder: 'remote file is a directory, fetch cannot work on directories',
  closed: 'this user may not read the remote file',
};

const look = (src: string) => sh`p=${pathWord(src)}
printf 'at=%s\\0' "$p"
if [ -d "$p" ]; then printf 'is=folder\\0'
elif [ ! -e "$p" ]; then printf 'is=none\\0'
elif [ ! -r "$p" ]; then printf 'is=closed\\0'
else s=$(sha1sum <"$p"); printf 'sum=%s\\0' "\${s%% *}"; fi`;

function refuse(args: Args, file: string, why: string): ActionOutcome {
  if (!args.fail_on_missing) return { status: 'ok', result: { file, msg: `${why}, not transferring, ignored` } };
  return {
    status: 'failed',
    why: `${why}: ${file}`,
    hint: 'fail_on_missing: false goes on without it',
    result: { file, msg: why === MISSING.none ? `${why}, not transferring, ignored` : why },
  };
}

/** Where the file goes on the control node. */
function destination(args: Args, file: string, controller: Controller): string | ActionOutcome {
  const base = controller.baseDir ?? process.cwd();
  const root = resolve(base, args.dest.replace(/^~(?=\/|$)/, process.env.HOME ?? '~'));
  if (!args.flat) {
    const dest = normalize(`${root}/${controller.host}/${file}`);
    if (dest.startsWith(join(root, controller.host) + '/')) return dest;
    return { status: 'failed', why: `${file} would be written outside of ${args.dest}` };
  }
  const folder = existsSync(root) && statSync(root).isDirectory();
  if (!args.dest.endsWith('/'))
    return folder ? { status: 'failed', why: `dest is an existing folder: ${root}`, hint: 'With a slash at the end the file is put into it' } : root;
  return join(root, baseName(file));
}

interface Receiving {
  readonly file: string;
  readonly dest: string;
  readonly remote: string;
}

async function receive(args: Args, host: Host, { file, dest, remote }: Receiving): Promise<ActionOutcome> {
  const bytes = await host.download(file);
  const checksum = sha1(bytes);
  if (args.validate_checksum && checksum !== remote)
    return { status: 'failed', why: `checksum mismatch: ${file} changed while it was read`, result: { file, dest, checksum, remote_checksum: remote } };
  await mkdir(dirname(dest), { recursive: true });
  await writeWhole(dest, bytes);
  return {
    status: 'changed',
    result: { dest, file, checksum, remote_checksum: remote, remote_md5sum: null, md5sum: createHash('md5').update(bytes).digest('hex') },
    diff: [{ before: {}, after: { checksum }, label: dest }],
  };
}

/** All of it or none: written beside, then renamed. */
async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const temporary = `${path}.qplay.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    const file = await open(temporary, 'wx', 0o666);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

const sha1 = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex');

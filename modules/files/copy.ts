import { lstat, stat } from 'node:fs/promises';
import { inputError } from '../../engine/error.ts';
import { type ArgsOf, type Controller, defineModule, type Observed, type Plan, type Script } from '../../engine/module/contract.ts';
import { ATTRIBUTES, wantedOf } from './attributes.ts';
import { modeText, modeWarning } from './mode.ts';
import { baseName } from './path.ts';
import { backupSuffix, planPlace, probePlace, type Source, sourceOf, type Target } from './place.ts';
import { contentText } from './python.ts';
import { planRemote, probeRemote, type RemoteCopy } from './remote.ts';
import { localSource } from './source.ts';
import { planTree, probeTree, readTree, type Tree } from './tree.ts';
import { checkValidate } from './validate.ts';

const options = {
  src: {
    type: 'path',
    description: 'File or folder of the control node, or of the host with `remote_src`. A folder with a trailing slash means what is in it.',
  },
  content: { type: 'raw', description: 'The content itself instead of `src`. A dict or list becomes JSON.' },
  dest: { type: 'path', required: true, description: 'Where it goes on the host. With a trailing slash, or where it is a folder, the name of `src` is added.' },
  remote_src: { type: 'bool', default: false, description: '`src` is on the host already.' },
  force: { type: 'bool', default: true, description: 'Replace a file that differs. If not, a file is only copied where there is none.' },
  backup: { type: 'bool', default: false, description: 'Keep a copy of the old file beside it, with the time in its name.' },
  validate: { type: 'str', description: 'Command that must agree before the file is put in place; `%s` is the path of the new content.' },
  ...ATTRIBUTES,
  directory_mode: { type: 'raw', description: 'Permissions of folders that are made on the way.' },
  checksum: { type: 'str', description: 'SHA-1 that `src` must have.' },
  follow: { type: 'bool', default: false, description: 'Where `dest` is a link, write to what it points at. If not, the link is replaced.' },
  local_follow: { type: 'bool', default: true, description: 'Copy what links inside a `src` folder point at, not the links.' },
  decrypt: { type: 'bool', default: true, description: 'Decrypt a `src` that is a vault file.' },
  unsafe_writes: {
    type: 'bool',
    default: false,
    description: 'Write in place where the file cannot be replaced in one step, such as a file that is mounted into a container.',
  },
} as const;

type Args = ArgsOf<typeof options>;

/** What is to be copied, known before the host is asked. */
export type Prepared =
  | { readonly is: 'place'; readonly target: Target; readonly source: Source; readonly src?: string }
  | { readonly is: 'tree'; readonly tree: Tree }
  | { readonly is: 'remote'; readonly copy: RemoteCopy };

export default defineModule({
  name: 'copy',
  fqcn: ['ansible.builtin.copy'],
  summary: 'Copies files, folders or given text to the host.',
  options,
  rules: { mutuallyExclusive: [['src', 'content']], requiredOneOf: [['src', 'content']] },
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/copy_module.html',
  returns: {
    dest: 'Path of the file on the host.',
    src: 'Path of the source.',
    checksum: 'SHA-1 of the content.',
    backup_file: 'Path of the copy of the old file.',
    uid: 'Number of the owner.',
    gid: 'Number of the group.',
    owner: 'Name of the owner.',
    group: 'Name of the group.',
    mode: 'Permissions, such as `0644`.',
    size: 'Size in bytes.',
    state: '`file` or `directory`.',
  },
  examples: [
    {
      title: 'Write a small file',
      args: { dest: '/etc/motd', content: 'Welcome to the registry\n', mode: '0644' },
      given: 'rm -f /etc/motd',
    },
    {
      title: 'Keep a copy of what was there, and let a command check the new text first',
      args: { dest: '/etc/qplay-example.sh', content: 'echo ready\n', mode: 'u=rwx,go=rx', owner: 'root', group: 'root', backup: true, validate: 'sh -n %s' },
      given: 'echo old >/etc/qplay-example.sh',
    },
    { title: 'Write a dict as JSON', args: { dest: '/etc/qplay-example.json', content: { port: 8443, tls: true } }, given: 'rm -f /etc/qplay-example.json' },
    {
      title: 'Copy a file that is on the host, as a private one',
      args: { src: '/etc/hostname', dest: '/root/hostname.copy', remote_src: true, mode: '0600' },
      given: 'rm -f /root/hostname.copy',
    },
    {
      title: 'Copy a folder of the host into another',
      args: { src: '/opt/qplay-from', dest: '/opt/qplay-to', remote_src: true },
      given: 'rm -rf /opt/qplay-from /opt/qplay-to; mkdir -p /opt/qplay-from/a/b; echo one >/opt/qplay-from/one; echo two >"/opt/qplay-from/a/b/t w o"',
    },
  ],

  async prepare(args, controller): Promise<Prepared> {
    for (const mode of [args.mode, args.directory_mode]) warnOf(mode, controller);
    checkValidate(args.validate);
    if (args.remote_src && args.src !== undefined) return { is: 'remote', copy: remoteCopy(args) };
    if (args.src === undefined) return fromContent(args);
    return fromControl(args, args.src, controller);
  },
  probe: (_args, prepared): Script => {
    if (prepared.is === 'place') return probePlace(prepared.target, prepared.source.sha1);
    return prepared.is === 'tree' ? probeTree(prepared.tree) : probeRemote(prepared.copy);
  },
  plan: (_args, seen: Observed, prepared, before): Plan => {
    if (prepared.is === 'tree') return planTree(prepared.tree, seen, before);
    if (prepared.is === 'remote') return planRemote(prepared.copy, seen, before);
    const plan = planPlace(prepared.target, prepared.source, seen, before);
    return prepared.src === undefined ? plan : { ...plan, result: { ...plan.result, src: prepared.src } };
  },
});

const warnOf = (mode: unknown, controller: Controller): void => {
  const warning = modeWarning(mode);
  if (warning !== undefined) controller.warn(warning);
};

function fromContent(args: Args): Prepared {
  if (args.dest.endsWith('/'))
    throw inputError('dest', `dest: ${args.dest} is a folder, and content has no name of its own`, { hint: 'Name the file in dest' });
  return { is: 'place', target: targetOf(args), source: sourceOf(contentText(args.content)) };
}

async function fromControl(args: Args, src: string, controller: Controller): Promise<Prepared> {
  const path = controller.find('files', src.replace(/(?<=.)\/+$/, ''));
  const entry = await (args.local_follow ? stat(path) : lstat(path));
  if (entry.isDirectory()) return { is: 'tree', tree: await readTree({ args, path, contents: src.endsWith('/'), controller, target: targetOf(args) }) };
  const source = await localSource(path, controller, args.decrypt);
  if (args.checksum !== undefined && args.checksum.toLowerCase() !== source.sha1)
    throw inputError('checksum', `${path} has the checksum ${source.sha1}, but ${args.checksum} was expected`);
  const mode = args.mode === 'preserve' ? modeText(entry.mode) : args.mode;
  return { is: 'place', target: { ...targetOf(args), mode, name: baseName(path) }, source, src: path };
}

function targetOf(args: Args): Target {
  const { dest, follow, force, validate } = args;
  return {
    ...wantedOf(args),
    dest,
    follow,
    force,
    validate,
    directoryMode: args.directory_mode,
    unsafe: args.unsafe_writes,
    ...(args.backup && { backup: backupSuffix() }),
  };
}

const remoteCopy = (args: Args): RemoteCopy => ({
  target: { ...targetOf(args), name: baseName(args.src as string) },
  src: args.src as string,
  checksum: args.checksum,
});

import { type ArgsOf, defineModule, type Plan, sh } from '../../engine/module/contract.ts';
import { fields, impossible, premature, section, sections, textLines } from '../system/lib.ts';
import { pathWord } from './path.ts';

const options = {
  path: { type: 'path', required: true, aliases: ['name'], description: 'File or folder.' },
  entry: { type: 'str', description: 'The entry as setfacl writes it, such as `default:user:joe:rwx`, in place of the three options below.' },
  entity: { type: 'str', default: '', description: 'User or group the entry is for.' },
  etype: { type: 'str', choices: ['group', 'mask', 'other', 'user'], description: 'What the entry is for.' },
  permissions: { type: 'str', description: 'Any of `r`, `w`, `x` and `X`.' },
  state: {
    type: 'str',
    default: 'query',
    choices: ['absent', 'present', 'query'],
    description: 'Whether the entry is there; `query` only looks.',
  },
  follow: { type: 'bool', default: true, description: 'Where the path is a link, what it points at.' },
  default: { type: 'bool', default: false, description: 'The entry that new files in the folder get.' },
  recursive: { type: 'bool', default: false, aliases: ['recurse'], description: 'Everything in the folder, too.' },
  recalculate_mask: { type: 'str', default: 'default', choices: ['default', 'mask', 'no_mask'], description: 'Whether the mask is computed anew.' },
  use_nfsv4_acls: { type: 'bool', default: false, description: 'Not known here.' },
} as const;

type Args = ArgsOf<typeof options>;

const FILE =
  'command -v setfacl >/dev/null || { apt-get -qq update; apt-get -qq -y install acl >/dev/null; }; rm -rf /srv/qp-acl; mkdir -p /srv/qp-acl/in; : >/srv/qp-acl/in/a';

export default defineModule({
  name: 'acl',
  fqcn: ['ansible.posix.acl'],
  summary: 'Keeps an entry of the access control list of a file.',
  notes: [
    'With `recursive` it changes what differs anywhere in the folder; Ansible leaves all as it is when one file is as asked.',
    'The access control lists of NFS 4 and of FreeBSD are not known.',
  ],
  source: 'ansible.posix.acl; setfacl(1)',
  options,
  returns: { acl: 'The list, an entry a member.', msg: 'What was done, in words.' },
  examples: [
    { title: 'Let a user read', args: { path: '/srv/qp-acl/in/a', entity: 'daemon', etype: 'user', permissions: 'r', state: 'present' }, given: FILE },
    { title: 'For new files of a folder', args: { path: '/srv/qp-acl', entry: 'default:group:adm:rwX', state: 'present' }, given: FILE },
    {
      title: 'A whole folder',
      args: { path: '/srv/qp-acl', entity: 'daemon', etype: 'user', permissions: 'rwX', state: 'present', recursive: true },
      given: `${FILE}; setfacl -m u:daemon:rwx /srv/qp-acl`,
    },
    {
      title: 'No entry of a user',
      args: { path: '/srv/qp-acl/in/a', entity: 'daemon', etype: 'user', state: 'absent' },
      given: `${FILE}; setfacl -m u:daemon:rw /srv/qp-acl/in/a`,
    },
  ],
  probe: (args) => {
    const entry = entryOf(args);
    const path = pathWord(args.path);
    const common = [...(args.recursive ? ['--recursive'] : []), ...(args.follow ? [] : ['--physical'])];
    const mask = args.recalculate_mask === 'default' ? [] : [args.recalculate_mask === 'mask' ? '--mask' : '--no-mask'];
    const change = [...(entry.default ? ['-d'] : []), args.state === 'absent' ? '-x' : '-m', entry.text, ...common, ...mask];
    return sh`p=${path}
${section('head')}
printf 'path=%s\\n' "$p"
[ -e "$p" ] && echo there=yes
command -v setfacl >/dev/null 2>&1 && command -v getfacl >/dev/null 2>&1 && echo tools=yes
${section('acl')}
getfacl ${entry.default && '-d'} --absolute-names --omit-header ${common} -- "$p" 2>/dev/null
${args.state !== 'query' && sh`${section('test')}\nsetfacl --test ${change} -- "$p" 2>&1 || ${section('failed')}`}
exit 0`;
  },
  plan: (args, seen): Plan => planAcl(args, sections(seen.stdout)),
});

/** The entry in words of setfacl, and whether it is one for new files. */
function entryOf(args: Args): { readonly text: string; readonly default: boolean } {
  const join = (type: string, entity: string, permissions?: string): string => `${type}:${entity}${permissions ? `:${permissions}` : ''}`;
  if (args.entry === undefined) return { text: join(args.etype ?? '', args.entity, args.permissions), default: args.default };
  const parts = args.entry.split(':');
  const byDefault = /^d/i.test(args.entry);
  if (byDefault) parts.shift();
  const [type = '', entity = '', permissions] = parts;
  const name = ['user', 'group', 'mask', 'other'].find((one) => one[0] === type[0]?.toLowerCase()) ?? type;
  return { text: join(name, entity, permissions), default: byDefault || args.default };
}

function mistake(args: Args): string | undefined {
  if (args.use_nfsv4_acls) return 'The access control lists of NFS 4 are not known here';
  if (args.state === 'query') {
    if (args.recursive) return "'recursive' MUST NOT be set when 'state=query'.";
    if (args.recalculate_mask !== 'default') return "'recalculate_mask' MUST NOT be set to 'mask' or 'no_mask' when 'state=query'.";
    return args.entry === undefined ? undefined : "'entry' MUST NOT be set when 'state=query'.";
  }
  if (args.entry === undefined) {
    if (args.state === 'absent' && args.permissions) return "'permissions' MUST NOT be set when 'state=absent'.";
    if (args.state === 'absent' && args.entity === '') return "'entity' MUST be set when 'state=absent'.";
    return args.etype === undefined ? `'etype' MUST be set when 'state=${args.state}'.` : undefined;
  }
  if (args.etype !== undefined || args.entity !== '' || args.permissions) return "'entry' MUST NOT be set when 'entity', 'etype' or 'permissions' are set.";
  const colons = args.entry.split(':').length - 1;
  if (args.state === 'present' && colons !== 2 && colons !== 3) return "'entry' MUST have 3 or 4 sections divided by ':' when 'state=present'.";
  return args.state === 'absent' && colons !== 1 && colons !== 2 ? "'entry' MUST have 2 or 3 sections divided by ':' when 'state=absent'." : undefined;
}

function planAcl(args: Args, parts: ReadonlyMap<string, string>): Plan {
  const head = fields(parts.get('head') ?? '');
  if (head.get('there') !== 'yes') return premature('Path not found or not accessible.', `${args.path} must be there before`);
  const wrong = mistake(args);
  if (wrong !== undefined) return impossible(wrong);
  if (head.get('tools') !== 'yes') return premature('This host has no setfacl', 'Install the package acl before');
  const acl = textLines(parts.get('acl') ?? '')
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim());
  while (acl.at(-1) === '') acl.pop();
  if (args.state === 'query') return { is: 'right', result: { msg: 'current acl', acl } };
  const entry = entryOf(args);
  const result = { msg: `${entry.text} is ${args.state}`, acl };
  const told = textLines(parts.get('test') ?? '');
  if (parts.has('failed'))
    return impossible(told.at(-1) ?? 'setfacl refuses', 'The user or group must be there, and the file system must keep access control lists');
  const changes = told.filter((line) => !line.endsWith('*,*'));
  if (changes.length === 0) return { is: 'right', result };
  const path = head.get('path') as string;
  const after = args.recursive ? changes : entries(changes[0] as string, path, entry.default);
  const common = [...(args.recursive ? ['--recursive'] : []), ...(args.follow ? [] : ['--physical'])];
  const mask = args.recalculate_mask === 'default' ? [] : [args.recalculate_mask === 'mask' ? '--mask' : '--no-mask'];
  return {
    is: 'wrong',
    diff: [{ label: path, before: args.recursive ? '' : `${acl.join('\n')}\n`, after: `${after.join('\n')}\n` }],
    apply: sh`setfacl ${entry.default && '-d'} ${args.state === 'absent' ? '-x' : '-m'} ${entry.text} ${common} ${mask} -- ${path} || exit`,
    result,
  };
}

const LONG: Readonly<Record<string, string>> = { u: 'user', g: 'group', m: 'mask', o: 'other' };

/** `path: u::rw-,g::r--,...,*` of `setfacl --test` as getfacl writes it; a star stands for a list that stays. */
function entries(line: string, path: string, byDefault: boolean): string[] {
  const all = line.slice(line.startsWith(`${path}: `) ? path.length + 2 : line.indexOf(': ') + 2).split(',');
  return all.flatMap((one) => {
    const isDefault = one.startsWith('d:');
    if (one === '*' || isDefault !== byDefault) return [];
    const bare = isDefault ? one.slice(2) : one;
    return [bare.replace(/^[ugmo](?=:)/, (letter) => LONG[letter] as string)];
  });
}

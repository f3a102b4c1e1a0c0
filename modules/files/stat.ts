import { type ArgsOf, defineRead, type Observed, type Script, sh } from '../../engine/module/contract.ts';
import { extraInfo, INFO_FORMAT, infoOf } from './info.ts';
import { pathWord } from './path.ts';
import { type Records, recordsOf } from './records.ts';

const options = {
  path: { type: 'path', required: true, aliases: ['dest', 'name'], description: 'What to look at.' },
  follow: { type: 'bool', default: false, description: 'Look at what a link points at.' },
  get_checksum: { type: 'bool', default: true, description: 'Return the checksum of a file.' },
  checksum_algorithm: {
    type: 'str',
    default: 'sha1',
    choices: ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
    aliases: ['checksum', 'checksum_algo'],
    description: 'Kind of checksum.',
  },
  get_mime: {
    type: 'bool',
    default: true,
    aliases: ['mime', 'mime_type', 'mime-type'],
    description: 'Return `mimetype` and `charset`, where the host has the command `file`.',
  },
  get_attributes: {
    type: 'bool',
    default: true,
    aliases: ['attr', 'attributes'],
    description: 'Return the attributes of chattr, where the host has `lsattr`.',
  },
} as const;

type Args = ArgsOf<typeof options>;

export default defineRead({
  name: 'stat',
  fqcn: ['ansible.builtin.stat'],
  summary: 'Returns what is known of a path: whether it exists, its type, owner, mode, times and checksum.',
  options,
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/stat_module.html',
  returns: {
    stat: '`exists`, and where it is true: path, mode, isdir, isreg, islnk, size, uid, gid, pw_name, gr_name, atime, mtime, ctime, checksum, readable, writeable, executable, lnk_source, lnk_target and more.',
  },
  examples: [
    { title: 'Whether a file is there', args: { path: '/etc/hostname' } },
    { title: 'Its SHA-256', args: { path: '/etc/hostname', checksum_algorithm: 'sha256', get_mime: false } },
  ],

  probe: (args): Script => {
    const flag = args.follow ? 'L' : '';
    return sh`p=${pathWord(args.path)}
printf 'path=%s\\0' "$p"
if s=$(LC_ALL=C stat -${flag}c ${INFO_FORMAT} -- "$p" 2>&1); then printf 'info=%s\\0' "$s"
else printf 'error=%s\\0' "$s"; exit 0; fi
for a in r w x; do if [ -$a "$p" ]; then printf '%s=1\\0' "$a"; fi; done
if [ -L "$p" ]; then printf 'target=%s\\0source=%s\\0' "$(readlink -- "$p")" "$(readlink -f -- "$p" || :)"; fi
${args.get_checksum && sh`if [ -f "$p" ] && [ -r "$p" ]; then s=$(${args.checksum_algorithm + 'sum'} <"$p"); printf 'sum=%s\\0' "\${s%% *}"; fi`}
${args.get_mime && sh`if command -v file >/dev/null; then printf 'mime=%s\\0' "$(file -b --mime-type --mime-encoding -- "$p")"; fi`}
${args.get_attributes && sh`if command -v lsattr >/dev/null; then printf 'attr=%s\\0' "$(lsattr -vd -- "$p" 2>/dev/null)"; fi`}`;
  },
  result: (args, output: Observed) => {
    const seen = recordsOf(output);
    const line = seen.get('info');
    if (line !== undefined) return { result: { stat: statOf(args, line, seen) } };
    const error = (seen.get('error') ?? output.stderr).trim();
    if (/No such file/.test(error)) return { result: { stat: { exists: false } } };
    return { failed: error.replace(/^stat: /, ''), ...(/Permission denied/.test(error) && { hint: 'Set become: true, or another become_user' }) };
  },
});

function statOf(args: Args, line: string, seen: Records): Readonly<Record<string, unknown>> {
  const info = infoOf(line);
  const link = info.values.islnk ? { lnk_source: seen.get('source'), lnk_target: seen.get('target') } : {};
  return {
    exists: true,
    path: seen.get('path'),
    ...info.values,
    ...extraInfo(line),
    readable: seen.get('r') !== undefined,
    writeable: seen.get('w') !== undefined,
    executable: seen.get('x') !== undefined,
    ...link,
    ...(info.owner && { pw_name: info.owner }),
    ...(info.group && { gr_name: info.group }),
    ...(info.values.isreg && seen.get('sum') !== undefined ? { checksum: seen.get('sum') } : {}),
    ...(args.get_mime && mimeOf(seen.get('mime'))),
    ...(args.get_attributes && attributesOf(seen.get('attr'))),
  };
}

function mimeOf(text: string | undefined): Readonly<Record<string, string>> {
  const found = /^(.*); charset=(.*)$/.exec(text ?? '');
  return { mimetype: found?.[1] ?? 'unknown', charset: found?.[2] ?? 'unknown' };
}

const FLAGS: Record<string, string> = {
  A: 'noatime',
  a: 'append',
  c: 'compressed',
  C: 'nocow',
  d: 'nodump',
  D: 'dirsync',
  e: 'extents',
  E: 'encrypted',
  h: 'blocksize',
  i: 'immutable',
  I: 'indexed',
  j: 'journalled',
  N: 'inline',
  s: 'zero',
  S: 'synchronous',
  t: 'notail',
  T: 'blockroot',
  u: 'undelete',
  X: 'compressedraw',
  Z: 'compresseddirty',
};

function attributesOf(text: string | undefined): Readonly<Record<string, unknown>> {
  const found = /^\s*(\d+)\s+([-A-Za-z]+)\s/.exec(text ?? '');
  if (found === null) return { version: null, attributes: [], attr_flags: '' };
  const flags = (found[2] as string).replaceAll('-', '');
  return { version: found[1], attr_flags: flags, attributes: [...flags].map((flag) => FLAGS[flag]).filter((name) => name !== undefined) };
}

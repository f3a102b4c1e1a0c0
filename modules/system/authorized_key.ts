import { inputError } from '../../engine/error.ts';
import { type ArgsOf, type Controller, defineModule, lines, type Plan, sh } from '../../engine/module/contract.ts';
import { mergeKeys, parseKeys } from './authorized_keys.ts';
import { expanded, fields, impossible, premature, sections } from './lib.ts';
import { readFile } from './textfile.ts';

const options = {
  user: { type: 'str', required: true, description: 'Whose keys.' },
  key: { type: 'str', required: true, description: 'One public key a line, or a URL that the control node fetches them from.' },
  path: { type: 'path', description: 'File of the keys; `~user/.ssh/authorized_keys` when absent.' },
  manage_dir: { type: 'bool', default: true, description: 'Make the folder, and see to its owner and mode.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether the keys shall be there.' },
  key_options: { type: 'str', description: 'Options before each key, in place of those in `key`.' },
  exclusive: { type: 'bool', default: false, description: 'Remove everything else from the file.' },
  comment: { type: 'str', description: 'Comment of each key, in place of that in `key`.' },
  follow: { type: 'bool', default: true, description: 'Links are always followed.' },
  validate_certs: { type: 'bool', default: true, description: 'The certificate of a URL is always checked.' },
} as const;

type Args = ArgsOf<typeof options>;

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJq47TAxwkyRk+EQdpTCoUJJoB4w+41WcI8Q9y0xynW0 anna@desk';
const OTHER = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDd1ZzYyZGdEYnpJbGdiSmhPbkZpdVhXQmV3Y0Fz bert@desk';
const given = 'id qpkeys >/dev/null 2>&1 || useradd -m qpkeys; rm -rf ~qpkeys/.ssh';

export default defineModule({
  name: 'authorized_key',
  fqcn: ['ansible.posix.authorized_key'],
  summary: 'Puts public keys into the file that lets their owners log in.',
  source: 'ansible.posix.authorized_key; sshd(8)',
  options,
  returns: { user: 'Whose keys.', keyfile: 'The file.', key: 'As asked.', key_options: 'As asked.', exclusive: 'As asked.', state: '`present` or `absent`.' },
  examples: [
    { title: 'Let a key log in', args: { user: 'qpkeys', key: KEY }, given },
    {
      title: 'These keys and no others',
      args: { user: 'qpkeys', key: `${KEY}\n${OTHER}\n`, exclusive: true },
      given: `${given}; install -d -m 700 -o qpkeys ~qpkeys/.ssh; echo 'ssh-rsa AAAA old' > ~qpkeys/.ssh/authorized_keys`,
    },
    { title: 'Only from one address', args: { user: 'qpkeys', key: KEY, key_options: 'from="10.0.0.1",no-pty' }, given },
    {
      title: 'Lock a key out',
      args: { user: 'qpkeys', key: OTHER, state: 'absent' },
      given: `${given}; install -d -m 700 -o qpkeys ~qpkeys/.ssh; echo '${OTHER}' > ~qpkeys/.ssh/authorized_keys`,
    },
  ],
  prepare: async (args: Args, controller: Controller) => {
    if (!/^https?:\/\//.test(args.key.trim())) return args.key;
    const answer = await fetch(args.key.trim(), { signal: AbortSignal.timeout(30_000) }).catch((error: unknown) => String(error));
    if (typeof answer === 'string' || !answer.ok)
      throw inputError('key-url', `The keys could not be fetched from ${args.key.trim()}: ${typeof answer === 'string' ? answer : `status ${answer.status}`}`, {
        host: controller.host,
      });
    return answer.text();
  },
  probe: (args) => sh`entry=$(getent passwd ${args.user} || grep ${`^${args.user}:`} /etc/passwd)
if [ -z "$entry" ]; then echo user=none; exit 0; fi
home=\${entry%:*}; home=\${home##*:}
file=${args.path === undefined ? sh`$home/.ssh/authorized_keys` : expanded(args.path)}
echo "file=$file"
if [ -d "\${file%/*}" ]; then echo dir=yes; fi
${readFile('keys', sh`"$file"`)}`,
  plan: (args, seen, prepared): Plan => planKeys(args, seen.stdout, prepared),
});

function planKeys(args: Args, stdout: string, keys: string): Plan {
  const head = fields(stdout.split('\x1e')[0] ?? '');
  const parts = sections(stdout);
  if (head.get('user') === 'none') return premature(`User ${args.user} does not exist`, 'Make the account with the user module before');
  const file = head.get('file') as string;
  if (parts.has('keys closed')) return impossible(`${file} may not be read`, 'Use `become: true`');
  const given = parseKeys(keys);
  const wanted = given.filter((line) => line.kind === 'key');
  const invalid = given.flatMap((line) => (line.kind === 'other' && line.text.trim() !== '' && !line.text.trim().startsWith('#') ? [line.text] : []))[0];
  if (invalid !== undefined || (wanted.length === 0 && !args.exclusive))
    return impossible(`invalid key specified: ${invalid ?? keys}`, 'A key looks like `ssh-ed25519 AAAA... comment`');
  const before = parts.get('keys');
  const after = mergeKeys(before ?? '', wanted, args);
  const result = {
    user: args.user,
    key: args.key,
    keyfile: file,
    key_options: args.key_options ?? null,
    exclusive: args.exclusive,
    state: args.state,
    manage_dir: args.manage_dir,
    path: args.path ?? null,
  };
  if (after === (before ?? '') && (before !== undefined || args.state === 'absent')) return { is: 'right', result };
  if (before === undefined && args.state === 'absent') return { is: 'right', result };
  const folder = file.slice(0, file.lastIndexOf('/'));
  if (!args.manage_dir && head.get('dir') !== 'yes') return premature(`The folder ${folder} does not exist`, 'Set `manage_dir: true`, or make it before');
  return { is: 'wrong', diff: [{ label: file, before: before ?? '', after }], uploads: { keys: after }, result, apply: applyKeys(args, file, folder) };
}

const applyKeys = (args: Args, file: string, folder: string) =>
  lines(
    sh`group=$(id -g -- ${args.user}) || exit`,
    args.manage_dir &&
      sh`if [ ! -d ${folder} ]; then mkdir -p -- ${folder} || exit; fi
chmod 700 -- ${folder} && chown ${args.user}:"$group" -- ${folder} || exit`,
    sh`to=${file}; [ ! -L "$to" ] || to=$(readlink -f -- "$to") || exit
new=$(mktemp "\${to%/*}/.qp.XXXXXX") || exit
if cat -- "$up_keys" >"$new" && if [ -e "$to" ]; then chmod "$(stat -c %a -- "$to")" "$new" && chown "$(stat -c %u:%g -- "$to")" "$new"; else chmod 600 "$new" && chown ${args.user}:"$group" "$new"; fi && mv -f -- "$new" "$to"; then :
else code=$?; rm -f -- "$new"; exit "$code"; fi
if [ -d /sys/fs/selinux ] && command -v restorecon >/dev/null 2>&1; then restorecon -F ${folder} "$to" || :; fi`,
  );

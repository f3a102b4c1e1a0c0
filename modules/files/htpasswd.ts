import { inputError } from '../../engine/error.ts';
import { randomSalt } from '../../engine/jinja/python/crypt.ts';
import { type ArgsOf, type Diff, defineModule, type Plan } from '../../engine/module/contract.ts';
import { ATTRIBUTES } from './attributes.ts';
import { type EditPrepared, planEdit, prepareEdit, probeEdit, splitLines, toBytes } from './edit.ts';
import { hashed, matches, SCHEMES } from './htpasswd-hash.ts';
import { recordsOf } from './records.ts';

const options = {
  path: { type: 'path', required: true, aliases: ['dest', 'destfile'], description: 'The file of users and passwords.' },
  name: { type: 'str', required: true, aliases: ['username'], description: 'The user.' },
  password: { type: 'str', secret: true, description: 'The password; needed unless the user shall be absent.' },
  hash_scheme: {
    type: 'str',
    default: 'apr_md5_crypt',
    aliases: ['crypt_scheme'],
    choices: SCHEMES,
    description: 'How a new password is hashed. One that is right stays as it was hashed before.',
  },
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: 'Whether the user is there.' },
  create: { type: 'bool', default: true, description: 'Make the file, and its folder, when there is none.' },
  ...ATTRIBUTES,
  unsafe_writes: { type: 'bool', default: false, description: 'Write in place where the file cannot be replaced in one step.' },
} as const;

type Args = ArgsOf<typeof options>;
type Prepared = EditPrepared & { readonly salt: string };

export default defineModule<typeof options, Prepared>({
  name: 'htpasswd',
  fqcn: ['community.general.htpasswd'],
  summary: 'Keeps a user in a password file of a web server.',
  notes: [
    'The password is hashed and compared on the control node: the host needs neither htpasswd nor passlib.',
    '`des_crypt` is not known; a password hashed so is replaced.',
  ],
  source: 'community.general.htpasswd; htpasswd(1)',
  options,
  returns: { msg: 'What was done, in words.' },
  examples: [
    {
      title: 'A user',
      args: { path: '/etc/qp-users', name: 'janedoe', password: '9s36?;fyNp', owner: 'root', group: 'www-data', mode: '0640' },
      given: 'rm -f /etc/qp-users',
    },
    {
      title: 'Another password',
      args: { path: '/etc/qp-users', name: 'jane', password: 'new', hash_scheme: 'md5_crypt' },
      given: "printf 'joe:{SHA}x\\njane:{SHA}y\\n' >/etc/qp-users",
    },
    { title: 'No such user', args: { path: '/etc/qp-users', name: 'foobar', state: 'absent' }, given: "printf 'foobar:{SHA}x\\njoe:{SHA}y\\n' >/etc/qp-users" },
  ],
  async prepare(args, controller): Promise<Prepared> {
    if (args.state === 'present' && args.password === undefined) throw inputError('value', 'A user needs a password');
    if (args.name.includes(':')) throw inputError('value', 'A name of a user has no colon');
    return { ...(await prepareEdit(whole(args), controller)), salt: randomSalt(22) };
  },
  probe: (args) => probeEdit(whole(args)),
  plan: (args, seen, prepared, before) => {
    const records = recordsOf(seen);
    if (args.state === 'absent' && records.get('look') === undefined && records.get('parent') !== 'closed')
      return { is: 'right', result: { msg: `${args.name} not present` } };
    if (!args.create && records.get('look') === undefined && records.get('parent') !== undefined)
      return { is: 'premature', why: `Destination ${args.path} does not exist`, hint: 'create: true makes it' };
    return masked(
      planEdit(whole(args), prepared, seen, before, (text) => edited(args, prepared.salt, text)),
      args.name,
    );
  },
});

const whole = (args: Args) => ({ ...args, backup: false });

function edited(args: Args, salt: string, text: string | undefined) {
  const lines = splitLines(text ?? '');
  const start = toBytes(`${args.name}:`);
  const at = lines.findIndex((line) => line.startsWith(start));
  if (args.state === 'absent') {
    if (at < 0) return { text: text ?? '', result: { msg: `${args.name} not present` } };
    return { text: lines.filter((line) => !line.startsWith(start)).join(''), result: { msg: `Remove ${args.name}` } };
  }
  const password = args.password as string;
  const kept = lines[at]
    ?.slice(start.length)
    .replace(/[\r\n]+$/, '')
    .split(':')[0];
  if (kept !== undefined && matches(password, kept)) return { text: text ?? '', result: { msg: `${args.name} already present` } };
  const line = `${start}${toBytes(hashed(password, args.hash_scheme, salt))}\n`;
  const made = at < 0 ? [...lines.map(ended), line] : lines.map((one, i) => (i === at ? line : one));
  return { text: made.join(''), result: { msg: text === undefined ? `Created ${args.path} and added ${args.name}` : `Add/update ${args.name}` } };
}

/** Hashes are nobody's business. */
function masked(plan: Plan, name: string): Plan {
  if (plan.is !== 'wrong') return plan;
  const hide = (text: Diff['before'], mine: string): Diff['before'] =>
    typeof text !== 'string' ? text : text.replace(/^([^:\n]+):.*$/gm, (_, user: string) => `${user}:${user === name ? mine : '********'}`);
  return { ...plan, diff: plan.diff.map((one) => ({ ...one, before: hide(one.before, 'another password'), after: hide(one.after, 'the password as asked') })) };
}

const ended = (line: string): string => (line.endsWith('\n') ? line : `${line}\n`);

import { inputError } from '../../engine/error.ts';
import { type ArgsOf, defineModule } from '../../engine/module/contract.ts';
import { type EditPrepared, planEdit, prepareEdit, probeEdit, splitLines, toBytes } from '../files/edit.ts';

const ITEMS = [
  'as',
  'chroot',
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'maxlogins',
  'maxsyslogins',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'priority',
  'rss',
  'rtprio',
  'sigpending',
  'stack',
] as const;

const options = {
  domain: { type: 'str', required: true, description: 'User, `@group`, `*`, or a range of numbers.' },
  limit_type: { type: 'str', required: true, choices: ['hard', 'soft', '-'], description: 'Which limit; `-` is both.' },
  limit_item: { type: 'str', required: true, choices: ITEMS, description: 'What is limited.' },
  value: { type: 'str', required: true, description: 'A number, or `unlimited`, `infinity` or `-1`.' },
  use_max: { type: 'bool', default: false, description: 'The larger of what is there and `value`.' },
  use_min: { type: 'bool', default: false, description: 'The smaller of what is there and `value`.' },
  backup: { type: 'bool', default: false, description: 'Keep a copy of the old file beside it, with the time in its name.' },
  dest: { type: 'path', default: '/etc/security/limits.conf', description: 'The file.' },
  comment: { type: 'str', default: '', description: 'Comment at the end of the line.' },
} as const;

type Args = ArgsOf<typeof options>;

const ENDLESS: ReadonlySet<string> = new Set(['unlimited', 'infinity', '-1']);

export default defineModule({
  name: 'pam_limits',
  fqcn: ['community.general.pam_limits'],
  summary: 'Sets a limit on what users may take of a host.',
  options,
  source: 'community.general.pam_limits; limits.conf(5)',
  returns: { msg: 'The line.', backup_file: 'Path of the copy of the old file.' },
  examples: [
    {
      title: 'Open files',
      args: { domain: 'redis', limit_type: '-', limit_item: 'nofile', value: '65536', dest: '/etc/security/limits.d/qplay.conf' },
      given: 'mkdir -p /etc/security/limits.d; printf "redis\\t-\\tnofile\\t1024\\n" >/etc/security/limits.d/qplay.conf',
    },
    {
      title: 'At least so many, with a comment',
      args: { domain: '@dba', limit_type: 'hard', limit_item: 'nproc', value: '4096', use_max: true, comment: 'for the database' },
      given: 'mkdir -p /etc/security; [ -e /etc/security/limits.conf ] || : >/etc/security/limits.conf; sed -i /@dba/d /etc/security/limits.conf',
    },
  ],
  async prepare(args, controller): Promise<EditPrepared> {
    if (args.use_max && args.use_min) throw inputError('limits', 'Cannot use use_min and use_max at the same time.');
    if (!/^-?\d+$/.test(args.value) && !ENDLESS.has(args.value))
      throw inputError(
        'limits',
        `Value of '${args.value}' for item '${args.limit_item}' is invalid. Value must either be a number, 'unlimited', 'infinity' or '-1'.`,
      );
    return prepareEdit(fileOf(args), controller);
  },
  probe: (args) => probeEdit(fileOf(args)),
  plan: (args, seen, prepared, before) =>
    planEdit({ ...fileOf(args), create: true, attributeWords: false }, prepared, seen, before, (text) => edited(args, text ?? '')),
});

const fileOf = (args: Args) => ({ path: args.dest, backup: args.backup, unsafe_writes: false });

function edited(args: Args, old: string): { text: string; result: { msg: string } } {
  let msg: string | undefined;
  let comment = args.comment;
  const lines = splitLines(old).map((line) => {
    const found = limitIn(line);
    if (found === undefined) return line;
    if (comment === '') comment = found.comment;
    if (found.key !== `${args.domain} ${args.limit_type} ${args.limit_item}`) return line;
    const value = chosen(args, found.value);
    const made = value === found.value ? line : lineOf(args, value, comment);
    msg = made;
    return made;
  });
  if (msg !== undefined) return { text: lines.join(''), result: { msg } };
  const added = lineOf(args, args.value, comment);
  return { text: lines.join('') + added, result: { msg: added } };
}

interface Limit {
  readonly key: string;
  readonly value: string;
  readonly comment: string;
}

function limitIn(line: string): Limit | undefined {
  if (line.startsWith('#')) return undefined;
  const at = line.indexOf('#');
  const words = (at < 0 ? line : line.slice(0, at)).trim().split(/\s+/);
  if (words.length !== 4) return undefined;
  return { key: words.slice(0, 3).join(' '), value: words[3] as string, comment: at < 0 ? '' : line.slice(at + 1).replace(/\n$/, '') };
}

function chosen({ value, use_max, use_min, limit_item }: Args, now: string): string {
  if (value === now || (!use_max && !use_min)) return value;
  const endless = (text: string): boolean => ENDLESS.has(text) && limit_item !== 'nice' && limit_item !== 'priority';
  if (endless(now) || endless(value)) return use_max === endless(now) ? now : value;
  const [a, b] = [Number(value), Number(now)];
  return String(use_max ? Math.max(a, b) : Math.min(a, b));
}

const lineOf = (args: Args, value: string, comment: string): string =>
  toBytes(`${args.domain}\t${args.limit_type}\t${args.limit_item}\t${value}${comment === '' ? '' : `\t#${comment}`}\n`);

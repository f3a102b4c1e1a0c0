import { type ArgsOf, defineModule, lines, type Observed, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { type FstabEntry, unescaped, withEntry, withoutEntry } from './fstab.ts';
import { expanded, impossible, premature, section, sections, textLines } from './lib.ts';
import { readFile, replaceFile } from './textfile.ts';

const options = {
  path: { type: 'path', required: true, aliases: ['name'], description: 'Where it is mounted.' },
  src: { type: 'path', description: 'What is mounted: a device, `UUID=...`, `host:/export`, a folder for a bind mount.' },
  fstype: { type: 'str', description: 'Kind of file system.' },
  opts: { type: 'str', description: 'Options; `defaults` when absent.' },
  state: {
    type: 'str',
    required: true,
    choices: ['mounted', 'present', 'unmounted', 'absent', 'absent_from_fstab', 'remounted', 'ephemeral'],
    description:
      '`mounted`: in fstab and mounted; `present`: in fstab; `unmounted`: not mounted; `absent`: neither, and the folder removed; `absent_from_fstab`: not in fstab; `remounted`: mounted anew, a change each time; `ephemeral`: mounted without fstab.',
  },
  boot: { type: 'bool', default: true, description: 'Whether it is mounted at boot.' },
  dump: { type: 'str', default: '0', description: 'Fifth field of fstab.' },
  passno: { type: 'str', default: '0', description: 'Order in which file systems are checked at boot; `0` for never.' },
  fstab: { type: 'str', default: '/etc/fstab', description: 'File in place of /etc/fstab; only `present` and `absent_from_fstab` make sense with another.' },
  backup: { type: 'bool', default: false, description: 'Keep the old fstab beside the new one.' },
  opts_no_log: { type: 'bool', default: false, description: 'Do not show the options in the diff.' },
} as const;

type Args = ArgsOf<typeof options>;

const clean = (path: string) => `umount ${path} 2>/dev/null; sed -i '\\# ${path} #d' /etc/fstab; rm -rf ${path}`;

export default defineModule({
  name: 'mount',
  fqcn: ['ansible.posix.mount'],
  summary: 'Mounts file systems, for now and for each boot.',
  source: 'ansible.posix.mount; fstab(5), mount(8)',
  options,
  rules: {
    requiredIf: [
      ['state', 'mounted', ['src', 'fstype']],
      ['state', 'present', ['src', 'fstype']],
      ['state', 'ephemeral', ['src', 'fstype']],
    ],
  },
  returns: {
    name: 'Where it is mounted.',
    src: 'What is mounted.',
    fstype: 'Kind of file system.',
    opts: 'Options.',
    dump: 'Fifth field of fstab.',
    passno: 'Sixth field of fstab.',
    fstab: 'The file.',
  },
  examples: [
    {
      title: 'Mounted now and at each boot',
      args: { path: '/mnt/qp-scratch', src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m,mode=700', state: 'mounted' },
      given: clean('/mnt/qp-scratch'),
    },
    {
      title: 'A bind mount at each boot only',
      args: { path: '/mnt/qp-bind', src: '/srv', fstype: 'none', opts: 'bind', state: 'present' },
      given: clean('/mnt/qp-bind'),
    },
    {
      title: 'Not mounted now',
      args: { path: '/mnt/qp-off', state: 'unmounted' },
      given: 'mkdir -p /mnt/qp-off; mountpoint -q /mnt/qp-off || mount -t tmpfs tmpfs /mnt/qp-off',
    },
    {
      title: 'Gone, with its folder',
      args: { path: '/mnt/qp-gone', state: 'absent' },
      given: "mkdir -p /mnt/qp-gone; echo 'tmpfs /mnt/qp-gone tmpfs defaults 0 0' >> /etc/fstab; mount /mnt/qp-gone",
    },
  ],
  probe: (args) => sh`path=${expanded(args.path)}
case $path in /) ;; */) path=\${path%/};; esac
real=$(readlink -f -- "$path" 2>/dev/null) || real=$path
${section('where')}
printf '%s\\n' "$path" "\${real:-$path}"
[ -d "$path" ] && echo dir
[ -e "$path" ] && echo there
${section('mounts')}
cat /proc/self/mounts
${readFile('fstab', expanded(args.fstab))}`,
  plan: (args, seen, _prepared, before): Plan => planMount(args, seen, before),
});

/** What is mounted at a path, uppermost last. */
const mountsAt = (text: string, path: string): string[] => textLines(text).filter((line) => unescaped(line.split(' ')[1] ?? '') === path);

function wantedEntry(args: Args, path: string): FstabEntry {
  const opts = args.opts ?? 'defaults';
  const noauto = opts.split(',').includes('noauto');
  return { src: args.src ?? '', path, fstype: args.fstype ?? '', opts: args.boot || noauto ? opts : `${opts},noauto`, dump: args.dump, passno: args.passno };
}

function planMount(args: Args, seen: Observed, before: Observed | undefined): Plan {
  const parts = sections(seen.stdout);
  const [path = args.path, real = path, ...marks] = textLines(parts.get('where') ?? '');
  if (parts.has('fstab closed')) return impossible(`${args.fstab} may not be read`, 'Use `become: true`');
  const table = parts.get('fstab') ?? '';
  const entry = wantedEntry(args, path);
  const mounted = mountsAt(parts.get('mounts') ?? '', real).length > 0;
  const adds = args.state === 'mounted' || args.state === 'present';
  const removes = args.state === 'absent' || args.state === 'absent_from_fstab';
  const text = adds ? withEntry(table, entry) : removes ? withoutEntry(table, path, args.src) : table;
  const result = { name: path, src: args.src ?? null, fstype: args.fstype ?? null, opts: entry.opts, dump: args.dump, passno: args.passno, fstab: args.fstab };
  if (args.state === 'remounted' && !mounted) return premature(`${path} is not mounted, so it cannot be mounted anew`, 'Use `state: mounted`');
  const steps = stepsOf({ args, path, entry, tableChanges: text !== table, mounted, marks, again: before === undefined });
  if (text === table && steps.length === 0) return { is: 'right', result };
  const diff = [
    ...(text === table ? [] : [tableDiff(args, table, text)]),
    ...steps.map((step) => ({ label: path, before: { state: step.before }, after: { state: step.after } })),
  ];
  const write =
    text !== table &&
    lines(
      args.backup && sh`cp -p -- ${args.fstab} ${args.fstab}.$(date +%Y%m%d%H%M%S)~ || exit`,
      replaceFile('fstab', expanded(args.fstab), '644'),
      sh`[ ! -d /run/systemd/system ] || systemctl daemon-reload || :`,
    );
  // what is unmounted goes before its line does; what is mounted needs the line
  const order = args.state === 'absent' ? [...steps.map((step) => step.apply), write] : [write, ...steps.map((step) => step.apply)];
  return { is: 'wrong', diff, ...(text === table ? {} : { uploads: { fstab: text } }), apply: lines(...order), result };
}

const tableDiff = (args: Args, before: string, after: string) => {
  const hidden =
    args.opts_no_log && args.opts !== undefined ? (text: string) => text.replaceAll(args.opts as string, '(options not shown)') : (text: string) => text;
  return { label: args.fstab, before: hidden(before), after: hidden(after) };
};

interface Situation {
  readonly args: Args;
  readonly path: string;
  readonly entry: FstabEntry;
  readonly tableChanges: boolean;
  readonly mounted: boolean;
  readonly marks: readonly string[];
  /** Whether a wish that is no state still has to be granted. */
  readonly again: boolean;
}

interface Step {
  readonly before: string;
  readonly after: string;
  readonly apply: Script;
}

function stepsOf({ args, path, entry, tableChanges, mounted, marks, again }: Situation): Step[] {
  const folder = sh`[ -e ${path} ] || mkdir -p -- ${path} || exit`;
  if (args.state === 'unmounted' || args.state === 'absent') {
    const steps: Step[] = mounted ? [{ before: 'mounted', after: 'unmounted', apply: sh`umount -- ${path} || exit` }] : [];
    if (args.state === 'absent' && marks.includes('dir')) steps.push({ before: 'folder', after: 'absent', apply: sh`rmdir -- ${path} || exit` });
    return steps;
  }
  if (args.state === 'remounted')
    return again
      ? [{ before: 'mounted', after: 'mounted anew', apply: sh`mount -o ${args.opts === undefined ? 'remount' : `remount,${args.opts}`} -- ${path} || exit` }]
      : [];
  if (args.state === 'ephemeral')
    return mounted
      ? []
      : [
          {
            before: 'unmounted',
            after: 'mounted',
            apply: sh`${folder}
mount -t ${entry.fstype} -o ${entry.opts} -- ${entry.src} ${path} || exit`,
          },
        ];
  if (args.state !== 'mounted') return [];
  if (!mounted)
    return [
      {
        before: 'unmounted',
        after: 'mounted',
        apply: sh`${folder}
mount ${args.fstab === '/etc/fstab' ? [] : ['-T', args.fstab]} -- ${path} || exit`,
      },
    ];
  // a changed line is put in force: by a remount where the kernel can, else by mounting it again
  return tableChanges
    ? [
        {
          before: 'mounted as before',
          after: 'mounted as asked',
          apply: sh`mount -o remount -- ${path} 2>/dev/null || { umount -- ${path} && mount -- ${path}; } || exit`,
        },
      ]
    : [];
}

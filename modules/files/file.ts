import { type ArgsOf, defineModule, type Observed, type Plan, type Script, sh } from '../../engine/module/contract.ts';
import { applyAttributes, attributeDiff, describe, fits, isPlan, type Look, lookOf, noParent, readIds, settle, wantedOf } from './attributes.ts';
import { fileOptions } from './file-options.ts';
import { planRecurse, probeRecurse } from './file-recurse.ts';
import { applyTimes, readTimes, timeOf } from './file-times.ts';
import { modeWarning } from './mode.ts';
import { folderOf, pathWord } from './path.ts';
import { makeFolders } from './place.ts';
import { groupsBy, type Records, recordsOf } from './records.ts';
import { LOOK } from './shell.ts';

export type FileArgs = ArgsOf<typeof fileOptions>;

/** The host's side of one call. */
export interface Seen {
  readonly records: Records;
  /** As expanded on the host. */
  readonly path: string;
  /** What is at the path itself. */
  readonly own: Look | undefined;
  /** Where it leads when it is a link that is followed, and what is there. */
  readonly real: { readonly path: string; readonly look: Look | undefined };
}

/** What Ansible tells of a path where a link leads: the link. */
const asLink = ({ path, own }: Seen): Readonly<Record<string, unknown>> => (own?.type === 'link' ? { dest: path, src: own.target, ...describe(own) } : {});

export default defineModule({
  name: 'file',
  fqcn: ['ansible.builtin.file'],
  summary: 'Makes files, folders and links, sets their owner and mode, or removes them.',
  options: fileOptions,
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/file_module.html',
  returns: {
    path: 'Path that was managed.',
    dest: 'The same, for links.',
    src: 'What a link points at.',
    uid: 'Number of the owner.',
    gid: 'Number of the group.',
    owner: 'Name of the owner.',
    group: 'Name of the group.',
    mode: 'Permissions, such as `0755`.',
    size: 'Size in bytes.',
    state: '`absent`, `directory`, `file`, `hard` or `link`.',
  },
  examples: [
    {
      title: 'Make a folder and those above it',
      args: { path: '/srv/qplay/data/one', state: 'directory', mode: '0750', owner: 'root', group: 'root' },
      given: 'rm -rf /srv/qplay',
    },
    {
      title: 'Give a tree to a user; capital X enters folders only',
      args: { path: '/srv/qplay', state: 'directory', recurse: true, owner: 'daemon', mode: 'u=rwX,g=rX,o=' },
      given: 'rm -rf /srv/qplay; mkdir -p /srv/qplay/a; echo 1 >/srv/qplay/a/f; chmod 600 /srv/qplay/a/f',
    },
    { title: 'Point a link at a file', args: { src: '/etc/hostname', dest: '/srv/name', state: 'link' }, given: 'rm -f /srv/name' },
    { title: 'Remove a folder with all in it', args: { path: '/srv/qplay', state: 'absent' }, given: 'mkdir -p /srv/qplay/a/b' },
    {
      title: 'Make an empty file where there is none, and leave the times of an old one',
      args: { path: '/srv/mark', state: 'touch', mode: '0600', modification_time: 'preserve', access_time: 'preserve' },
      given: 'rm -f /srv/mark',
    },
  ],

  async prepare(args, controller): Promise<undefined> {
    const warning = modeWarning(args.mode);
    if (warning !== undefined) controller.warn(warning);
    return undefined;
  },
  probe: probeFile,
  plan: (args, output, _prepared, before): Plan => {
    const records = recordsOf(output);
    const groups = groupsBy(records, 'at');
    const [own, real] = groups.map((group) => lookOf(group.get('look'), group.get('to')));
    const path = groups[0]?.get('at');
    if (path === undefined) return { is: 'impossible', why: `The host could not be asked about ${args.path}: ${output.stderr.trim()}` };
    const follow = groups.length > 1;
    const seen: Seen = { records, path, own, real: { path: groups[1]?.get('at') ?? path, look: follow ? real : own } };
    return PLANS[stateOf(args, seen)](args, seen, before);
  },
});

type State = NonNullable<FileArgs['state']>;

/** Looks at the path, where it leads, and at the source of a link. */
function probeFile(args: FileArgs): Script {
  const path = args.path.replace(/(?<=.)\/+$/, '');
  return sh`${LOOK}p=${pathWord(path)}
printf 'at=%s\\0' "$p"
qp_look "$p"
${
  looksBehind(args) &&
  sh`if [ -L "$p" ]; then
  q=$(readlink -f -- "$p") || q=$p
  printf 'at=%s\\0' "$q"
  qp_look "$q"
fi`
}
${readIds(args)}
${args.src !== undefined && probeSource(args.src, args.state === 'hard')}
${readTimes(args)}
${(args.state === 'link' || args.state === 'hard') && sh`if [ -d "$p" ] && [ ! -L "$p" ] && [ -n "$(ls -A -- "$p" 2>/dev/null)" ]; then printf 'full=1\\0'; fi`}
${args.recurse && probeRecurse(args.follow)}`;
}

/** Whether it matters what a link at the path points at: for a mere link only its text does. */
function looksBehind(args: FileArgs): boolean {
  const asked = [...Object.values(wantedOf(args)), args.access_time, args.modification_time];
  return args.follow && !(args.state === 'link' && asked.every((one) => one === undefined));
}

/** A relative source of a link is meant from the link's folder. Which file it is matters to a hard link only. */
const probeSource = (src: string, which: boolean): Script => sh`s=${pathWord(src)}
printf 'src=%s\\0' "$s"
if [ -d "$p" ] && [ ! -L "$p" ]; then d=$p; else case $p in */*) d=\${p%/*}/ ;; *) d=./ ;; esac; fi
case $s in /*) a=$s ;; *) a=\${d%/}/$s ;; esac
if [ -e "$a" ]; then printf 'there=%s\\0' ${which ? sh`"$(stat -Lc '%d %i' -- "$a")"` : 'yes'}; fi`;

function stateOf(args: FileArgs, seen: Seen): State {
  if (args.state !== undefined) return args.state;
  if (seen.own === undefined) return args.recurse ? 'directory' : 'file';
  const type = seen.real.look?.type ?? seen.own.type;
  return type === 'directory' || type === 'link' ? type : 'file';
}

const PLANS: Record<State, (args: FileArgs, seen: Seen, before: Observed | undefined) => Plan> = {
  absent: planAbsent,
  directory: planDirectory,
  file: planExisting,
  touch: planTouch,
  link: planLink,
  hard: planHard,
};

function planAbsent(_args: FileArgs, { path, own }: Seen): Plan {
  const result = { path, state: 'absent' };
  if (own === undefined) return { is: 'right', result };
  if (path === '/') return { is: 'impossible', why: 'The root folder is not removed' };
  return { is: 'wrong', diff: [{ before: { state: own.type }, after: { state: 'absent' }, label: path }], apply: sh`rm -rf -- ${path} || exit 1`, result };
}

function planDirectory(args: FileArgs, seen: Seen): Plan {
  const { real, records, own } = seen;
  if (real.look !== undefined && real.look.type !== 'directory')
    return { is: 'impossible', why: `${real.path} already exists as a ${real.look.type}`, hint: 'Remove it with a task before this one (state: absent)' };
  const settled = settle(args, records, real.look, { mode: 0o777, directory: true });
  if (isPlan(settled)) return settled;
  const result = { path: real.path, state: 'directory' };
  if (real.look === undefined) {
    if (own === undefined && records.get('parent') === 'file') return noParent('file', real.path, folderOf(real.path)) as Plan;
    return {
      is: 'wrong',
      diff: [{ before: { state: 'absent' }, after: { state: 'directory' }, label: real.path }],
      apply: makeFolders(real.path, settled),
      result,
    };
  }
  if (args.recurse) return planRecurse(args, seen, real.look);
  return planAttributes(args, seen);
}

/** Owner, group, mode and times of what is there. */
function planAttributes(args: FileArgs, seen: Seen, extra: Readonly<Record<string, unknown>> = {}): Plan {
  const { real, records } = seen;
  const look = real.look as Look;
  const settled = settle(args, records, look, { mode: 0o666, directory: look.type === 'directory' });
  if (isPlan(settled)) return settled;
  const result = { path: seen.path, ...describe(look), ...asLink(seen), ...extra };
  const times = applyTimes(args, real.path, records);
  if (fits(look, settled) && times === undefined) return { is: 'right', result };
  const diff = [...(fits(look, settled) ? [] : [attributeDiff(look, settled, real.path)]), ...(times === undefined ? [] : [times.diff])];
  return { is: 'wrong', diff, apply: sh`${applyAttributes(real.path, settled, look)}\n${times?.apply}`, result };
}

function planExisting(args: FileArgs, seen: Seen): Plan {
  const { real, path } = seen;
  if (real.look === undefined)
    return {
      is: 'premature',
      why: `file (${path}) is absent, cannot continue`,
      hint: 'state: file only changes what is there; state: touch, or the module copy, makes a file',
      result: { path, state: 'absent' },
    };
  if (args.state === 'file' && (real.look.type === 'directory' || real.look.type === 'link'))
    return { is: 'impossible', why: `file (${real.path}) is ${real.look.type}, cannot continue`, result: { path, state: real.look.type } };
  return planAttributes(args, seen);
}

function planTouch(args: FileArgs, seen: Seen, before: Observed | undefined): Plan {
  const { real, records } = seen;
  if (real.look === undefined) {
    const refused = noParent(records.get('parent'), real.path, folderOf(real.path));
    if (refused !== undefined) return refused;
    const settled = settle(args, records, undefined, { mode: 0o666, directory: false });
    if (isPlan(settled)) return settled;
    const times = applyTimes(args, real.path, records);
    const apply = sh`: >>${real.path} || exit 1\n${applyAttributes(real.path, settled)}\n${times?.apply}`;
    return {
      is: 'wrong',
      diff: [{ before: { state: 'absent' }, after: { state: 'touch' }, label: real.path }],
      apply,
      result: { dest: real.path, state: 'file' },
    };
  }
  const plan = planAttributes(args, seen, { dest: real.path });
  const now = (['access_time', 'modification_time'] as const).filter((name) => timeOf(args, name, 'now') === 'now');
  // Touching is an event, not a state: it has happened when there was an apply
  if (now.length === 0 || before !== undefined || (plan.is !== 'right' && plan.is !== 'wrong')) return plan;
  const touch = sh`touch -c ${now.length === 2 ? undefined : now[0] === 'access_time' ? '-a' : '-m'} -- ${real.path} || exit 1`;
  const diff = { before: { [now[0] as string]: 'old' }, after: { [now[0] as string]: 'now' }, label: real.path };
  if (plan.is === 'right') return { is: 'wrong', diff: [diff], apply: touch, ...(plan.result && { result: plan.result }) };
  return { ...plan, diff: [...plan.diff, diff], apply: sh`${touch}\n${plan.apply}` };
}

function planLink(args: FileArgs, seen: Seen): Plan {
  const { path, own, records } = seen;
  const src = records.get('src') ?? (own?.type === 'link' ? own.target : undefined);
  if (src === undefined) return { is: 'impossible', why: 'src is required for creating new symlinks' };
  const exists = records.get('there') !== undefined || args.src === undefined;
  if (!exists && !args.force)
    return {
      is: 'premature',
      why: `src file ${src} does not exist`,
      hint: 'force: true makes the link all the same',
      result: { path, src, msg: `src file does not exist, use "force=yes" if you really want to create the link: ${linkedTo(seen, src)}` },
    };
  const refused = refusedLink(args, seen, 'link');
  if (refused !== undefined) return refused;
  const result = { dest: path, src, ...(own?.type === 'link' && describe(own)), state: 'link' };
  if (own?.type !== 'link' || own.target !== src) {
    const diff = {
      before: own === undefined ? { state: 'absent' } : { state: own.type, ...(own.target !== undefined && { src: own.target }) },
      after: { state: 'link', src },
      label: path,
    };
    return { is: 'wrong', diff: [diff], apply: sh`${linkAt(sh`ln -s -- ${src}`, path)}\n${afterLink(args, seen, path)}`, result };
  }
  if (args.follow && seen.real.look !== undefined && seen.real.look.type !== 'link') {
    const plan = planAttributes(args, seen);
    return plan.is === 'right' || plan.is === 'wrong' ? { ...plan, result } : plan;
  }
  if (args.follow) return { is: 'right', result };
  return planLinkOwner(args, seen, result);
}

/** Where a link with that text leads. */
const linkedTo = ({ path, own }: Seen, src: string): string => (src.startsWith('/') ? src : `${own?.type === 'directory' ? path : folderOf(path)}/${src}`);

/** A link's own owner; its mode means nothing. */
function planLinkOwner(args: FileArgs, { path, own, records }: Seen, result: Readonly<Record<string, unknown>>): Plan {
  const look = own as Look;
  const settled = settle({ owner: args.owner, group: args.group }, records, look, { mode: 0o777, directory: false });
  if (isPlan(settled)) return settled;
  if (fits(look, settled)) return { is: 'right', result };
  const apply = sh`chown -h ${`${settled.uid ?? look.uid}:${settled.gid ?? look.gid}`} -- ${path} || exit 1`;
  return { is: 'wrong', diff: [attributeDiff(look, settled, path)], apply, result };
}

/** Owner and mode of a target that is seen only once the link stands: Ansible sets them on what it points at. */
function afterLink(args: FileArgs, { records }: Seen, path: string): Script | undefined {
  if (args.owner === undefined && args.group === undefined && args.mode === undefined) return undefined;
  const settled = settle({ owner: args.owner, group: args.group }, records, undefined, { mode: 0o777, directory: false });
  if (isPlan(settled)) return undefined;
  const owner = `${settled.uid ?? ''}${settled.gid === undefined ? '' : ':' + settled.gid}`;
  const mode = args.mode === undefined ? undefined : typeof args.mode === 'number' ? args.mode.toString(8) : String(args.mode);
  if (!args.follow) return owner === '' ? undefined : sh`chown -h ${owner} -- ${path} || exit 1`;
  return sh`if [ -e ${path} ]; then
  ${owner !== '' && sh`chown ${owner} -- ${path} || exit 1`}
  ${mode !== undefined && sh`chmod ${mode} -- ${path} || exit 1`}
fi`;
}

function refusedLink(args: FileArgs, { path, own, records }: Seen, kind: 'link' | 'hard'): Plan | undefined {
  if (own === undefined) return noParent(records.get('parent'), path, folderOf(path));
  if (own.type === 'link' || (kind === 'hard' && own.type !== 'directory' && args.force)) return undefined;
  if (!args.force)
    return {
      is: 'impossible',
      why: `refusing to convert from ${own.type} to ${kind === 'link' ? 'symlink' : 'hard link'} for ${path}`,
      hint: 'force: true replaces it',
      result: { path },
    };
  if (own.type === 'directory' && records.get('full') !== undefined)
    return { is: 'impossible', why: `The folder ${path} is not empty and is not turned into a link` };
  return undefined;
}

/** Makes a link in one step: under another name first, then renamed over what is there. */
const linkAt = (make: Script, path: string): Script => sh`if [ -d ${path} ] && [ ! -L ${path} ]; then rmdir -- ${path} || exit 1; fi
t=${path}.qplay.$$
${make} "$t" || exit 1
mv -fT -- "$t" ${path} 2>/dev/null || { rm -f -- ${path} && mv -f -- "$t" ${path}; } || { rm -f -- "$t"; exit 1; }`;

function planHard(args: FileArgs, seen: Seen): Plan {
  const { path, own, records } = seen;
  const src = records.get('src');
  const there = records.get('there');
  if (src === undefined) return { is: 'impossible', why: 'src is required for a hard link' };
  if (there === undefined) return { is: 'premature', why: `src file ${src} does not exist`, hint: 'A hard link needs its source' };
  const result = { dest: path, src, ...(own !== undefined && describe(own)), state: 'hard' };
  if (own !== undefined && own.type !== 'link' && there === `${own.device} ${own.inode}`) {
    const plan = planAttributes(args, seen);
    return plan.is === 'right' || plan.is === 'wrong' ? { ...plan, result } : plan;
  }
  const refused = refusedLink(args, seen, 'hard');
  if (refused !== undefined) return refused;
  const diff = { before: { state: own?.type ?? 'absent' }, after: { state: 'hard', src }, label: path };
  return { is: 'wrong', diff: [diff], apply: linkAt(sh`ln -- ${src}`, path), result };
}

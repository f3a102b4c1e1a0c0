import { type Diff, type Plan, type Result, type Script, sh } from '../../engine/module/contract.ts';
import { chmodWord, type ModeText, modeText, wantedMode } from './mode.ts';
import type { Records } from './records.ts';
import { LABELS, type Relabel, readLabel, relabel, type WantedLabel } from './selinux.ts';
import { LOOK } from './shell.ts';

/** Options of every module that makes files. */
export const ATTRIBUTES = {
  mode: {
    type: 'raw',
    description:
      'Permissions: octal text such as `0644` (quote it), or symbolic such as `u=rw,g=r,o=`. Where nothing is said, a new file gets the default of the umask and an old one keeps its own.',
  },
  owner: { type: 'str', description: 'Name or number of the user who shall own it.' },
  group: { type: 'str', description: 'Name or number of the group that shall own it.' },
  ...LABELS,
} as const;

/** What may be asked of a file's owner, permissions and label. */
export interface Wanted extends WantedLabel {
  readonly mode?: unknown;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

export type FileType = 'file' | 'directory' | 'link' | 'block' | 'character' | 'fifo' | 'socket';

/** One path as `qp_look` saw it. */
export interface Look {
  readonly type: FileType;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Names; `UNKNOWN` where the number has none. */
  readonly owner: string;
  readonly group: string;
  /** Bytes. */
  readonly size: number;
  readonly links: number;
  readonly inode: string;
  readonly device: string;
  /** Seconds since the epoch. */
  readonly mtime: number;
  /** Of a link. */
  readonly target?: string;
}

const TYPES: Record<number, FileType> = { 1: 'fifo', 2: 'character', 4: 'directory', 6: 'block', 8: 'file', 10: 'link', 12: 'socket' };

/** A `look` record, and the target that goes with it. */
export function lookOf(text: string | undefined, target?: string): Look | undefined {
  if (text === undefined || text === '') return undefined;
  const [numbers, owner, group] = text.split('|') as [string, string, string];
  const [raw, uid, gid, size, links, inode, device, mtime] = numbers.split(' ') as [string, string, string, string, string, string, string, string];
  const bits = Number.parseInt(raw, 16);
  return {
    type: TYPES[bits >> 12] ?? 'file',
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    links: Number(links),
    mtime: Number(mtime),
    inode,
    device,
    owner,
    group,
    ...(target !== undefined && { target }),
  };
}

/** Script that prints `umask` and, after a `qp_look`, the numbers behind wanted names that the file does not have already. */
export const readIds = (wanted: Wanted): Script =>
  sh`${LOOK}printf 'umask=%s\\0' "$qp_mask"
${wanted.owner !== undefined && sh`qp_uid ${wanted.owner}`}
${wanted.group !== undefined && sh`qp_gid ${wanted.group}`}
${readLabel(wanted)}`;

/** Owner, group and permissions that a path shall have, all as numbers; `undefined` members are left as they are. */
export interface Settled {
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  /** What must change of the SELinux label. */
  readonly relabel?: Relabel;
}

/** Whether asked owner and mode make sense on this host: settled numbers, or the plan that says why not. */
export function settle(wanted: Wanted, seen: Records, now: Look | undefined, fresh: { readonly mode: number; readonly directory: boolean }): Settled | Plan {
  const umask = Number.parseInt(seen.get('umask') ?? '022', 8);
  const current = now?.mode ?? fresh.mode & ~umask;
  const mode =
    wanted.mode === undefined || wanted.mode === null ? current : wantedMode(wanted.mode as ModeText, { mode: current, directory: fresh.directory, umask });
  if (mode === undefined)
    return { is: 'impossible', why: `mode: ${String(wanted.mode)} is no file mode`, hint: "Write octal text such as '0644', or symbols such as 'u=rw,g=r,o='" };
  const uid = wanted.owner === undefined ? undefined : idOf(wanted.owner, seen.get('uid'), now && { name: now.owner, id: now.uid });
  const gid = wanted.group === undefined ? undefined : idOf(wanted.group, seen.get('gid'), now && { name: now.group, id: now.gid });
  if (uid === null) return { is: 'premature', why: `There is no user ${wanted.owner} on the host`, hint: 'A task of the module user before this one makes it' };
  if (gid === null)
    return { is: 'premature', why: `There is no group ${wanted.group} on the host`, hint: 'A task of the module group before this one makes it' };
  const label = relabel(wanted, seen);
  return { mode, ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }), ...(label && { relabel: label }) };
}

export const isPlan = (value: Settled | Plan): value is Plan => 'is' in value;

function idOf(name: string, looked: string | undefined, now: { name: string; id: number } | undefined): number | null {
  if (/^\d+$/.test(name)) return Number(name);
  if (looked !== undefined) return looked === '' ? null : Number(looked);
  return now !== undefined && now.name === name ? now.id : null;
}

/** Whether a path has what is settled. */
export const fits = (now: Look, wanted: Settled): boolean =>
  now.mode === wanted.mode &&
  (wanted.uid === undefined || wanted.uid === now.uid) &&
  (wanted.gid === undefined || wanted.gid === now.gid) &&
  wanted.relabel === undefined;

/** Before and after of what differs in owner, group and mode. */
export function attributeDiff(now: Look, wanted: Settled, label: string): Diff {
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  const compare = (key: string, old: unknown, next: unknown): void => {
    if (next === undefined || old === next) return;
    before[key] = old;
    after[key] = next;
  };
  compare('owner', now.uid, wanted.uid);
  compare('group', now.gid, wanted.gid);
  compare('mode', modeText(now.mode), modeText(wanted.mode));
  return { before: { ...before, ...wanted.relabel?.before }, after: { ...after, ...wanted.relabel?.after }, label };
}

/** `uid:gid` for chown, or nothing when neither is asked. */
export const ownerWord = ({ uid, gid }: Settled): string => (uid === undefined && gid === undefined ? '' : `${uid ?? ''}${gid === undefined ? '' : ':' + gid}`);

/** Script that gives a path its owner and mode. The mode comes last: chown takes setuid away. */
export function applyAttributes(path: string, wanted: Settled, now?: Look): Script {
  const owner = ownerWord(wanted);
  const chown = owner !== '' && !(now !== undefined && (wanted.uid ?? now.uid) === now.uid && (wanted.gid ?? now.gid) === now.gid);
  const chmod = chown || now === undefined || now.mode !== wanted.mode;
  return sh`${chown && sh`chown ${owner} -- ${path} || exit 1`}
${chmod && sh`chmod ${chmodWord(wanted.mode)} -- ${path} || exit 1`}
${applyLabel(path, wanted)}`;
}

/** Script that gives a path its SELinux label, where that must change. */
export const applyLabel = (path: string, { relabel: label }: Settled): Script | undefined =>
  label === undefined ? undefined : sh`chcon ${label.options} -- ${path} || exit 1`;

/** Those of a module's arguments that are about owner, permissions and label. */
export const wantedOf = ({ mode, owner, group, seuser, serole, setype, selevel }: Wanted): Wanted => ({ mode, owner, group, seuser, serole, setype, selevel });

/** Ansible's return values about a path. */
export function describe(now: Look): Result {
  return {
    uid: now.uid,
    gid: now.gid,
    owner: now.owner === 'UNKNOWN' ? String(now.uid) : now.owner,
    group: now.group === 'UNKNOWN' ? String(now.gid) : now.group,
    mode: modeText(now.mode),
    size: now.size,
    state: STATES[now.type],
  };
}

const STATES: Record<FileType, string> = { file: 'file', directory: 'directory', link: 'link', block: 'file', character: 'file', fifo: 'file', socket: 'file' };

/** As a path without its parent folder is told everywhere. */
export function noParent(parent: string | undefined, path: string, folder: string): Plan | undefined {
  if (parent === undefined || parent === 'dir') return undefined;
  if (parent === 'none')
    return {
      is: 'premature',
      why: `The folder ${folder} of ${path} does not exist`,
      hint: 'Make it with a task of the module file (state: directory) before this one',
    };
  if (parent === 'closed') return { is: 'impossible', why: `This user may not enter ${folder}`, hint: 'Set become: true, or another become_user' };
  return { is: 'impossible', why: `${folder} is not a folder` };
}

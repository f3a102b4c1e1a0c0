import { createHash } from 'node:crypto';
import { type Content, type Diff, lines, type Observed, type Plan, type Result, raw, type Script, sh } from '../../engine/module/contract.ts';
import {
  applyAttributes,
  applyLabel,
  attributeDiff,
  describe,
  fits,
  isPlan,
  type Look,
  lookOf,
  noParent,
  ownerWord,
  readIds,
  type Settled,
  settle,
  type Wanted,
} from './attributes.ts';
import { chmodWord } from './mode.ts';
import { folderOf, pathWord } from './path.ts';
import { type Records, recordsOf } from './records.ts';
import { LOOK, PUT } from './shell.ts';
import { validateCommand } from './validate.ts';

/** Texts longer than this are not fetched to be shown as a diff. */
const DIFF_BYTES = 128 * 1024;

/** Bytes that shall stand at a path, known on the control node. */
export interface Source {
  readonly content: Content;
  /** Hexadecimal SHA-1. */
  readonly sha1: string;
  readonly size: number;
}

/** Where and how they shall stand there. */
export interface Target extends Wanted {
  /** As written; `~` and a trailing slash mean what they mean in Ansible. */
  readonly dest: string;
  /** Name inside `dest` where that is a folder; without one, a folder is refused. */
  readonly name?: string | undefined;
  readonly follow?: boolean;
  readonly force?: boolean;
  readonly validate?: string | undefined;
  /** Suffix of the copy that is kept of the old file. */
  readonly backup?: string | undefined;
  readonly directoryMode?: unknown;
  readonly unsafe?: boolean;
}

/** Looks at the place where a file shall stand. `sha1` is that of the wanted bytes, or a shell word with what sha1sum printed of them. */
export function probePlace(target: Target, sha1: string | Script): Script {
  const wanted = typeof sha1 === 'string' ? sh`${sha1 + '  -'}` : sha1;
  const inside = target.name !== undefined && target.name !== '';
  const dest = target.dest.replace(/(?<=.)\/+$/, '');
  const slash = inside && target.dest.endsWith('/');
  return sh`${LOOK}p=${pathWord(dest)}
${inside && sh`if ${slash && raw('true ||')} [ -d "$p" ]; then p=\${p%/}/${target.name}; fi`}
${target.follow && raw('if [ -L "$p" ] && [ -e "$p" ]; then p=$(readlink -f -- "$p"); fi')}
printf 'at=%s\\0' "$p"
qp_look "$p"
${readIds(target)}
if [ -f "$p" ]; then
  if [ -r "$p" ]; then
    qp_sum sha1sum "$p"
    if [ "$qp_i" != ${wanted} ] && [ "$(wc -c <"$p")" -le ${DIFF_BYTES} ]; then printf '\\0'; cat -- "$p"; fi
  else printf 'closed=1\\0'; fi
fi`;
}

/** Compares what stands there with the source. */
export function planPlace(target: Target, source: Source, output: Observed, before?: Observed): Plan {
  const seen = recordsOf(output);
  const path = seen.get('at');
  if (path === undefined) return { is: 'impossible', why: `The host could not be asked about ${target.dest}: ${output.stderr.trim()}` };
  const now = lookOf(seen.get('look'), seen.get('to'));
  const known: Result = { dest: path, checksum: source.sha1, ...backupResult(target, path, before) };
  if (now !== undefined && target.force === false && now.type !== 'directory')
    return { is: 'right', result: { ...known, ...describe(now), checksum: seen.get('sum') } };
  const refused = refusal(target, seen, now, path);
  if (refused !== undefined) return refused;
  const settled = settle(target, seen, now?.type === 'file' ? now : undefined, { mode: 0o666, directory: false });
  if (isPlan(settled)) return settled;
  if (now?.type === 'file' && seen.get('sum') === source.sha1) return planAttributes(now, settled, path, known);
  return {
    is: 'wrong',
    diff: placeDiff(path, source, seen, now, settled),
    apply: lines(makeParents(target, seen, path), install({ target, settled, path, now })),
    uploads: { content: source.content },
    result: { ...known, size: source.size, state: 'file' },
  };
}

function planAttributes(now: Look, settled: Settled, path: string, known: Result): Plan {
  const result = { ...known, path, ...describe(now) };
  if (fits(now, settled)) return { is: 'right', result };
  return { is: 'wrong', diff: [attributeDiff(now, settled, path)], apply: applyAttributes(path, settled, now), result };
}

/** Why nothing can be put there. */
function refusal(target: Target, seen: Records, now: Look | undefined, path: string): Plan | undefined {
  if (seen.get('closed') !== undefined) return { is: 'impossible', why: `This user may not read ${path}`, hint: 'Set become: true' };
  if (now?.type === 'directory')
    return {
      is: 'impossible',
      why: `${path} is a folder; a file cannot take its place`,
      ...(target.name === undefined && { hint: 'Name the file itself in dest' }),
    };
  if (now !== undefined && now.type !== 'file' && now.type !== 'link') return { is: 'impossible', why: `${path} is a ${now.type}, not a file` };
  const parents = target.name !== undefined && target.dest.endsWith('/');
  if (parents && seen.get('parent') === 'none') return undefined;
  const none = now === undefined ? noParent(seen.get('parent'), path, folderOf(path)) : undefined;
  return none?.is === 'premature' ? { ...none, result: { msg: `Destination directory ${folderOf(path)} does not exist` } } : none;
}

/** Folders that a `dest` with a trailing slash asks for. */
function makeParents(target: Target, seen: Records, path: string): Script | undefined {
  if (seen.get('parent') !== 'none') return undefined;
  const mode = target.directoryMode;
  const settled = mode === undefined ? undefined : settle({ mode }, seen, undefined, { mode: 0o777, directory: true });
  if (settled === undefined || isPlan(settled)) return sh`mkdir -p -- ${folderOf(path)} || exit 1`;
  return makeFolders(folderOf(path), settled);
}

/** Makes a folder and those above it; only new ones get owner and mode. */
export function makeFolders(path: string, settled: Settled): Script {
  const owner = ownerWord(settled);
  return sh`qp_mk() {
  [ ! -d "$1" ] || return 0
  case $1 in ?*/*) [ -d "\${1%/*}" ] || ( qp_mk "\${1%/*}" ) || return ;; esac
  mkdir -m ${chmodWord(settled.mode)} -- "$1" ${owner !== '' && sh`&& chown ${owner} -- "$1"`}
}
qp_mk ${path} || exit 1
${applyLabel(path, settled)}`;
}

/** Backup, validation and the rename that puts `$up_content` (or another file of the host) there. */
export function install(order: {
  readonly target: Pick<Target, 'validate' | 'backup' | 'unsafe'>;
  readonly settled: Settled;
  readonly path: string;
  readonly now: Look | undefined;
  /** Shell word of the file that has the content. */
  readonly from?: Script;
}): Script {
  const { target, settled, path, now } = order;
  const keep = now?.type === 'file' ? `${now.uid}:${now.gid}` : '';
  const check = target.validate !== undefined;
  return sh`${PUT}${target.backup !== undefined && now !== undefined && sh`cp -p -- ${path} ${path + target.backup} || exit 1`}
${check && sh`qp_check() { ${validateCommand(target.validate as string)}; }`}
qp_put ${order.from ?? raw('"$up_content"')} ${path} ${chmodWord(settled.mode)} ${ownerWord(settled)} ${keep} ${check ? '1' : ''} ${target.unsafe ? '1' : ''} || exit 1
${applyLabel(path, settled)}`;
}

/** `backup_file`, once a run has made one. */
export function backupResult(target: Pick<Target, 'backup'>, path: string, before: Observed | undefined): Result {
  if (target.backup === undefined || before === undefined) return {};
  return recordsOf(before).get('look') === undefined ? {} : { backup_file: path + target.backup };
}

/** Suffix of a backup as Ansible names it, decided once a task so that the proof knows it too. */
export function backupSuffix(now = new Date()): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `.${process.pid}.${day}@${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}~`;
}

function placeDiff(path: string, source: Source, seen: Records, now: Look | undefined, settled: Settled): Diff[] {
  const after = textOf(source.content);
  const old = now?.type === 'file' && now.size <= DIFF_BYTES ? seen.rest : undefined;
  const before = now === undefined ? '' : old === undefined ? undefined : asText(old);
  const diff: Diff[] = [];
  if (now?.type === 'link') diff.push({ before: { link: now.target }, after: { checksum: source.sha1 }, label: path });
  else if (before !== undefined && after !== undefined && !(now === undefined && after === '')) diff.push({ before, after, label: path });
  else diff.push({ before: { checksum: seen.get('sum') ?? null }, after: { checksum: source.sha1, size: source.size }, label: path });
  if (now?.type === 'file' && !fits(now, settled)) diff.push(attributeDiff(now, settled, path));
  return diff;
}

/** Text of content for a diff; nothing when it is large or binary. */
function textOf(content: Content): string | undefined {
  if (typeof content === 'string') return content;
  return Buffer.isBuffer(content) && content.length <= DIFF_BYTES ? asText(content) : undefined;
}

/** UTF-8 text, or `undefined` for bytes that are none. */
export const asText = (bytes: Buffer): string | undefined => (bytes.includes(0) || !isUtf8(bytes) ? undefined : bytes.toString());

const isUtf8 = (bytes: Buffer): boolean => Buffer.from(bytes.toString()).equals(bytes);

/** Bytes in memory as a source. */
export function sourceOf(bytes: Buffer | string): Source {
  const content = Buffer.from(bytes as string);
  return { content, sha1: createHash('sha1').update(content).digest('hex'), size: content.length };
}

import { type Diff, lines, type Observed, type Plan, type Result, raw, type Script, sh } from '../../engine/module/contract.ts';
import { ATTRIBUTES, applyAttributes, attributeDiff, describe, fits, isPlan, lookOf, noParent, readIds, settle, type Wanted } from '../files/attributes.ts';
import { folderOf, pathWord } from '../files/path.ts';
import { backupSuffix, install } from '../files/place.ts';
import { type Records, recordsOf } from '../files/records.ts';
import { LOOK } from '../files/shell.ts';

/** Options of modules that keep a file made on the host. */
export const FILE = {
  path: { type: 'path', required: true, description: 'The file.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether the file is there.' },
  force: { type: 'bool', default: false, description: 'Make it anew in any case.' },
  backup: { type: 'bool', default: false, description: 'Keep a copy of the old file beside it, with the time in its name.' },
  return_content: { type: 'bool', default: false, description: 'Return what is in it.' },
  ...ATTRIBUTES,
  attributes: { type: 'str', aliases: ['attr'], description: 'Taken for compatibility, without effect.' },
  unsafe_writes: { type: 'bool', default: false, description: 'Write in place where the file cannot be replaced in one step.' },
} as const;

export interface FileArgs extends Wanted {
  readonly path: string;
  readonly state: 'absent' | 'present';
  readonly backup: boolean;
  readonly unsafe_writes: boolean;
}

/** Decided once a task: the name of the backup. */
export const prepareFile = (args: FileArgs): { readonly suffix?: string } => (args.backup ? { suffix: backupSuffix() } : {});

const BACKUP = 'backup_file';

/** Looks at the file, and prints what `more` prints as `key=value` records, each ended by a NUL. */
export const probeFile = (args: FileArgs, more?: Script): Script => sh`${LOOK}p=${pathWord(args.path)}
printf 'at=%s\\0' "$p"
qp_look "$p"
${readIds(args)}
command -v openssl >/dev/null 2>&1 && printf 'openssl=%s\\0' "$(openssl version)"
${more}
if [ -f "$p" ]; then
  if [ -r "$p" ]; then printf '\\0'; cat -- "$p"; else printf 'closed=1\\0'; fi
fi`;

/** A `name=` record with the bytes of a file of the host in base64. */
export const printFile = (name: string, path: Script): Script => sh`[ -r ${path} ] && printf ${`${name}=%s\\0`} "$(base64 <${path})"`;

/** Bytes of a record of `printFile`. */
export const bytesOf = (seen: Records, name: string): Buffer | undefined => {
  const text = seen.get(name);
  return text === undefined ? undefined : Buffer.from(text, 'base64');
};

/** What is wrong with a file, and how another is made. */
export interface Making {
  /** Before and after, for the diff. */
  readonly diff: Pick<Diff, 'before' | 'after'>;
  /** Shell text that writes the new content to `$qp_t/new`; `$qp_t` is a private folder. */
  readonly make: Script;
  readonly uploads?: Readonly<Record<string, string | Buffer>>;
}

export interface Judgement {
  /** Absent when the content is right. */
  readonly making?: Making;
  readonly result: Result;
}

/**
 * Plans a file whose content is made on the host. `judge` says of the content there (`undefined` when there is none) whether it
 * is right. `mode` is that of a new file.
 */
export function planFile(
  args: FileArgs,
  output: Observed,
  order: { readonly suffix?: string; readonly mode: number; readonly absent: Result },
  before: Observed | undefined,
  judge: (content: Buffer | undefined, seen: Records) => Judgement | Plan,
): Plan {
  const seen = recordsOf(output);
  const path = seen.get('at');
  if (path === undefined) return { is: 'impossible', why: `The host could not be asked about ${args.path}: ${output.stderr.trim()}` };
  const now = lookOf(seen.get('look'), seen.get('to'));
  const kept: Result =
    order.suffix !== undefined && before !== undefined && recordsOf(before).get('look') !== undefined ? { [BACKUP]: path + order.suffix } : {};
  if (args.state === 'absent') {
    if (now === undefined) return { is: 'right', result: { ...order.absent, ...kept } };
    const copy = order.suffix !== undefined && sh`cp -p -- ${path} ${path + order.suffix} || exit`;
    return {
      is: 'wrong',
      diff: [{ label: path, before: { state: 'present' }, after: { state: 'absent' } }],
      apply: lines(copy, sh`rm -f -- ${path} || exit`),
      result: order.absent,
    };
  }
  if (seen.get('closed') !== undefined) return { is: 'impossible', why: `This user may not read ${path}`, hint: 'Set become: true' };
  if (now !== undefined && now.type !== 'file') return { is: 'impossible', why: `${path} is a ${now.type}, not a file` };
  const refused = now === undefined ? noParent(seen.get('parent'), path, folderOf(path)) : undefined;
  if (refused !== undefined) return refused;
  if (seen.get('openssl') === undefined) return { is: 'premature', why: 'There is no openssl on this host', hint: 'Install the package openssl before' };
  const settled = settle(args, seen, now, { mode: order.mode, directory: false });
  if (isPlan(settled)) return settled;
  const judged = judge(now === undefined ? undefined : seen.rest, seen);
  if ('is' in judged) return judged;
  const result = { ...judged.result, ...kept };
  if (judged.making === undefined) {
    if (now === undefined || fits(now, settled)) return { is: 'right', result: { ...(now && describe(now)), ...result } };
    return { is: 'wrong', diff: [attributeDiff(now, settled, path)], apply: applyAttributes(path, settled, now), result };
  }
  const { make, uploads = {}, diff } = judged.making;
  return {
    is: 'wrong',
    diff: [{ label: path, ...diff }, ...(now !== undefined && !fits(now, settled) ? [attributeDiff(now, settled, path)] : [])],
    uploads,
    apply: lines(
      raw('qp_t=$(umask 077; mktemp -d) || exit\ntrap \'rm -rf "$qp_t"\' EXIT\ntrap "exit 1" HUP INT TERM\num=$(umask); umask 077'),
      make,
      raw('umask "$um"'),
      install({ target: { backup: order.suffix, unsafe: args.unsafe_writes, validate: undefined }, settled, path, now, from: raw('"$qp_t/new"') }),
    ),
    result,
  };
}

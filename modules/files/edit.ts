import { type Controller, type Diff, type Observed, type Plan, type Result, type Script, sh } from '../../engine/module/contract.ts';
import { ATTRIBUTES, applyAttributes, attributeDiff, describe, fits, isPlan, type Look, lookOf, noParent, readIds, settle } from './attributes.ts';
import { modeWarning } from './mode.ts';
import { folderOf, pathWord } from './path.ts';
import { asText, backupSuffix, install } from './place.ts';
import { type Records, recordsOf } from './records.ts';
import { LOOK } from './shell.ts';
import { checkValidate } from './validate.ts';

/** Options of the modules that change text inside a file. */
export const EDIT = {
  path: { type: 'path', required: true, aliases: ['dest', 'destfile', 'name'], description: 'File to change. A link is followed.' },
  backup: { type: 'bool', default: false, description: 'Keep a copy of the old file beside it, with the time in its name.' },
  validate: { type: 'str', description: 'Command that must agree before the file is put in place; `%s` is the path of the new content.' },
  ...ATTRIBUTES,
  unsafe_writes: {
    type: 'bool',
    default: false,
    description: 'Write in place where the file cannot be replaced in one step, such as a file that is mounted into a container.',
  },
} as const;

export interface EditArgs {
  readonly path: string;
  readonly backup: boolean;
  readonly create?: boolean;
  readonly validate?: string | undefined;
  readonly mode?: unknown;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly unsafe_writes: boolean;
  /** `msg` says so when owner or mode change too; true when absent. */
  readonly attributeWords?: boolean;
}

/** Suffix of the backup, where one is asked. */
export interface EditPrepared {
  readonly backup?: string;
}

/** Bytes as text of one character a byte, so that whatever is not changed comes back as it was. */
export const toBytes = (text: string): string => Buffer.from(text).toString('latin1');

/** What an edit makes of a file: the new text (a character a byte), and values to return. */
export interface Edited {
  readonly text: string;
  readonly result: Result;
}

export async function prepareEdit(args: EditArgs, controller: Controller): Promise<EditPrepared> {
  const warning = modeWarning(args.mode);
  if (warning !== undefined) controller.warn(warning);
  checkValidate(args.validate);
  return args.backup ? { backup: backupSuffix() } : {};
}

/** Prints the file whole. */
export const probeEdit = (args: EditArgs): Script => sh`${LOOK}p=${pathWord(args.path.replace(/(?<=.)\/+$/, ''))}
printf 'named=%s\\0' "$p"
if [ -L "$p" ]; then q=$(readlink -f -- "$p") && p=$q; fi
printf 'at=%s\\0' "$p"
qp_look "$p"
${readIds(args)}
if [ -f "$p" ]; then
  if [ -r "$p" ]; then printf '\\0'; cat -- "$p"; else printf 'closed=1\\0'; fi
fi`;

/** Plans what `edit` makes of the file; it gets `undefined` when there is none. */
export function planEdit(
  args: EditArgs,
  prepared: EditPrepared,
  output: Observed,
  before: Observed | undefined,
  edit: (text: string | undefined) => Edited,
): Plan {
  const seen = recordsOf(output);
  const path = seen.get('at');
  const named = seen.get('named') as string;
  if (path === undefined) return { is: 'impossible', why: `The host could not be asked about ${args.path}: ${output.stderr.trim()}` };
  const now = lookOf(seen.get('look'), seen.get('to'));
  const refused = refusal(args, seen, now, path);
  if (refused !== undefined) return refused;
  const old = textIn(seen);
  const made = edit(old);
  // What was done is told by the state it was done to
  const told = before === undefined ? made : edit(textIn(recordsOf(before)));
  const kept =
    prepared.backup !== undefined && before !== undefined && recordsOf(before).get('look') !== undefined
      ? { backup: path + prepared.backup, backup_file: path + prepared.backup }
      : {};
  const then = before === undefined ? seen : recordsOf(before);
  const result: Result = { path: named, ...told.result, ...attributesTold(args, then, told.result), ...kept, ...(now && describe(now)) };
  if (now === undefined && made.text === '' && !args.create) return { is: 'right', result };
  const settled = settle(args, seen, now, { mode: 0o666, directory: false });
  if (isPlan(settled)) return settled;
  if (now !== undefined && made.text === old) {
    if (fits(now, settled)) return { is: 'right', result };
    return { is: 'wrong', diff: [attributeDiff(now, settled, path)], apply: applyAttributes(path, settled, now), result };
  }
  const content = Buffer.from(made.text, 'latin1');
  const diff: Diff[] = [textDiff(old, content, path)];
  if (now !== undefined && !fits(now, settled)) diff.push(attributeDiff(now, settled, path));
  const target = { validate: args.validate, backup: prepared.backup, unsafe: args.unsafe_writes };
  const folder = now === undefined && seen.get('parent') === 'none' ? sh`mkdir -p -- ${folderOf(path)} || exit 1\n` : undefined;
  return { is: 'wrong', diff, apply: sh`${folder}${install({ target, settled, path, now })}`, uploads: { content }, result };
}

/** Ansible's words where owner, mode or label were to be changed as well. */
function attributesTold(args: EditArgs, then: Records, { msg }: Result): Result {
  if (args.attributeWords === false) return {};
  const was = lookOf(then.get('look'), then.get('to'));
  const settled = settle(args, then, was, { mode: 0o666, directory: false });
  if (isPlan(settled)) return {};
  const fresh = { mode: 0o666 & ~Number.parseInt(then.get('umask') ?? '022', 8), uid: settled.uid, gid: settled.gid };
  const same = was === undefined ? settled.mode === fresh.mode && args.owner === undefined && args.group === undefined : fits(was, settled);
  if (same) return {};
  return { msg: `${msg === '' ? '' : `${String(msg)} and `}ownership, perms or SE linux context changed` };
}

const textIn = (seen: Records): string | undefined => (seen.get('look') === undefined ? undefined : seen.rest.toString('latin1'));

function textDiff(old: string | undefined, content: Buffer, label: string): Diff {
  const before = old === undefined ? '' : asText(Buffer.from(old, 'latin1'));
  const after = asText(content);
  return before !== undefined && after !== undefined ? { before, after, label } : { before: old ?? '', after: content.toString('latin1'), label };
}

function refusal(args: EditArgs, seen: Records, now: Look | undefined, path: string): Plan | undefined {
  if (seen.get('closed') !== undefined) return { is: 'impossible', why: `This user may not read ${path}`, hint: 'Set become: true' };
  if (now?.type === 'directory') return { is: 'impossible', why: `Path ${path} is a directory !`, result: { rc: 256 } };
  if (now !== undefined && now.type !== 'file') return { is: 'impossible', why: `${path} is a ${now.type}, not a file` };
  if (now !== undefined || args.create === undefined) return undefined;
  const parent = seen.get('parent');
  return args.create ? (parent === 'none' ? undefined : noParent(parent, path, folderOf(path))) : undefined;
}

/** The file is missing and must not be made. */
export const missing = (path: string, creatable: boolean, what = 'Path'): Plan => ({
  is: 'premature',
  why: `${what} ${path} does not exist !`,
  ...(creatable && { hint: 'create: true makes it' }),
  result: { rc: 257 },
});

/** Lines with their ends, split at `\n` only, as Python reads a binary file. */
export const splitLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** A line without its end. */
export const bare = (line: string): string => line.replace(/[\r\n]+$/, '');

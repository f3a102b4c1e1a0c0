import { type Content, type Diff, Lib, lines, type Plan, raw, type Script, sh } from '../../engine/module/contract.ts';
import { applyAttributes, attributeDiff, fits, isPlan, type Look, lookOf, type Settled, settle } from './attributes.ts';
import { folderOf } from './path.ts';
import { asText, install, makeFolders, type Target } from './place.ts';
import type { Records } from './records.ts';
import { LOOK } from './shell.ts';

/** One file, folder or link of a folder that is copied. */
export interface Entry {
  /** Path beneath the root, without a leading slash; empty for the root itself. */
  readonly rel: string;
  readonly kind: 'file' | 'directory' | 'link';
  readonly sha1?: string;
  /** Permissions it shall get; what is asked of new ones when absent. */
  readonly mode?: unknown;
  /** Whether the mode is only for a file that is new or differs. */
  readonly modeWhenNew?: boolean;
  /** Of a link. */
  readonly to?: string | undefined;
  /** Bytes to upload, or where on the host they are. */
  readonly content?: Content;
  readonly from?: string;
}

/** `qp_entry ROOT REL`: what is at ROOT/REL, with a checksum when it is a file. */
export const ENTRY = new Lib(
  'files.entry',
  `
qp_entry() {
  printf 'rel=%s\\0' "$2"
  qp_look "$1\${2:+/$2}"
  if [ -f "$1\${2:+/$2}" ] && [ ! -L "$1\${2:+/$2}" ]; then qp_sum sha1sum "$1\${2:+/$2}" 2>/dev/null || printf 'sum=closed\\0'; fi
}
`,
  [LOOK],
);

export interface SeenEntry {
  readonly look: Look | undefined;
  readonly sum: string | undefined;
}

/** Groups that `qp_entry` printed, by their path. */
export function seenEntries(groups: readonly Map<string, string>[]): Map<string, SeenEntry> {
  return new Map(groups.map((group) => [group.get('rel') as string, { look: lookOf(group.get('look'), group.get('to')), sum: group.get('sum') }]));
}

/** Compares every entry and puts right what differs. `records` has umask and ids. */
export function planEntries(root: string, entries: readonly Entry[], seen: ReadonlyMap<string, SeenEntry>, records: Records, target: Target): Plan {
  const steps: Script[] = [];
  const diff: Diff[] = [];
  const uploads: Record<string, Content> = {};
  for (const entry of entries) {
    const now = seen.get(entry.rel) ?? { look: undefined, sum: undefined };
    const path = entry.rel === '' ? root : `${root}/${entry.rel}`;
    const step = planEntry(entry, now, path, records, target, `f${steps.length}`);
    if (step === undefined) continue;
    if ('is' in step) return step;
    steps.push(step.apply);
    diff.push(step.diff);
    if (entry.content !== undefined && step.upload !== undefined) uploads[step.upload] = entry.content;
  }
  const result = { dest: root, state: 'directory' };
  if (steps.length === 0) return { is: 'right', result };
  return { is: 'wrong', diff, apply: lines(...steps), uploads, result };
}

interface Step {
  readonly apply: Script;
  readonly diff: Diff;
  readonly upload?: string;
}

function planEntry(entry: Entry, now: SeenEntry, path: string, records: Records, target: Target, key: string): Step | Plan | undefined {
  if (entry.kind === 'directory') return planFolder(entry, now.look, path, records, target);
  if (now.look?.type === 'directory') return { is: 'impossible', why: `${path} is a folder, but the source has a ${entry.kind} of that name` };
  if (entry.kind === 'link') return planLink(entry, now.look, path);
  return planFile(entry, now, path, records, target, key);
}

function planFolder(entry: Entry, look: Look | undefined, path: string, records: Records, target: Target): Step | Plan | undefined {
  const { owner, group } = target;
  if (look !== undefined && look.type !== 'directory' && look.type !== 'link')
    return { is: 'impossible', why: `${path} is a ${look.type}, but the source has a folder of that name` };
  const mode = look === undefined ? (entry.mode ?? target.directoryMode) : entry.modeWhenNew ? undefined : entry.mode;
  const settled = settle({ mode, owner, group }, records, look, { mode: 0o777, directory: true });
  if (isPlan(settled)) return settled;
  if (look === undefined) return { apply: makeFolders(path, settled), diff: { before: '', after: { state: 'directory' }, label: path } };
  if (look.type === 'link' || fits(look, settled)) return undefined;
  return { apply: applyAttributes(path, settled, look), diff: attributeDiff(look, settled, path) };
}

function planLink(entry: Entry, look: Look | undefined, path: string): Step | undefined {
  const to = entry.to ?? '';
  if (look?.type === 'link' && look.target === to) return undefined;
  return {
    apply: sh`mkdir -p -- ${folderOf(path)} && rm -f -- ${path} && ln -s -- ${to} ${path} || exit 1`,
    diff: {
      before: look === undefined ? '' : { state: look.type, ...(look.target !== undefined && { to: look.target }) },
      after: { state: 'link', to },
      label: path,
    },
  };
}

function planFile(entry: Entry, { look, sum }: SeenEntry, path: string, records: Records, target: Target, key: string): Step | Plan | undefined {
  if (look !== undefined && target.force === false) return undefined;
  if (sum === 'closed') return { is: 'impossible', why: `This user may not read ${path}`, hint: 'Set become: true' };
  const same = look?.type === 'file' && sum === entry.sha1;
  const file = look?.type === 'file' ? look : undefined;
  const mode = same && entry.modeWhenNew ? undefined : entry.mode;
  const settled: Settled | Plan = settle({ mode, owner: target.owner, group: target.group }, records, file, { mode: 0o666, directory: false });
  if (isPlan(settled)) return settled;
  if (same && file !== undefined)
    return fits(file, settled) ? undefined : { apply: applyAttributes(path, settled, file), diff: attributeDiff(file, settled, path) };
  const from = entry.from === undefined ? raw(`"$up_${key}"`) : sh`${entry.from}`;
  const put = install({ target, settled, path, now: look, from });
  return {
    apply: lines(sh`mkdir -p -- ${folderOf(path)} || exit 1`, put),
    diff: {
      before: look === undefined ? '' : { checksum: sum },
      after: (Buffer.isBuffer(entry.content) ? asText(entry.content) : undefined) ?? { checksum: entry.sha1 },
      label: path,
    },
    ...(entry.content !== undefined && { upload: key }),
  };
}

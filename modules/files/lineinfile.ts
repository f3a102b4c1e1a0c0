import { inputError } from '../../engine/error.ts';
import { type ArgsOf, defineModule } from '../../engine/module/contract.ts';
import { bare, EDIT, type Edited, type EditPrepared, missing, planEdit, prepareEdit, probeEdit, splitLines, toBytes } from './edit.ts';
import { expand, pyRegex } from './pyregex.ts';
import { recordsOf } from './records.ts';

const options = {
  ...EDIT,
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: 'Whether the line shall be there.' },
  regexp: { type: 'str', aliases: ['regex'], description: 'Regular expression (Python’s) of the line to replace or remove; the last that matches.' },
  search_string: { type: 'str', description: 'Text within the line to replace or remove, taken as it is.' },
  line: { type: 'str', aliases: ['value'], description: 'The line itself.' },
  backrefs: { type: 'bool', default: false, description: '`line` may hold `\\1` and `\\g<name>` of `regexp`. Where that matches nothing, nothing is changed.' },
  insertafter: {
    type: 'str',
    description: 'Where a new line goes: after the last line that this regular expression matches, or `EOF` (the default) or `BOF`.',
  },
  insertbefore: { type: 'str', description: 'Before the last line that this regular expression matches, or `BOF`.' },
  firstmatch: { type: 'bool', default: false, description: 'The first match counts, not the last.' },
  create: { type: 'bool', default: false, description: 'Make the file, and its folder, when there is none.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'lineinfile',
  fqcn: ['ansible.builtin.lineinfile'],
  summary: 'Sees to it that a line is in a file, or is not.',
  options,
  rules: {
    mutuallyExclusive: [
      ['insertbefore', 'insertafter'],
      ['regexp', 'search_string'],
      ['backrefs', 'search_string'],
    ],
    requiredIf: [['state', 'present', ['line']]],
  },
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/lineinfile_module.html',
  returns: { msg: 'What was done, in words.', found: 'How many lines were removed.', backup: 'Path of the copy of the old file.' },
  examples: [
    {
      title: 'Set a value, whatever it was',
      args: { path: '/etc/login.defs', regexp: '^UMASK\\s', line: 'UMASK\t\t027' },
      given: "sed -i 's/^UMASK.*/UMASK 022/' /etc/login.defs",
    },
    {
      title: 'Add a line after another one',
      args: { path: '/etc/qplay-lines', line: 'two', insertafter: '^one$' },
      given: 'printf "one\\nthree\\n" >/etc/qplay-lines',
    },
    {
      title: 'Keep a part of the old line',
      args: { path: '/etc/qplay-lines', regexp: '^(port) = \\d+', line: '\\1 = 8443', backrefs: true, backup: true },
      given: 'printf "port = 80\\n" >/etc/qplay-lines',
    },
    { title: 'Remove lines', args: { path: '/etc/qplay-lines', regexp: '^#', state: 'absent' }, given: 'printf "# a\\nb\\n# c\\n" >/etc/qplay-lines' },
    { title: 'Make the file if need be', args: { path: '/etc/qplay/new', line: 'ready', create: true, mode: '0600' }, given: 'rm -rf /etc/qplay' },
  ],

  async prepare(args, controller): Promise<EditPrepared> {
    if (args.backrefs && args.regexp === undefined) throw inputError('backrefs', 'backrefs: true needs regexp');
    if (args.state === 'absent' && args.line === undefined && args.regexp === undefined && args.search_string === undefined)
      throw inputError('absent', 'state: absent needs line, regexp or search_string');
    if (args.regexp === '' || args.search_string === '')
      controller.warn('The empty regexp or search_string matches every line of the file. Write "^" if that is meant.');
    return prepareEdit(args, controller);
  },
  probe: probeEdit,
  plan: (args, seen, prepared, before) => {
    if (args.state === 'present' && !args.create && recordsOf(seen).get('parent') !== undefined) return missing(args.path, true, 'Destination');
    if (args.state === 'absent' && recordsOf(seen).get('parent') !== undefined) return { is: 'right', result: { msg: 'file not present' } };
    const edit = args.state === 'present' ? present : absent;
    return planEdit({ ...args, create: args.create && args.state === 'present' }, prepared, seen, before, (text) => {
      const made = edit(args, splitLines(text ?? ''));
      return { ...made, result: { backup: '', ...made.result } };
    });
  },
});

type Find = (line: string) => RegExpExecArray | true | undefined;

function finder(args: Args): Find | undefined {
  const { regexp, search_string: text } = args;
  if (regexp !== undefined) return searcher(regexp, 'regexp');
  if (text === undefined) return undefined;
  const bytes = toBytes(text);
  return (line) => (line.includes(bytes) ? true : undefined);
}

function searcher(pattern: string, option: string): (line: string) => RegExpExecArray | undefined {
  const regex = pyRegex(toBytes(pattern), option);
  return (line) => {
    regex.lastIndex = 0;
    return regex.exec(line) ?? undefined;
  };
}

function absent(args: Args, old: readonly string[]): Edited {
  const wanted = toBytes(args.line ?? '');
  const find = finder(args) ?? ((line: string) => (bare(line) === wanted ? true : undefined));
  const kept = old.filter((line) => find(line) === undefined);
  const found = old.length - kept.length;
  return { text: kept.join(''), result: { found, msg: found > 0 ? `${found} line(s) removed` : '' } };
}

interface Place {
  /** Line that is replaced. */
  readonly at?: number;
  readonly match?: RegExpExecArray | true | undefined;
  /** Index for a new line, from insertafter or insertbefore. */
  readonly insert?: number;
}

function present(args: Args, old: readonly string[]): Edited {
  const line = toBytes(args.line ?? '');
  const find = finder(args);
  const matched = find === undefined ? undefined : pick(old, find, args.firstmatch);
  if (matched !== undefined) return replaceAt(old, matched.at, args.backrefs && matched.match !== true ? expand(line, matched.match, 'line') : line);
  const { at, insert } = placeOf(args, old, line);
  if (at !== undefined) return replaceAt(old, at, line);
  if (args.backrefs) return { text: old.join(''), result: { msg: '' } };
  return insertLine(args, old, line, insert);
}

function pick(old: readonly string[], find: Find, first: boolean): { at: number; match: RegExpExecArray | true } | undefined {
  let found: { at: number; match: RegExpExecArray | true } | undefined;
  for (const [at, line] of old.entries()) {
    const match = find(line);
    if (match !== undefined) found = { at, match };
    if (found !== undefined && first) break;
  }
  return found;
}

/** Where the very line is, or where insertafter and insertbefore point. */
function placeOf(args: Args, old: readonly string[], line: string): Place {
  const pattern = args.insertafter ?? args.insertbefore;
  const search =
    pattern === undefined || pattern === 'EOF' || pattern === 'BOF'
      ? undefined
      : searcher(pattern, args.insertafter === undefined ? 'insertbefore' : 'insertafter');
  let at: number | undefined;
  let insert: number | undefined;
  for (const [index, text] of old.entries()) {
    if (bare(text) === line) at = index;
    else if (search?.(text) !== undefined) {
      insert = args.insertafter === undefined ? index : index + 1;
      if (args.firstmatch) break;
    }
  }
  return { ...(at !== undefined && { at }), ...(insert !== undefined && { insert }) };
}

function replaceAt(old: readonly string[], at: number, line: string): Edited {
  const next = line.endsWith('\n') ? line : line + '\n';
  if (old[at] === next) return { text: old.join(''), result: { msg: '' } };
  return { text: old.with(at, next).join(''), result: { msg: 'line replaced' } };
}

function insertLine(args: Args, old: readonly string[], line: string, insert: number | undefined): Edited {
  const added = { msg: 'line added' };
  const first = args.insertbefore === 'BOF' || args.insertafter === 'BOF';
  if (first) return { text: [line + '\n', ...old].join(''), result: added };
  const at = insert ?? old.length;
  const after = args.insertafter !== undefined;
  const neighbour = old[at === old.length && after ? at - 1 : at];
  if (insert !== undefined && after && neighbour !== undefined && bare(neighbour) === line) return { text: old.join(''), result: { msg: '' } };
  const head = old.slice(0, at);
  const open = head.length > 0 && !/[\r\n]$/.test(head.at(-1) as string);
  return { text: [...head, ...(open ? ['\n'] : []), line + '\n', ...old.slice(at)].join(''), result: added };
}

import { type ArgsOf, defineModule, type Observed } from '../../engine/module/contract.ts';
import { EDIT, type Edited, type EditPrepared, missing, planEdit, prepareEdit, probeEdit, splitLines, toBytes } from './edit.ts';
import { pyRegex } from './pyregex.ts';
import { recordsOf } from './records.ts';

const options = {
  ...EDIT,
  state: { type: 'str', default: 'present', choices: ['present', 'absent'], description: 'Whether the block shall be there.' },
  block: { type: 'str', default: '', aliases: ['content'], description: 'Text between the markers. An empty one removes the block.' },
  marker: {
    type: 'str',
    default: '# {mark} ANSIBLE MANAGED BLOCK',
    description: 'Line around the block; `{mark}` becomes the two words below. Without `{mark}` a second run adds a second block.',
  },
  marker_begin: { type: 'str', default: 'BEGIN', description: 'Word in the line before the block.' },
  marker_end: { type: 'str', default: 'END', description: 'Word in the line after it.' },
  insertafter: { type: 'str', description: 'Where a new block goes: after the last line that this regular expression matches, or `EOF`, the default.' },
  insertbefore: { type: 'str', description: 'Before the last line that this regular expression matches, or `BOF`.' },
  create: { type: 'bool', default: false, description: 'Make the file, and its folder, when there is none.' },
  append_newline: { type: 'bool', default: false, description: 'An empty line follows the block.' },
  prepend_newline: { type: 'bool', default: false, description: 'An empty line precedes the block.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'blockinfile',
  fqcn: ['ansible.builtin.blockinfile'],
  summary: 'Keeps a block of lines between two marker lines of a file.',
  options,
  rules: { mutuallyExclusive: [['insertbefore', 'insertafter']] },
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/blockinfile_module.html',
  returns: { msg: 'What was done, in words.', backup_file: 'Path of the copy of the old file.' },
  examples: [
    {
      title: 'Names of the registry hosts',
      args: { path: '/etc/hosts', block: '10.77.0.21 quay01\n10.77.0.22 quay02\n', marker: '# {mark} quay' },
      given: "sed -i '/ quay$/d' /etc/hosts",
    },
    {
      title: 'Put it before a line, and let a command check the file',
      args: { path: '/etc/qplay-block.sh', block: 'export QUAY=1', insertbefore: '^exit', validate: 'sh -n %s' },
      given: 'printf "#!/bin/sh\\nexit 0\\n" >/etc/qplay-block.sh',
    },
    {
      title: 'Remove a block',
      args: { path: '/etc/qplay-block', state: 'absent' },
      given: 'printf "a\\n# BEGIN ANSIBLE MANAGED BLOCK\\nx\\n# END ANSIBLE MANAGED BLOCK\\nb\\n" >/etc/qplay-block',
    },
  ],

  prepare: (args, controller): Promise<EditPrepared> => prepareEdit(args, controller),
  probe: probeEdit,
  plan: (args, seen: Observed, prepared, before) => {
    const none = recordsOf(seen).get('parent') !== undefined;
    if (none && args.state === 'absent') return { is: 'right', result: { path: args.path, msg: `File ${args.path} not present` } };
    if (none && !args.create) return missing(args.path, true);
    return planEdit(args, prepared, seen, before, (text) => edited(args, text));
  },
});

function edited(args: Args, old: string | undefined): Edited {
  const mark = (word: string): string => toBytes(args.marker.replaceAll('{mark}', word)) + '\n';
  const [begin, end] = [mark(args.marker_begin), mark(args.marker_end)];
  const present = args.state === 'present';
  const text = toBytes(args.block);
  const block = present && text !== '' ? [begin, ...splitLines(text.endsWith('\n') ? text : text + '\n'), end] : [];
  const lines = splitLines(old ?? '');
  let at = place(args, lines, old ?? '', begin, end);
  if (at > 0 && !(lines[at - 1] as string).endsWith('\n')) lines[at - 1] += '\n';
  if (args.prepend_newline && present && at !== 0 && lines[at - 1] !== '\n') lines.splice(at++, 0, '\n');
  lines.splice(at, 0, ...block);
  const after = at + block.length;
  if (args.append_newline && present && after < lines.length && lines[after] !== '\n') lines.splice(after, 0, '\n');
  const made = lines.join('');
  const msg = made === old ? '' : old === undefined ? 'File created' : block.length === 0 ? 'Block removed' : 'Block inserted';
  return { text: made, result: { msg } };
}

/** Index where the block goes; an old block is taken out of the lines. */
function place(args: Args, lines: string[], text: string, begin: string, end: string): number {
  const first = lines.lastIndexOf(begin);
  const last = lines.lastIndexOf(end);
  if (first >= 0 && last >= 0) {
    const from = Math.min(first, last);
    lines.splice(from, Math.abs(last - first) + 1);
    return from;
  }
  const { insertafter: after, insertbefore: before } = args;
  const pattern = after !== undefined && after !== 'EOF' ? after : before !== undefined && before !== 'BOF' ? before : undefined;
  if (pattern === undefined) return before === undefined ? lines.length : 0;
  const found = search(pattern, lines, text, after !== undefined);
  if (found === undefined) return lines.length;
  return after === undefined ? found : found + 1;
}

function search(pattern: string, lines: readonly string[], text: string, after: boolean): number | undefined {
  const regex = pyRegex(toBytes(pattern), after ? 'insertafter' : 'insertbefore');
  if (/^\(\?[aiLsux]*m/.test(pattern)) {
    const match = regex.exec(text);
    if (match === null) return undefined;
    return text.slice(0, after ? match.index + match[0].length : match.index).split('\n').length - 1;
  }
  const at = lines.findLastIndex((line) => {
    regex.lastIndex = 0;
    return regex.test(line);
  });
  return at < 0 ? undefined : at;
}

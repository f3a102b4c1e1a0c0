import { inputError } from '../../engine/error.ts';
import { type ArgsOf, defineModule } from '../../engine/module/contract.ts';
import { EDIT, type Edited, type EditPrepared, missing, planEdit, prepareEdit, probeEdit } from './edit.ts';
import { expand, pyRegex } from './pyregex.ts';
import { recordsOf } from './records.ts';

const options = {
  ...EDIT,
  regexp: { type: 'str', required: true, description: 'Regular expression (Python’s, `^` and `$` at each line) of what is replaced, everywhere it matches.' },
  replace: { type: 'str', default: '', description: 'What takes its place; `\\1` and `\\g<name>` stand for groups.' },
  after: { type: 'str', description: 'Only after the first match of this regular expression.' },
  before: { type: 'str', description: 'Only before the first match of this regular expression.' },
  encoding: { type: 'str', default: 'utf-8', choices: ['utf-8', 'latin1', 'iso-8859-1', 'ascii'], description: 'Encoding of the file.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'replace',
  fqcn: ['ansible.builtin.replace'],
  summary: 'Replaces every match of a regular expression in a file.',
  notes: ['Idempotence is yours: choose a replacement that `regexp` does not match again.'],
  options,
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/replace_module.html',
  returns: { msg: 'How many replacements were made.', backup_file: 'Path of the copy of the old file.', rc: 'Always 0.' },
  examples: [
    {
      title: 'Comment lines out',
      args: { path: '/etc/qplay-replace', regexp: '^(server .*)$', replace: '# \\1' },
      given: 'printf "server a\\nserver b\\nend\\n" >/etc/qplay-replace',
    },
    {
      title: 'Only within a section, with a copy of the old file',
      args: { path: '/etc/qplay-replace', after: '\\[db\\]', before: '\\[web\\]', regexp: 'host=\\S+', replace: 'host=db01', backup: true },
      given: 'printf "[db]\\nhost=old\\n[web]\\nhost=old\\n" >/etc/qplay-replace',
    },
  ],

  prepare: (args, controller): Promise<EditPrepared> => prepareEdit(args, controller),
  probe: probeEdit,
  plan: (args, seen, prepared, before) => {
    if (recordsOf(seen).get('parent') !== undefined) return missing(args.path, false);
    return planEdit(args, prepared, seen, before, (bytes) => edited(args, bytes ?? ''));
  },
});

/** A file in UTF-8 is matched as text, so that `.` is a character; one that is none is matched as bytes. */
function edited(args: Args, bytes: string): Edited {
  const raw = Buffer.from(bytes, 'latin1');
  const encoding = args.encoding === 'utf-8' && Buffer.from(raw.toString()).equals(raw) ? 'utf8' : 'latin1';
  if (args.encoding === 'utf-8' && encoding === 'latin1') throw inputError('encoding', `${args.path} is not UTF-8`, { hint: 'Set encoding: latin1' });
  const text = raw.toString(encoding);
  const [from, to] = section(args, text);
  if (from < 0)
    return { text: bytes, result: { msg: `Pattern for before/after params did not match the given file: ${sectionPattern(args.after, args.before)}`, rc: 0 } };
  let count = 0;
  const regex = pyRegex(args.regexp, 'regexp', { multiline: true });
  const middle = text.slice(from, to);
  const made = substitute(middle, regex, (match) => {
    count++;
    return expand(args.replace, match, 'replace');
  });
  const msg = made === middle ? '' : `${count} replacements made`;
  return { text: Buffer.from(text.slice(0, from) + made + text.slice(to), encoding).toString('latin1'), result: { msg, rc: 0 } };
}

function substitute(text: string, regex: RegExp, by: (match: RegExpMatchArray) => string): string {
  let made = '';
  let from = 0;
  for (const match of text.matchAll(regex)) {
    made += text.slice(from, match.index) + by(match);
    from = (match.index as number) + match[0].length;
  }
  return made + text.slice(from);
}

function section({ after, before }: Args, text: string): [number, number] {
  if (!after && !before) return [0, text.length];
  const pattern = sectionPattern(after, before);
  const regex = new RegExp(pyRegex(pattern, 'after and before', { dotAll: true }).source, 'd');
  const found = regex.exec(text)?.indices?.groups?.subsection;
  return found === undefined ? [-1, -1] : found;
}

const sectionPattern = (after?: string, before?: string): string => `${after ?? ''}(?P<subsection>${after && before ? '.*?' : '.*'})${before ?? ''}`;

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inputError } from '../../engine/error.ts';
import { type ArgsOf, type Controller, defineModule, type Observed, type Script, sh } from '../../engine/module/contract.ts';
import { ATTRIBUTES, wantedOf } from './attributes.ts';
import { pathWord } from './path.ts';
import { backupSuffix, planPlace, probePlace, type Source, sourceOf, type Target } from './place.ts';
import { pyRegex } from './pyregex.ts';
import { recordsOf } from './records.ts';
import { checkValidate } from './validate.ts';

const options = {
  src: { type: 'path', required: true, description: 'Folder with the fragments.' },
  dest: { type: 'path', required: true, description: 'File that is made of them.' },
  remote_src: { type: 'bool', default: true, description: 'The fragments are on the host. If not, they are on the control node.' },
  delimiter: { type: 'str', description: 'Text between fragments; `\\n` and the like are understood.' },
  regexp: { type: 'str', description: 'Only fragments with a name that this regular expression (Python’s) matches.' },
  ignore_hidden: { type: 'bool', default: false, description: 'Leave out names that begin with a dot.' },
  backup: { type: 'bool', default: false, description: 'Keep a copy of the old file beside it, with the time in its name.' },
  validate: { type: 'str', description: 'Command that must agree before the file is put in place; `%s` is the path of the new content.' },
  decrypt: { type: 'bool', default: true, description: 'Decrypt fragments of the control node that are vault files.' },
  ...ATTRIBUTES,
  unsafe_writes: {
    type: 'bool',
    default: false,
    description: 'Write in place where the file cannot be replaced in one step, such as a file that is mounted into a container.',
  },
} as const;

type Args = ArgsOf<typeof options>;

interface Fragment {
  readonly name: string;
  readonly bytes: Buffer;
}

interface Prepared {
  readonly target: Target;
  /** Known beforehand when the fragments are on the control node. */
  readonly source?: Source;
}

export default defineModule({
  name: 'assemble',
  fqcn: ['ansible.builtin.assemble'],
  summary: 'Makes a file of the fragments in a folder, in the order of their names.',
  options,
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/assemble_module.html',
  returns: { dest: 'Path of the file.', src: 'Folder of the fragments.', checksum: 'SHA-1 of the file.', backup_file: 'Path of the copy of the old file.' },
  examples: [
    {
      title: 'Join fragments of the host',
      args: { src: '/etc/qplay.d', dest: '/etc/qplay.conf', mode: '0644' },
      given: 'rm -f /etc/qplay.conf; mkdir -p /etc/qplay.d; echo b >/etc/qplay.d/20-b; printf a >/etc/qplay.d/10-a',
    },
    {
      title: 'Only some, with a line between them',
      args: { src: '/etc/qplay.d', dest: '/etc/qplay.conf', regexp: '\\.conf$', delimiter: '### next ###\\n' },
      given: 'rm -f /etc/qplay.conf; mkdir -p /etc/qplay.d; echo b >/etc/qplay.d/b.conf; echo a >/etc/qplay.d/a.conf; echo no >/etc/qplay.d/c.bak',
    },
  ],

  async prepare(args, controller): Promise<Prepared> {
    checkValidate(args.validate);
    const { dest, validate } = args;
    const target: Target = { ...wantedOf(args), dest, validate, follow: true, unsafe: args.unsafe_writes, ...(args.backup && { backup: backupSuffix() }) };
    return args.remote_src ? { target } : { target, source: assembled(args, await localFragments(args, controller)) };
  },
  probe: (args, { target, source }): Script =>
    source !== undefined
      ? probePlace(target, source.sha1)
      : sh`s=${pathWord(args.src.replace(/(?<=.)\/+$/, ''))}
if [ ! -e "$s" ]; then printf 'is=none\\0'; elif [ ! -d "$s" ]; then printf 'is=file\\0'; fi
for f in "$s"/* "$s"/.[!.]* "$s"/..?*; do
  if [ -f "$f" ]; then printf 'fragment=%s\\0size=%s\\0' "\${f##*/}" "$(wc -c <"$f")"; fi
done
printf '\\0'
for f in "$s"/* "$s"/.[!.]* "$s"/..?*; do if [ -f "$f" ]; then cat -- "$f"; fi; done
${probePlace(target, 'none')}`,
  plan: (args, output, { target, source }, before) => {
    const result = { src: args.src, msg: 'OK' };
    const refused = { src: args.src };
    if (source !== undefined) {
      const plan = planPlace(target, source, output, before);
      return { ...plan, result: { ...plan.result, ...result } };
    }
    const is = recordsOf(output).get('is');
    if (is === 'none')
      return { is: 'premature', why: `Source (${args.src}) does not exist`, hint: 'It is a folder of the host unless remote_src: false', result: refused };
    if (is === 'file') return { is: 'impossible', why: `Source (${args.src}) is not a directory`, result: refused };
    const [fragments, place] = taken(output);
    const plan = planPlace(target, assembled(args, fragments), place, before === undefined ? undefined : taken(before)[1]);
    return { ...plan, result: { ...plan.result, ...result } };
  },
});

/** Fragments that the probe printed, and the rest of its output: what is known of `dest`. */
function taken(output: Observed): [Fragment[], Observed] {
  const seen = recordsOf(output);
  const fragments: Fragment[] = [];
  let from = 0;
  let name = '';
  for (const { key, value } of seen.fields) {
    if (key === 'fragment') name = value;
    if (key !== 'size') continue;
    const to = from + Number(value);
    fragments.push({ name, bytes: seen.rest.subarray(from, to) });
    from = to;
  }
  return [fragments, { ...output, bytes: seen.rest.subarray(from) }];
}

async function localFragments(args: Args, controller: Controller): Promise<Fragment[]> {
  const folder = controller.find('files', args.src.replace(/(?<=.)\/+$/, ''));
  if (!(await stat(folder)).isDirectory()) throw inputError('assemble', `Source (${folder}) is not a directory`);
  const fragments: Fragment[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!(await stat(path)).isFile()) continue;
    fragments.push({ name, bytes: args.decrypt ? await controller.read(path) : await readFile(path) });
  }
  return fragments;
}

const SIMPLE: Record<string, string> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'" };

function assembled(args: Args, all: readonly Fragment[]): Source {
  const regex = args.regexp === undefined ? undefined : pyRegex(args.regexp, 'regexp');
  const chosen = all
    .filter(({ name }) => !(args.ignore_hidden && name.startsWith('.')) && (regex === undefined || name.search(regex) >= 0))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const text = args.delimiter?.replace(/\\([nrt\\"'])/g, (_all, letter: string) => SIMPLE[letter] as string);
  const delimiter = Buffer.from(text === undefined || text === '' || text.endsWith('\n') ? (text ?? '') : text + '\n');
  const parts: Buffer[] = [];
  for (const [index, { bytes }] of chosen.entries()) {
    const last = parts.at(-1);
    if (last !== undefined && last.at(-1) !== 10) parts.push(Buffer.from('\n'));
    if (index > 0) parts.push(delimiter);
    parts.push(bytes);
  }
  return sourceOf(Buffer.concat(parts));
}

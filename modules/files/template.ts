import { stat } from 'node:fs/promises';
import { inputError } from '../../engine/error.ts';
import { type ArgsOf, defineModule, type TemplateOptions } from '../../engine/module/contract.ts';
import { ATTRIBUTES, wantedOf } from './attributes.ts';
import { modeText, modeWarning } from './mode.ts';
import { baseName } from './path.ts';
import { backupSuffix, planPlace, probePlace, type Source, sourceOf, type Target } from './place.ts';
import { checkValidate } from './validate.ts';

const options = {
  src: { type: 'path', required: true, description: 'Template on the control node, searched in the role’s `templates/` and beside the playbook.' },
  dest: { type: 'path', required: true, description: 'Where it goes on the host. With a trailing slash, or where it is a folder, the name of `src` is added.' },
  force: { type: 'bool', default: true, description: 'Replace a file that differs. If not, it is only written where there is none.' },
  backup: { type: 'bool', default: false, description: 'Keep a copy of the old file beside it, with the time in its name.' },
  validate: { type: 'str', description: 'Command that must agree before the file is put in place; `%s` is the path of the new content.' },
  ...ATTRIBUTES,
  follow: { type: 'bool', default: false, description: 'Where `dest` is a link, write to what it points at. If not, the link is replaced.' },
  newline_sequence: { type: 'str', default: '\n', choices: ['\n', '\r', '\r\n', '\\n', '\\r', '\\r\\n'], description: 'How lines end in the file.' },
  output_encoding: { type: 'str', default: 'utf-8', description: 'Encoding of the file: `utf-8`, `utf-16le`, `latin1` or `ascii`.' },
  trim_blocks: { type: 'bool', default: true, description: 'Drop the newline after a block tag.' },
  lstrip_blocks: { type: 'bool', default: false, description: 'Drop blanks before a block tag.' },
  variable_start_string: { type: 'str', default: '{{', description: 'What begins an expression.' },
  variable_end_string: { type: 'str', default: '}}', description: 'What ends an expression.' },
  block_start_string: { type: 'str', default: '{%', description: 'What begins a block tag.' },
  block_end_string: { type: 'str', default: '%}', description: 'What ends a block tag.' },
  comment_start_string: { type: 'str', description: 'What begins a comment; `{#` when absent.' },
  comment_end_string: { type: 'str', description: 'What ends a comment; `#}` when absent.' },
  unsafe_writes: {
    type: 'bool',
    default: false,
    description: 'Write in place where the file cannot be replaced in one step, such as a file that is mounted into a container.',
  },
} as const;

type Args = ArgsOf<typeof options>;

interface Prepared {
  readonly target: Target;
  readonly source: Source;
  readonly src: string;
}

export default defineModule({
  name: 'template',
  fqcn: ['ansible.builtin.template'],
  summary: 'Writes a file from a Jinja template.',
  notes: ['The template is rendered on the control node with the variables of the host. Only a text that differs is sent.'],
  options,
  source: 'https://docs.ansible.com/ansible/latest/collections/ansible/builtin/template_module.html',
  returns: {
    dest: 'Path of the file on the host.',
    src: 'Path of the template.',
    checksum: 'SHA-1 of the rendered text.',
    backup_file: 'Path of the copy of the old file.',
    uid: 'Number of the owner.',
    gid: 'Number of the group.',
    owner: 'Name of the owner.',
    group: 'Name of the group.',
    mode: 'Permissions, such as `0644`.',
    size: 'Size in bytes.',
    state: 'Always `file`.',
  },
  examples: [
    { title: 'Write a file for each host from one text', args: { src: 'motd.j2', dest: '/etc/motd', mode: '0644', owner: 'root' }, given: 'rm -f /etc/motd' },
    {
      title: 'Let a command check it first, and keep the old one',
      args: { src: 'motd.j2', dest: '/etc/qplay-template', validate: 'grep -q Welcome %s', backup: true },
      given: 'echo old >/etc/qplay-template',
    },
    {
      title: 'Write Windows line ends',
      args: { src: 'motd.j2', dest: '/etc/qplay-template.txt', newline_sequence: '\r\n' },
      given: 'rm -f /etc/qplay-template.txt',
    },
  ],

  async prepare(args, controller): Promise<Prepared> {
    const warning = modeWarning(args.mode);
    if (warning !== undefined) controller.warn(warning);
    checkValidate(args.validate);
    const src = controller.find('templates', args.src);
    const text = await controller.template(src, settings(args));
    return { src, source: sourceOf(encode(text, args.output_encoding)), target: await targetOf(args, src) };
  },
  probe: (_args, { target, source }) => probePlace(target, source.sha1),
  plan: (_args, seen, { target, source, src }, before) => {
    const plan = planPlace(target, source, seen, before);
    return { ...plan, result: { ...plan.result, src } };
  },
});

async function targetOf(args: Args, src: string): Promise<Target> {
  const mode = args.mode === 'preserve' ? modeText((await stat(src)).mode) : args.mode;
  const { dest, follow, force, validate } = args;
  return {
    ...wantedOf(args),
    mode,
    dest,
    name: baseName(src),
    follow,
    force,
    validate,
    unsafe: args.unsafe_writes,
    ...(args.backup && { backup: backupSuffix() }),
  };
}

function settings(args: Args): TemplateOptions {
  return {
    trimBlocks: args.trim_blocks,
    lstripBlocks: args.lstrip_blocks,
    newline: args.newline_sequence.replace('\\r', '\r').replace('\\n', '\n'),
    variableStart: args.variable_start_string,
    variableEnd: args.variable_end_string,
    blockStart: args.block_start_string,
    blockEnd: args.block_end_string,
    ...(args.comment_start_string !== undefined && { commentStart: args.comment_start_string }),
    ...(args.comment_end_string !== undefined && { commentEnd: args.comment_end_string }),
  };
}

const ENCODINGS: Record<string, BufferEncoding> = { utf8: 'utf8', utf16le: 'utf16le', latin1: 'latin1', iso88591: 'latin1', ascii: 'latin1' };

/** Text in the wanted encoding. */
function encode(text: string, name: string): Buffer {
  const encoding = ENCODINGS[name.toLowerCase().replace(/[-_]/g, '')];
  if (encoding === undefined) throw inputError('encoding', `output_encoding: ${name} is not known`, { hint: 'Known are utf-8, utf-16le, latin1 and ascii' });
  return Buffer.from(text, encoding);
}

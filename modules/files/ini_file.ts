import { inputError } from '../../engine/error.ts';
import { type ArgsOf, defineModule } from '../../engine/module/contract.ts';
import { EDIT, type EditPrepared, planEdit, prepareEdit, probeEdit, toBytes } from './edit.ts';
import { editIni, type IniWanted } from './ini.ts';
import { recordsOf } from './records.ts';

const options = {
  ...EDIT,
  section: { type: 'str', description: 'Name of the section; the lines above the first one when absent.' },
  section_has_values: {
    type: 'list',
    elements: 'dict',
    description: 'Of several sections of that name the one in which these options have these values.',
    options: {
      option: { type: 'str', required: true, description: 'Name of an option.' },
      value: { type: 'str', description: 'Its value.' },
      values: { type: 'list', elements: 'str', description: 'Its values, one of which is enough.' },
    },
  },
  option: { type: 'str', description: 'Name of the option; the whole section when absent.' },
  value: { type: 'str', description: 'Its value.' },
  values: { type: 'list', elements: 'str', description: 'Its values, a line each.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'Whether it shall be there.' },
  exclusive: { type: 'bool', default: true, description: 'No other lines of that option.' },
  no_extra_spaces: { type: 'bool', default: false, description: 'No blanks around the equals sign.' },
  ignore_spaces: { type: 'bool', default: false, description: 'A line that differs in blanks only is left alone.' },
  allow_no_value: { type: 'bool', default: false, description: 'The option may stand without a value and an equals sign.' },
  modify_inactive_option: { type: 'bool', default: true, description: 'A line that is commented out is replaced, if it names the option.' },
  create: { type: 'bool', default: true, description: 'Make the file, and its folder, when there is none.' },
  follow: { type: 'bool', default: false, description: 'Taken for compatibility: a link is always followed.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'ini_file',
  fqcn: ['community.general.ini_file'],
  summary: 'Sets an option in a section of an INI file, or removes one.',
  options,
  rules: { mutuallyExclusive: [['value', 'values']] },
  source: 'https://docs.ansible.com/ansible/latest/collections/community/general/ini_file_module.html',
  returns: { path: 'The file.', msg: 'What was done, in words.', backup_file: 'Path of the copy of the old file.' },
  examples: [
    {
      title: 'Set an option',
      args: { path: '/etc/qplay.ini', section: 'drinks', option: 'fav', value: 'lemonade', mode: '0600', backup: true },
      given: 'printf "[drinks]\\nfav = beer\\n[food]\\nfav = bread\\n" >/etc/qplay.ini',
    },
    {
      title: 'Several values, in a new file',
      args: { path: '/etc/qplay.ini', section: 'drinks', option: 'all', values: ['tea', 'milk'] },
      given: 'rm -f /etc/qplay.ini',
    },
    {
      title: 'Remove a section',
      args: { path: '/etc/qplay.ini', section: 'drinks', state: 'absent' },
      given: 'printf "[drinks]\\nfav = beer\\n[food]\\nfav = bread\\n" >/etc/qplay.ini',
    },
  ],

  async prepare(args, controller): Promise<EditPrepared> {
    if (args.state === 'present' && !args.allow_no_value && args.value === undefined && (args.values ?? []).length === 0)
      throw inputError('value', "Parameter 'value(s)' must be defined if state=present and allow_no_value=False.");
    return prepareEdit(args, controller);
  },
  probe: probeEdit,
  plan: (args, seen, prepared, before) => {
    if (!args.create && recordsOf(seen).get('parent') !== undefined)
      return { is: 'premature', why: `Destination ${args.path} does not exist!`, hint: 'create: true makes it', result: { rc: 257 } };
    return planEdit({ ...args, attributeWords: false }, prepared, seen, before, (text) => {
      const made = editIni(text ?? '', wantedOf(args));
      return { text: made.text, result: { msg: made.msg } };
    });
  },
});

function wantedOf(args: Args): IniWanted {
  const named = (text: string | undefined): string | undefined => (text === undefined || text === '' ? undefined : toBytes(text));
  const values = args.value === undefined ? (args.values ?? []) : [args.value];
  return {
    section: named(args.section),
    has: args.section_has_values?.map(({ option, value, values: all }) => ({
      option: toBytes(option),
      values: (value === undefined ? ((all as readonly string[] | undefined) ?? []) : [value]).map((one) => toBytes(String(one))),
    })),
    option: named(args.option),
    values: [...new Set(values.map((one) => toBytes(String(one))))],
    present: args.state === 'present',
    exclusive: args.exclusive,
    spaces: !args.no_extra_spaces,
    ignoreSpaces: args.ignore_spaces,
    allowNoValue: args.allow_no_value,
    inactive: args.modify_inactive_option,
  };
}

import { type ArgsOf, defineModule } from '../../engine/module/contract.ts';
import { type EditPrepared, missing, planEdit, prepareEdit, probeEdit } from './edit.ts';
import { editPam, pamMistake, readPam, writePam } from './pam.ts';
import { recordsOf } from './records.ts';

const TYPES = ['account', '-account', 'auth', '-auth', 'password', '-password', 'session', '-session'] as const;

const options = {
  name: { type: 'str', required: true, description: 'Name of the service, such as `sshd`.' },
  type: { type: 'str', required: true, choices: TYPES, description: 'Type of the rules that are meant.' },
  control: { type: 'str', required: true, description: 'Their control, such as `required` or `[success=1 default=ignore]`.' },
  module_path: { type: 'str', required: true, description: 'Their module, such as `pam_motd.so`.' },
  new_type: { type: 'str', choices: TYPES, description: 'Type of the new or changed rule.' },
  new_control: { type: 'str', description: 'Its control.' },
  new_module_path: { type: 'str', description: 'Its module.' },
  module_arguments: { type: 'list', elements: 'str', description: 'Arguments of the module; an empty text for none.' },
  state: {
    type: 'str',
    default: 'updated',
    choices: ['absent', 'after', 'args_absent', 'args_present', 'before', 'updated'],
    description: 'What becomes of the rules: removed, changed, or another put before or after them.',
  },
  path: { type: 'path', default: '/etc/pam.d', description: 'Folder of the services.' },
  backup: { type: 'bool', default: false, description: 'Keep a copy of the old file beside it, with the time in its name.' },
} as const;

type Args = ArgsOf<typeof options>;
type Prepared = EditPrepared & { readonly date: string };

const GIVEN = "printf 'auth required pam_env.so\\nsession optional pam_motd.so motd=/run/motd\\n' >/etc/pam.d/qp-service";
const MOTD = { name: 'qp-service', type: 'session', control: 'optional', module_path: 'pam_motd.so' };

export default defineModule<typeof options, Prepared>({
  name: 'pamd',
  fqcn: ['community.general.pamd'],
  summary: 'Changes the rules of a service of PAM.',
  source: 'community.general.pamd; pam.d(5)',
  options,
  rules: {
    requiredIf: [
      ['state', 'args_present', ['module_arguments']],
      ['state', 'args_absent', ['module_arguments']],
      ['state', 'before', ['new_control', 'new_type', 'new_module_path']],
      ['state', 'after', ['new_control', 'new_type', 'new_module_path']],
    ],
  },
  returns: { change_count: 'How many rules were changed.', backupdest: 'Path of the copy of the old file.' },
  examples: [
    { title: 'No message of the day', args: { ...MOTD, state: 'absent' }, given: GIVEN },
    {
      title: 'Another rule before',
      args: { ...MOTD, state: 'before', new_type: 'auth', new_control: '[success=1 default=ignore]', new_module_path: 'pam_faillock.so' },
      given: GIVEN,
    },
    { title: 'With arguments', args: { ...MOTD, state: 'args_present', module_arguments: ['motd=/etc/motd', 'noupdate'] }, given: GIVEN },
  ],
  prepare: async (args, controller) => ({ ...(await prepareEdit(whole(args), controller)), date: new Date().toISOString() }),
  probe: (args) => probeEdit(whole(args)),
  plan(args, seen, prepared, before) {
    const records = recordsOf(seen);
    if (records.get('look') === undefined) return missing(whole(args).path, false, 'Unable to open/read PAM module file');
    const made = (text: string) => editPam(readPam(text), wishOf(args));
    const wrong = pamMistake(made(records.rest.toString()).lines);
    if (wrong !== undefined) return { is: 'impossible', why: wrong };
    if (args.state === 'args_present' && args.module_arguments?.some((one) => one.startsWith('[')))
      return { is: 'impossible', why: "Unable to process bracketed '[' complex arguments with 'args_present'. Please use 'updated'." };
    const plan = planEdit({ ...whole(args), attributeWords: false }, prepared, seen, before, (bytes) => {
      const text = Buffer.from(bytes ?? '', 'latin1').toString();
      const { lines, count } = made(text);
      const after = count === 0 ? text : writePam(lines, prepared.date);
      return { text: Buffer.from(after).toString('latin1'), result: { change_count: count } };
    });
    if (plan.is !== 'wrong' && plan.is !== 'right') return plan;
    // the time is no part of what differs
    const shown = (text: unknown) => (typeof text === 'string' ? text.replace(/^# Updated by Ansible - .*$/m, '# Updated by Ansible') : text);
    const diff = plan.is === 'wrong' ? { diff: plan.diff.map((one) => ({ ...one, before: shown(one.before), after: shown(one.after) }) as typeof one) } : {};
    return { ...plan, ...diff, result: { ...plan.result, backupdest: plan.result?.backup_file ?? '' } };
  },
});

const whole = (args: Args) => ({ path: `${args.path.replace(/\/+$/, '')}/${args.name}`, backup: args.backup, unsafe_writes: false });

const wishOf = (args: Args) => ({
  state: args.state,
  type: args.type,
  control: args.control,
  path: args.module_path,
  newType: args.new_type,
  newControl: args.new_control,
  newPath: args.new_module_path,
  args: args.module_arguments,
});

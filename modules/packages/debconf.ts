import { type ArgsOf, defineModule, type Plan, sh } from '../../engine/module/contract.ts';
import { premature, right, textLines } from '../system/lib.ts';

const options = {
  name: { type: 'str', required: true, aliases: ['pkg'], description: 'The package that asks.' },
  question: { type: 'str', aliases: ['selection', 'setting'], description: 'Name of the question; all answers are only told when absent.' },
  vtype: {
    type: 'str',
    choices: ['boolean', 'error', 'multiselect', 'note', 'password', 'seen', 'select', 'string', 'text', 'title'],
    description: 'Type of the answer.',
  },
  value: { type: 'raw', aliases: ['answer'], description: 'The answer. One of type `password` travels on standard input only, and is shown nowhere.' },
  unseen: { type: 'bool', default: false, description: 'Leave the question to be asked all the same.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineModule({
  name: 'debconf',
  fqcn: ['ansible.builtin.debconf'],
  summary: 'Answers the questions of Debian packages before they are asked.',
  notes: ['A package that is installed already does not ask again: run `dpkg-reconfigure` as a handler.'],
  source: 'ansible.builtin.debconf; debconf-set-selections(1)',
  options,
  rules: { requiredTogether: [['question', 'vtype', 'value']] },
  returns: { current: 'Answer that was asked for, by question.', previous: 'Answers before.', msg: 'Empty.' },
  examples: [
    {
      title: 'Answer a question',
      args: { name: 'tzdata', question: 'tzdata/Areas', vtype: 'select', value: 'Etc' },
      given: 'echo tzdata tzdata/Areas select Europe | debconf-set-selections',
      needs: ['apt'],
    },
  ],
  probe: ({ name, question, vtype }) => sh`if ! command -v debconf-show >/dev/null 2>&1; then echo lacks; exit 0; fi
debconf-show ${name}
${
  vtype === 'password' &&
  sh`printf '\\036'
if command -v debconf-communicate >/dev/null 2>&1; then echo "GET ${question ?? ''}" | debconf-communicate ${name} | sed 's/^0 //'; fi`
}`,
  plan: (args, seen): Plan => {
    if (seen.stdout === 'lacks\n') return premature('Failed to find required executable "debconf-show"', 'The module is for Debian and its kin');
    const [shown = '', secret] = seen.stdout.split('\x1e');
    const previous = Object.fromEntries(
      textLines(shown).flatMap((line) => {
        const found = /^[* ] ([^:\s]+):\s?(.*)$/.exec(line);
        return found === null ? [] : [[found[1] as string, (found[2] as string).trim()]];
      }),
    );
    if (args.question === undefined) return right({ msg: '', current: previous });
    const value = answerOf(args);
    const now = args.vtype === 'password' && secret !== undefined ? secret.replace(/\n$/, '') : previous[args.question];
    const told = args.vtype === 'password' ? {} : { current: { [args.question]: value }, previous };
    if (now === value) return right({ msg: '', ...told });
    const shownValue = (text: string | undefined): string => (args.vtype === 'password' && text !== undefined ? 'hidden' : (text ?? ''));
    return {
      is: 'wrong',
      diff: [
        {
          label: `${args.name} ${args.question}`,
          before: { value: args.vtype === 'password' ? 'another' : shownValue(now) },
          after: { value: shownValue(value) },
        },
      ],
      uploads: { answer: `${args.name} ${args.question} ${args.vtype} ${value}\n` },
      apply: sh`debconf-set-selections ${args.unseen && '--unseen'} <"$up_answer" || exit`,
      result: { msg: '', ...told },
    };
  },
});

/** Booleans as debconf writes them. */
function answerOf({ value, vtype }: Args): string {
  if (Array.isArray(value)) return value.map(String).join(', ');
  const text = value === true ? 'true' : value === false ? 'false' : String(value ?? '');
  return vtype === 'boolean' ? text.toLowerCase() : text;
}

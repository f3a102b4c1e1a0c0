import { type ActionOutcome, type ArgsOf, defineAction, quote, type Script, sh } from '../../engine/module/contract.ts';
import { expanded } from '../system/lib.ts';

const options = {
  chdir: { type: 'path', required: true, description: 'Folder in which make runs.' },
  target: { type: 'str', description: 'What is made; the first target of the makefile when absent.' },
  targets: { type: 'list', elements: 'str', description: 'Several of these.' },
  params: { type: 'dict', description: 'Variables, as `NAME: value`; a name alone is given as it is.' },
  file: { type: 'path', description: 'Makefile, when it has another name.' },
  jobs: { type: 'int', description: 'How many commands run at once.' },
  make: { type: 'path', description: 'make to be used; gmake or make when absent.' },
} as const;

type Args = ArgsOf<typeof options>;

export default defineAction({
  name: 'make',
  fqcn: ['community.general.make'],
  summary: 'Has make bring targets up to date.',
  notes: ['`make -q` tells whether there is something to do; a check asks no more than that.'],
  source: 'https://docs.ansible.com/ansible/latest/collections/community/general/make_module.html; make(1)',
  inCheck: 'decide',
  options,
  rules: { mutuallyExclusive: [['target', 'targets']] },
  returns: {
    command: 'The command line.',
    stdout: 'What make printed.',
    stderr: 'What it complained of.',
    target: 'As asked.',
    targets: 'As asked.',
    params: 'As asked.',
    chdir: 'As asked.',
    file: 'As asked.',
    jobs: 'As asked.',
  },
  examples: [
    { title: 'All', args: { chdir: '/srv/src' } },
    { title: 'Install into a folder', args: { chdir: '/srv/src', target: 'install', params: { PREFIX: '/opt/app' } } },
  ],

  async run(args, host, controller): Promise<ActionOutcome> {
    const words = wordsOf(args);
    const program = args.make === undefined ? sh`$(command -v gmake || command -v make)` : expanded(args.make);
    const call = (more: readonly string[]): Script => sh`cd ${expanded(args.chdir)} || exit 120
qp_make=${program}; [ "$qp_make" ] || exit 121
printf '%s\n' "$qp_make"
"$qp_make" ${[...words, ...more]}`;
    const asked = await host.run(call(['-q']));
    if (asked.code === 121) return failure('Failed to find required executable "make" on this host', { hint: 'Install make before' });
    if (asked.code === 120) return failure(`Unable to change directory to ${args.chdir}`, {});
    const [path = 'make'] = asked.stdout.split('\n');
    const result = (out: string, err: string) => ({
      stdout: trimmed(out.slice(out.indexOf('\n') + 1)),
      stderr: trimmed(err),
      target: args.target ?? null,
      targets: args.targets ?? null,
      params: args.params ?? null,
      chdir: args.chdir,
      file: args.file ?? null,
      jobs: args.jobs ?? null,
      command: [path, ...words].map(quote).join(' '),
    });
    if (asked.code === 0) return { status: 'ok', result: result(asked.stdout, asked.stderr) };
    if (controller.check) return { status: 'changed', result: result(asked.stdout, asked.stderr) };
    const made = await host.run(call([]));
    if (made.code === 0) return { status: 'changed', result: result(made.stdout, made.stderr) };
    const stdout = made.stdout.slice(made.stdout.indexOf('\n') + 1);
    return failure(trimmed(made.stderr), { rc: made.code, stdout, stderr: made.stderr });
  },
});

const trimmed = (text: string): string => text.replace(/[\r\n]+$/, '');

function failure(why: string, { hint, ...result }: { readonly hint?: string; readonly [key: string]: unknown }): ActionOutcome {
  return { status: 'failed', why, ...(hint !== undefined && { hint }), result: { msg: why, ...result } };
}

const wordsOf = (args: Args): string[] => [
  ...(args.jobs === undefined ? [] : ['-j', String(args.jobs)]),
  ...(args.file === undefined ? [] : ['-f', args.file]),
  ...(args.target ? [args.target] : (args.targets ?? [])),
  ...Object.entries(args.params ?? {}).map(([name, value]) => (value === null || value === undefined ? name : `${name}=${pyText(value)}`)),
];

/** As Python writes a value. */
const pyText = (value: unknown): string => (typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value));

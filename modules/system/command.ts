import { defineAction } from '../../engine/module/contract.ts';
import { EXECUTION_OPTIONS, EXECUTION_RETURNS, execute, execWords, streams } from './execute.ts';
import { splitWords } from './words.ts';

export default defineAction({
  name: 'command',
  fqcn: ['ansible.builtin.command'],
  summary: 'Runs a program with arguments, without a shell between.',
  notes: [
    'It is always reported as changed unless `creates` or `removes` says that it need not run, or `changed_when` says otherwise.',
    'Words are never read by a shell: no pipes, no redirections, no patterns. Use `shell` for those.',
  ],
  source: 'ansible.builtin.command',
  inCheck: 'decide',
  detaches: true,
  freeForm: 'cmd',
  options: {
    cmd: { type: 'str', description: 'The command line; quotes and backslashes divide it into words.' },
    argv: { type: 'list', elements: 'str', description: 'The command as a list of words, in place of `cmd`.' },
    ...EXECUTION_OPTIONS,
    expand_argument_vars: { type: 'bool', default: true, description: 'Whether `~` and `$NAME` in the words mean what they mean on the host.' },
    strip_empty_ends: { type: 'bool', default: true, description: 'Whether trailing line feeds of the output are dropped.' },
    executable: { type: 'str', description: 'Accepted and ignored, as in Ansible; only `shell` has a use for it.' },
  },
  rules: { mutuallyExclusive: [['cmd', 'argv']] },
  returns: EXECUTION_RETURNS,
  examples: [
    { title: 'Run a program', args: { cmd: 'uname -r' } },
    { title: 'Run it once only', args: { cmd: 'touch /var/tmp/qp-command-once', creates: '/var/tmp/qp-command-once' } },
    { title: 'Give the words as a list, and text on standard input', args: { argv: ['wc', '-l'], stdin: 'one\ntwo' } },
  ],
  run: async (args, host, controller) => {
    const words = args.argv ?? splitWords(args.cmd ?? '');
    if (words.length === 0)
      return {
        status: 'failed',
        why: 'no command given',
        hint: 'Write the command after the module name, or in `cmd` or `argv`',
        result: { ...streams('', '', 256), cmd: null, msg: 'no command given' },
      };
    if (args.executable !== undefined) controller.warn('The option executable is not supported by the command module and is ignored. Use the shell module.');
    return execute(
      {
        run: execWords(words, args.expand_argument_vars),
        cmd: words,
        chdir: args.chdir,
        creates: args.creates,
        removes: args.removes,
        stdin: args.stdin,
        stdinAddNewline: args.stdin_add_newline,
        stripEmptyEnds: args.strip_empty_ends,
      },
      host,
      controller,
    );
  },
});

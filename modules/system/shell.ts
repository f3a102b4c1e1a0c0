import { defineAction, sh } from '../../engine/module/contract.ts';
import { EXECUTION_OPTIONS, EXECUTION_RETURNS, execute } from './execute.ts';

export default defineAction({
  name: 'shell',
  fqcn: ['ansible.builtin.shell'],
  summary: 'Runs text through a shell: pipes, redirections, patterns.',
  notes: [
    'It is always reported as changed unless `creates` or `removes` says that it need not run, or `changed_when` says otherwise.',
    'Put values into the text with the `quote` filter.',
  ],
  source: 'ansible.builtin.shell',
  inCheck: 'decide',
  detaches: true,
  freeForm: 'cmd',
  options: {
    cmd: { type: 'str', description: 'Text for the shell.' },
    ...EXECUTION_OPTIONS,
    executable: { type: 'path', default: '/bin/sh', description: 'The shell, an absolute path such as `/bin/bash`.' },
    strip_empty_ends: { type: 'bool', default: true, description: 'Whether trailing line feeds of the output are dropped.' },
  },
  returns: EXECUTION_RETURNS,
  examples: [
    { title: 'Use a pipe', args: { cmd: 'ls /etc | wc -l' } },
    { title: 'Write a file once', args: { cmd: 'date > /var/tmp/qp-shell-once', creates: '/var/tmp/qp-shell-once' } },
    { title: 'Use bash in a certain folder', args: { cmd: 'set -o pipefail; ls | sort -r', executable: '/bin/bash', chdir: '/etc' } },
  ],
  run: async (args, host, controller) => {
    const text = args.cmd ?? '';
    if (text.trim() === '')
      return {
        status: 'failed',
        why: 'no command given',
        hint: 'Write the text after the module name, or in `cmd`',
        result: { rc: 256, cmd: null, msg: 'no command given' },
      };
    return execute(
      {
        run: sh`exec ${args.executable} -c ${text}`,
        cmd: text,
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

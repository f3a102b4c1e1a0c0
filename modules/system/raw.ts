import { defineAction, sh } from '../../engine/module/contract.ts';
import { streams } from './execute.ts';

export default defineAction({
  name: 'raw',
  fqcn: ['ansible.builtin.raw'],
  summary: 'Runs text in a shell as it is, with nothing around it.',
  notes: ['qplay needs no Python on a host, so `shell` serves as well; `raw` is here for playbooks that have it.'],
  source: 'ansible.builtin.raw',
  inCheck: 'unknown',
  freeForm: 'cmd',
  options: {
    cmd: { type: 'str', required: true, description: 'Text for the shell.' },
    executable: { type: 'str', default: '/bin/sh', description: 'The shell.' },
  },
  returns: { rc: 'Exit status.', stdout: 'Standard output.', stdout_lines: 'Its lines.', stderr: 'Standard error.', stderr_lines: 'Its lines.' },
  examples: [{ title: 'Look at the release', args: { cmd: 'cat /etc/os-release' } }],
  run: async ({ cmd, executable }, host) => {
    const seen = await host.run(sh`exec ${executable} -c ${cmd}`);
    const result = streams(seen.stdout, seen.stderr, seen.code, { cmd, stripEmptyEnds: false });
    const { cmd: _, ...returned } = result;
    return seen.code === 0
      ? { status: 'changed', result: returned }
      : { status: 'failed', why: 'non-zero return code', result: { ...returned, changed: true, msg: 'non-zero return code' } };
  },
});

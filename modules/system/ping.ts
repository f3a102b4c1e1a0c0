import { defineAction, sh } from '../../engine/module/contract.ts';

export default defineAction({
  name: 'ping',
  fqcn: ['ansible.builtin.ping'],
  summary: 'Proves that a host can be logged in to and has a working shell.',
  source: 'ansible.builtin.ping',
  inCheck: 'run',
  options: {
    data: { type: 'str', default: 'pong', description: 'What to answer. `crash` makes the module fail, to try out error handling.' },
  },
  returns: { ping: 'The value of `data`.' },
  examples: [
    { title: 'Can the host be reached?', args: {} },
    { title: 'Give another answer', args: { data: 'here' } },
  ],
  run: async ({ data }, host) => {
    const seen = await host.run(sh`printf %s ${data}`);
    if (data === 'crash') return { status: 'failed', why: 'boom' };
    if (seen.code !== 0 || seen.stdout !== data)
      return {
        status: 'failed',
        why: 'The shell of the host did not answer as it should',
        result: { rc: seen.code, stdout: seen.stdout, stderr: seen.stderr },
      };
    return { status: 'ok', result: { ping: data } };
  },
});

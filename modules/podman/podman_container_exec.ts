import { type ArgsOf, defineAction, raw, sh } from '../../engine/module/contract.ts';
import { environment, words } from './container-create.ts';
import { executable, flag } from './lib.ts';

const options = {
  name: { type: 'str', required: true, description: 'Container to run in.' },
  command: { type: 'str', description: 'Command with its arguments, as one line. No shell reads it.' },
  argv: { type: 'list', elements: 'str', description: 'The same as a list.' },
  env: { type: 'dict', description: 'Environment of the command. The values are no arguments of a process.' },
  user: { type: 'str', description: 'User inside the container.' },
  workdir: { type: 'str', description: 'Directory inside the container.' },
  privileged: { type: 'bool', default: false, description: 'Gives the command all rights of a privileged container.' },
  tty: { type: 'bool', default: false, description: 'Gives it a terminal.' },
  detach: { type: 'bool', default: false, description: 'Does not wait for it.' },
  executable,
} as const;

type Args = ArgsOf<typeof options>;

function script(args: Args) {
  const env = environment(args.env);
  const on = (name: string, given: boolean) => (given ? raw(name) : raw(''));
  const command = args.argv ?? words(args.command);
  return sh`${raw(env.exports.map((one) => one.text).join('\n'))}
exec ${args.executable} exec ${env.flags} ${flag('--user', args.user)} ${flag('--workdir', args.workdir)} ${on('--privileged', args.privileged)} ${on('--tty', args.tty)} ${on('--detach', args.detach)} ${args.name} ${command}`;
}

export default defineAction({
  name: 'podman_container_exec',
  fqcn: ['containers.podman.podman_container_exec'],
  summary: 'Runs a command in a running container.',
  source: 'https://docs.ansible.com/ansible/latest/collections/containers/podman/podman_container_exec_module.html',
  options,
  rules: { requiredOneOf: [['command', 'argv']], mutuallyExclusive: [['command', 'argv']] },
  returns: { stdout: 'Its output.', stdout_lines: 'The same by line.', stderr: 'Its complaints.', rc: 'Its exit status.' },
  examples: [
    { title: 'Ask whether PostgreSQL is ready', args: { name: 'postgresql', command: 'pg_isready' }, needs: ['podman'], untested: 'an action, not a state' },
  ],
  inCheck: 'unknown',
  async run(args, host) {
    const seen = await host.run(script(args));
    const stdout = seen.stdout.replace(/\n$/, '');
    const result = { rc: seen.code, stdout, stdout_lines: stdout === '' ? [] : stdout.split('\n'), stderr: seen.stderr.replace(/\n$/, '') };
    if (seen.code === 0) return { status: 'changed', result };
    return { status: 'failed', why: `the command in ${args.name} ended with status ${seen.code}: ${seen.stderr.trim().split('\n').at(-1) ?? ''}`, result };
  },
});

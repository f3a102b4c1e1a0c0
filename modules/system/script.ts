import { basename } from 'node:path';
import { type ActionOutcome, defineAction, lines, sh } from '../../engine/module/contract.ts';
import { EXECUTION_OPTIONS, EXECUTION_RETURNS, execute } from './execute.ts';
import { splitWords } from './words.ts';

export default defineAction({
  name: 'script',
  fqcn: ['ansible.builtin.script'],
  summary: 'Carries a script of the control node to the host and runs it there.',
  notes: [
    'The script is searched in the role’s `files/`, beside the task file and beside the playbook. It needs a `#!` line, or an `executable`, or it is run by `/bin/sh`.',
  ],
  source: 'ansible.builtin.script',
  inCheck: 'decide',
  freeForm: 'cmd',
  options: {
    cmd: { type: 'str', required: true, description: 'Path of the script on the control node, then its arguments.' },
    chdir: EXECUTION_OPTIONS.chdir,
    creates: EXECUTION_OPTIONS.creates,
    removes: EXECUTION_OPTIONS.removes,
    executable: { type: 'str', description: 'Program that runs the script, such as `/usr/bin/perl`.' },
    decrypt: { type: 'bool', default: true, description: 'Whether a vault-encrypted script is decrypted first.' },
  },
  returns: EXECUTION_RETURNS,
  examples: [
    { title: 'Run a script with an argument', args: { cmd: 'scripts/inspect.sh --all' }, untested: 'needs a file beside the playbook' },
    { title: 'Run it once only', args: { cmd: 'scripts/prepare.sh', creates: '/var/lib/prepared' }, untested: 'needs a file beside the playbook' },
  ],
  run: async (args, host, controller) => {
    const [name] = splitWords(args.cmd);
    if (name === undefined) return { status: 'failed', why: 'no script given', hint: 'Write the path of a script on the control node' };
    const path = controller.find('files', name);
    const content = args.decrypt ? await controller.read(path) : { file: path };
    const rest = args.cmd.trimStart().slice(rawLength(args.cmd.trimStart()));
    const remote = controller.check ? '' : await host.upload(content);
    const text = args.executable === undefined ? `"$0"${rest}` : `${args.executable} "$0"${rest}`;
    const outcome = await execute(
      {
        run: lines(sh`chmod u+x ${remote}`, sh`exec /bin/sh -c ${text} ${remote}`),
        cmd: `${basename(path)}${rest}`,
        chdir: args.chdir,
        creates: args.creates,
        removes: args.removes,
        stripEmptyEnds: false,
      },
      host,
      controller,
    );
    return asScript(outcome, args);
  },
});

/** Ansible's `script` returns no `cmd`, and tells of `creates` and `removes` as a skip. */
function asScript(outcome: ActionOutcome, args: { readonly creates?: string | undefined; readonly removes?: string | undefined }): ActionOutcome {
  const { cmd: _, start: _start, end: _end, delta: _delta, ...result } = outcome.result ?? {};
  if (outcome.status !== 'ok') return { ...outcome, result };
  const msg = args.creates !== undefined ? `${args.creates} exists, matching creates option` : `${args.removes} does not exist, matching removes option`;
  return { status: 'skipped', why: msg, result: { msg } };
}

/** How many characters the first word takes as written, with its quotes. */
function rawLength(line: string): number {
  const found = /^(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/s.exec(line);
  return found?.[0].length ?? 0;
}

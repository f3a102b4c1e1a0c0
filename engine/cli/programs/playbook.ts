import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { inputError } from '../../error.ts';
import type { Reporter } from '../../report/event.ts';
import { describeFlags, type Flags } from '../flags.ts';
import type { Command } from '../main.ts';
import { RUN_FLAGS } from '../run-flags.ts';
import { diffOf, listOf, type Manner, verbosityOf } from '../run-options.ts';
import { ANSIBLE_EXIT, UsageError } from './ending.ts';
import { parseLikePython, without } from './parse.ts';
import { runAs } from './run.ts';
import { versionText } from './version.ts';

/** Ansible's own number of hosts at a time. */
export const FORKS = 5;

const FLAGS: Flags = {
  ...without(RUN_FLAGS, ['output', 'json', 'junit']),
  version: { type: 'boolean', help: 'show the version of the language and of qplay' },
};

/** `ansible-playbook`. */
const playbook: Command = async (program, words) => {
  const parsed = parseLikePython(FLAGS, words);
  const { values } = parsed;
  if (values.help) {
    process.stdout.write(`usage: ${program} [OPTIONS] playbook [playbook ...]\n\n${describeFlags(FLAGS)}\n`);
    return ANSIBLE_EXIT.done;
  }
  if (values.version) {
    process.stdout.write(versionText(program));
    return ANSIBLE_EXIT.done;
  }
  if (parsed.words.length === 0) throw new UsageError('the following arguments are required: playbook');
  const list = listOf(values);
  const mode = values.check === true ? 'check' : 'run';
  const manner: Manner = { mode, forks: FORKS, ...(list !== undefined && { list }), syntaxCheck: values['syntax-check'] === true };
  const files = parsed.words.map(found);
  const showing = {
    verbosity: verbosityOf(values),
    diff: diffOf(values, mode),
    mode,
    playbooks: parsed.words,
    version: versionText(program).trimEnd(),
  } as const;
  const reporter = await reporterOf(showing);
  return runAs(parsed, files, manner, reporter);
};

export default playbook;

async function reporterOf(showing: {
  readonly verbosity: number;
  readonly diff: boolean;
  readonly mode: 'run' | 'check';
  readonly playbooks: readonly string[];
  readonly version: string;
}): Promise<Reporter> {
  const { callbackReporter } = await import('../../report/ansible/callback.ts');
  const { settings } = await import('../../load/settings.ts');
  return callbackReporter(settings().text('DEFAULT_STDOUT_CALLBACK') ?? 'default', showing);
}

/** Unlike qplay's own commands, no folder but this one is looked into. */
function found(name: string): string {
  const path = resolve(name);
  if (!existsSync(path)) throw inputError('no-playbook', `the playbook: ${name} could not be found`);
  if (!statSync(path).isFile() && !statSync(path).isFIFO()) throw inputError('no-playbook', `the playbook: ${name} does not appear to be a file`);
  return path;
}

import { EXIT, inputError } from '../error.ts';
import type { RunOptions } from '../execute/options.ts';
import { ask } from './ask.ts';
import { describeFlags, type Parsed, parseFlags } from './flags.ts';
import { count, fileText, inventories, number, optional, split, text, texts } from './given.ts';
import type { Command } from './main.ts';
import { playbookNames, resolvePlaybook } from './playbooks.ts';
import { RUN_FLAGS } from './run-flags.ts';

/** `qplay run`, `plan`, `check` and `lint`. */
const run: Command = async (name, words) => {
  const parsed = parseFlags(RUN_FLAGS, words);
  if (parsed.values.help) {
    process.stdout.write(`Usage: qplay ${name} [OPTIONS] PLAYBOOK ...\n\n${describeFlags(RUN_FLAGS)}\n`);
    return EXIT.done;
  }
  if (parsed.words.length === 0) throw inputError('no-playbook', `qplay ${name} needs a playbook`, { hint: `here are: ${playbookNames().join(', ')}` });
  const controller = new AbortController();
  const stop = interruptible(controller);
  const { reporterFor } = await import('../report/choose.ts');
  const mode = name === 'plan' ? 'plan' : name === 'check' || parsed.values.check ? 'check' : 'run';
  const reporter = await reporterFor({
    output: outputOf(parsed),
    verbosity: count(parsed.values.verbose),
    diff: Boolean(parsed.values.diff) || mode === 'plan',
    mode,
  });
  try {
    const options = await optionsOf(name, mode, parsed, controller.signal);
    const [{ run: execute }, { registry }] = await Promise.all([import('../execute/run.ts'), import('./registry.ts')]);
    return await execute({ ...options, emit: (event) => reporter.on(event) }, registry);
  } finally {
    await reporter.close();
    stop();
  }
};

export default run;

/** Ctrl-C once ends after what is in flight; twice ends at once. */
function interruptible(controller: AbortController): () => void {
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
}

function outputOf({ values }: Parsed): string | undefined {
  return values.json ? 'json' : text(values.output);
}

async function optionsOf(name: string, mode: RunOptions['mode'], parsed: Parsed, signal: AbortSignal): Promise<Omit<RunOptions, 'emit'>> {
  const { values, words } = parsed;
  const become = values['ask-become-pass'] ? await ask('BECOME password: ', true) : fileText(values['become-password-file']);
  const login = values['ask-pass'] ? await ask('SSH password: ', true) : fileText(values['connection-password-file']);
  return {
    playbooks: words.map((word) => resolvePlaybook(word)),
    mode,
    inventories: inventories(texts(values.inventory)),
    ...optional('limit', text(values.limit)),
    extraVars: texts(values['extra-vars']),
    tags: split(texts(values.tags)),
    skipTags: split(texts(values['skip-tags'])),
    forks: number('forks', values.forks, 50),
    diff: Boolean(values.diff) || mode === 'plan',
    verbosity: count(values.verbose),
    ...optional('user', text(values.user)),
    ...optional('connection', text(values.connection)),
    ...optional('privateKey', text(values['private-key'])),
    ...(values.timeout !== undefined && { timeout: number('timeout', values.timeout, 10) }),
    ...optional('sshCommonArgs', [text(values['ssh-common-args']), text(values['ssh-extra-args'])].filter(Boolean).join(' ') || undefined),
    ...(values.become === true && { become: true }),
    ...optional('becomeUser', text(values['become-user'])),
    ...optional('becomeMethod', text(values['become-method'])),
    ...optional('becomePassword', become),
    ...optional('connectionPassword', login),
    vaultIds: [...texts(values['vault-id']), ...texts(values['vault-password-file']), ...(values['ask-vault-pass'] ? ['prompt'] : [])],
    ...optional('startAtTask', text(values['start-at-task'])),
    ...(values['force-handlers'] === true && { forceHandlers: true }),
    ...(values['flush-cache'] === true && { flushCache: true }),
    ...listing(values),
    ...((values['syntax-check'] === true || name === 'lint') && { syntaxCheck: true }),
    ask,
    signal,
  };
}

function listing(values: Parsed['values']): { list?: 'tasks' | 'tags' | 'hosts' } {
  for (const what of ['tasks', 'tags', 'hosts'] as const) if (values[`list-${what}`]) return { list: what };
  return {};
}

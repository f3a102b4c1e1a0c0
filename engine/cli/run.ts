import { EXIT, inputError } from '../error.ts';
import type { Event, Reporter } from '../report/event.ts';
import { describeFlags, type Parsed, parseFlags } from './flags.ts';
import { text } from './given.ts';
import type { Command } from './main.ts';
import { playbookNames, resolvePlaybook } from './playbooks.ts';
import { RUN_FLAGS } from './run-flags.ts';
import { diffOf, interruptible, listOf, type Manner, runOptions, verbosityOf } from './run-options.ts';

/** Hosts at a time: they cost little here. */
const FORKS = 50;

/** `qplay run` (and `playbook`), `plan`, `check` and `lint`. */
const run: Command = async (name, words) => {
  const parsed = parseFlags(RUN_FLAGS, words);
  const { values } = parsed;
  if (values.help) {
    process.stdout.write(`Usage: qplay ${name} [OPTIONS] PLAYBOOK ...\n\n${describeFlags(RUN_FLAGS)}\n`);
    return EXIT.done;
  }
  if (parsed.words.length === 0) throw inputError('no-playbook', `qplay ${name} needs a playbook`, { hint: `here are: ${playbookNames().join(', ')}` });
  const list = listOf(values);
  const manner: Manner = {
    mode: name === 'plan' ? 'plan' : name === 'check' || values.check ? 'check' : 'run',
    forks: FORKS,
    ...(list !== undefined && { list }),
    syntaxCheck: values['syntax-check'] === true || name === 'lint',
  };
  const controller = new AbortController();
  const stop = interruptible(controller);
  const reporter = await reporterOf(parsed, manner);
  try {
    const options = await runOptions(
      parsed,
      parsed.words.map((word) => resolvePlaybook(word)),
      manner,
      controller.signal,
    );
    const [{ run: execute }, { registry }] = await Promise.all([import('../execute/run.ts'), import('./registry.ts')]);
    const emit = (event: Event): void => reporter.on(event);
    return await execute({ ...options, ...(outputOf(parsed) === 'ansible' && { values: true }), emit }, registry);
  } finally {
    await reporter.close();
    stop();
  }
};

export default run;

async function reporterOf(parsed: Parsed, { mode }: Manner): Promise<Reporter> {
  const { values, words } = parsed;
  const { reporterFor, together } = await import('../report/choose.ts');
  const shown = await reporterFor({ output: outputOf(parsed), verbosity: verbosityOf(values), diff: diffOf(values, mode), mode, playbooks: words });
  const junit = text(values.junit);
  return junit === undefined ? shown : together([shown, (await import('../report/junit.ts')).junitReporter(junit)]);
}

function outputOf({ values }: Parsed): string | undefined {
  return values.json ? 'json' : text(values.output);
}

import type { Hop } from '../../modules/quay/upgrade/hop.ts';
import { didYouMean, EXIT, inputError } from '../error.ts';
import type { Event } from '../report/event.ts';
import { styleFor } from '../report/style.ts';
import type { Parsed } from './flags.ts';
import { text, texts } from './given.ts';
import { resolvePlaybook } from './playbooks.ts';
import { diffOf, interruptible, runOptions, verbosityOf } from './run-options.ts';
import { lookAt, releaseOf } from './upgrade-look.ts';
import { hopsOf, type ImagesAhead, imagesAhead, newest } from './upgrade-path.ts';
import { playbookOf, routeLine, variableOf } from './upgrade-text.ts';

const CHOICES = ['ask', 'restore', 'keep'];

/** `qplay upgrade run`: one playbook after another; stops at the first that fails. */
export default async function walk(parsed: Parsed): Promise<number> {
  const { values } = parsed;
  const failure = text(values['on-failure']);
  if (failure !== undefined && !CHOICES.includes(failure))
    throw inputError('flag', `--on-failure is one of ${CHOICES.join(', ')}, not "${failure}".${didYouMean(failure, CHOICES)}`);
  const from = releaseOf(await lookAt(parsed));
  const hops = hopsOf(from, text(values.to) ?? newest());
  const json = values.json === true || text(values.output) === 'json';
  const style = styleFor(process.stdout.isTTY === true);
  const say = (line: string): void => void (json ? process.stderr : process.stdout).write(line);
  say(routeLine(hops, from, style));
  for (const [index, hop] of hops.entries()) {
    say(`\n${style.bold(`${index + 1} of ${hops.length}: ${hop.from.version} → ${hop.to.version}`)}   ${style.dim(hop.downtime.text)}\n`);
    const code = await runHop(parsed, hop, failure, imagesAhead(hops.slice(index + 1)));
    if (code !== EXIT.done) {
      say(`\nstopped at ${hop.from.version} → ${hop.to.version}. What is told above mended, go on with: qplay upgrade run --to ${hops.at(-1)?.to.version}\n`);
      return code;
    }
  }
  return EXIT.done;
}

async function runHop(parsed: Parsed, hop: Hop, failure: string | undefined, ahead: ImagesAhead): Promise<number> {
  const { values } = parsed;
  const playbook = playbookOf(hop);
  const its = [variableOf(hop), JSON.stringify({ upgrade_images_ahead: ahead }), ...(failure === undefined ? [] : [`on_failure=${failure}`])];
  const given = [...texts(values['extra-vars']), ...its];
  const mode = values.check === true ? 'check' : 'run';
  const controller = new AbortController();
  const stop = interruptible(controller);
  const { reporterFor } = await import('../report/choose.ts');
  const output = values.json === true ? 'json' : text(values.output);
  const reporter = await reporterFor({ output, verbosity: verbosityOf(values), diff: diffOf(values, mode), mode, playbooks: [playbook] });
  try {
    const words = { values: { ...values, 'extra-vars': given }, words: [playbook] };
    const options = await runOptions(words, [resolvePlaybook(playbook)], { mode, forks: 50 }, controller.signal);
    const [{ run: execute }, { registry }] = await Promise.all([import('../execute/run.ts'), import('./registry.ts')]);
    return await execute({ ...options, emit: (event: Event) => reporter.on(event) }, registry);
  } finally {
    await reporter.close();
    stop();
  }
}

import { type Diagnostic, EXIT, inputError } from '../error.ts';
import { place, renderDiagnostic } from '../report/diagnostic.ts';
import { styleFor } from '../report/style.ts';
import { describeFlags, type Flags, parseFlags } from './flags.ts';
import type { Command } from './main.ts';
import { resolvePlaybook } from './playbooks.ts';
import { RUN_FLAGS } from './run-flags.ts';
import { runOptions } from './run-options.ts';

const FLAGS: Flags = {
  ...Object.fromEntries(
    ['inventory', 'extra-vars', 'vault-id', 'vault-password-file', 'ask-vault-pass'].map((name) => [name, RUN_FLAGS[name] as Flags[string]]),
  ),
  json: { type: 'boolean', help: 'as JSON' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
};

/** What belongs together: the same thing in several places. */
interface Finding {
  readonly code: string;
  readonly message: string;
  /** `stops`: the playbook is refused; `when reached`: a task fails on a host that its conditions let come there. */
  readonly effect: 'stops' | 'when reached';
  readonly count: number;
  readonly places: readonly string[];
}

/** Warnings that tell of nothing qplay lacks. */
const HARMLESS: ReadonlySet<string> = new Set(['duplicate-key', 'unmatched-pattern', 'group-name', 'inventory', 'lookup', 'world-writable']);

/** `qplay compat`: what of playbooks and their roles qplay does not support. Exit code 0: all of it is. */
const compat: Command = async (_name, words) => {
  const parsed = parseFlags(FLAGS, words);
  if (parsed.values.help) {
    process.stdout.write(`Usage: qplay compat [OPTIONS] PLAYBOOK ...\n\n${describeFlags(FLAGS)}\n`);
    return EXIT.done;
  }
  if (parsed.words.length === 0) throw inputError('no-playbook', 'qplay compat needs a playbook');
  const playbooks = parsed.words.map((word) => resolvePlaybook(word));
  const options = await runOptions(parsed, playbooks, { mode: 'check', forks: 1, syntaxCheck: true }, new AbortController().signal);
  const [{ survey }, { registry }] = await Promise.all([import('../execute/run.ts'), import('./registry.ts')]);
  const { found, tasks } = await survey({ ...options, emit: () => {} }, registry);
  const lacking = found.filter((one) => !(one.severity === 'warning' && HARMLESS.has(one.code)));
  const files = new Set(tasks.map((task) => task.at.file)).size;
  if (parsed.values.json)
    process.stdout.write(`${JSON.stringify({ supported: lacking.length === 0, tasks: tasks.length, files, findings: grouped(lacking) }, null, 2)}\n`);
  else process.stdout.write(report(lacking, tasks.length, files));
  return lacking.length === 0 ? EXIT.done : EXIT.input;
};

export default compat;

function grouped(lacking: readonly Diagnostic[]): Finding[] {
  const groups = new Map<string, Diagnostic[]>();
  for (const one of lacking) {
    const key = `${one.severity} ${one.code} ${one.message}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .map((all) => {
      const [first] = all as [Diagnostic];
      const effect = first.severity === 'error' ? ('stops' as const) : ('when reached' as const);
      return { code: first.code, message: first.message, effect, count: all.length, places: all.flatMap(({ at }) => (at ? [place(at)] : [])) };
    })
    .sort((a, b) => Number(a.effect === 'when reached') - Number(b.effect === 'when reached') || b.count - a.count);
}

function report(lacking: readonly Diagnostic[], tasks: number, files: number): string {
  const style = styleFor(process.stdout.isTTY === true);
  const looked = `${tasks} tasks in ${files} files`;
  if (lacking.length === 0) return `${style.green('all supported')}: ${looked}\n`;
  const findings = grouped(lacking);
  const blocks = findings.map(({ code, message, effect, count, places }) => {
    const first = lacking.find((one) => one.code === code && one.message === message) as Diagnostic;
    const frame = renderDiagnostic(first, style);
    const more = places.slice(1).map((one) => `  ${style.dim('=')} also: ${one}`);
    return [
      frame,
      ...more,
      `  ${style.dim('=')} ${count === 1 ? 'once' : `${count} times`}, ${effect === 'stops' ? 'and the run is refused' : 'and only a host that comes there fails'}`,
    ].join('\n');
  });
  const stops = findings.filter((one) => one.effect === 'stops').length;
  const end = `${findings.length} ${findings.length === 1 ? 'thing is' : 'things are'} not supported, in ${lacking.length} ${lacking.length === 1 ? 'place' : 'places'} (${looked}); ${stops} of them ${stops === 1 ? 'refuses' : 'refuse'} the run`;
  return `${blocks.join('\n\n')}\n\n${style.bold(end)}\n`;
}

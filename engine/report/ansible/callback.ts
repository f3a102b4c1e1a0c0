import { type Diagnostic, inputError } from '../../error.ts';
import { settings } from '../../load/settings.ts';
import type { Showing } from '../choose.ts';
import type { Reporter } from '../event.ts';
import { Display, type Sinks } from './display.ts';
import { lookOf } from './settings.ts';

const SINKS: Sinks = { out: (text) => void process.stdout.write(text), err: (text) => void process.stderr.write(text) };

const configText = (): string => (settings().file === undefined ? 'No config file found; using defaults' : `Using ${settings().file} as config file`);

/** Writes warnings to stderr as Ansible's programs do that run nothing. */
export function stderrWarner(): (diagnostic: Diagnostic) => void {
  const display = new Display(SINKS, lookOf({ output: 'ansible', verbosity: 0, diff: false, mode: 'run' }));
  return ({ says, message }) => display.warning(says ?? message);
}

/** Callbacks that others have written, as far as their names tell. */
const BY_PYTHON = /\.|^(actionable|dense|debug|full_skip|json|jsonl|null|selective|skippy|stderr|timer|tree|unixy|yaml|counter_enabled|diy|profile_\w+|junit)$/;

/**
 * The reporter for a `stdout_callback` of Ansible: `default`, `minimal`, `oneline`. Another one is a program in Python, which is not
 * run: a warning, and the default's text.
 */
export async function callbackReporter(name: string, showing: Omit<Showing, 'output'> & { readonly version?: string }): Promise<Reporter> {
  const look = lookOf({ ...showing, output: 'ansible' });
  const head = new Display(SINKS, look);
  if (look.verbosity > 1) head.line(showing.version ?? '', 'verbose');
  if (look.verbosity > 0) head.line(configText(), 'verbose');
  const short = name.replace(/^ansible\.builtin\./, '');
  if (short === 'minimal' || short === 'oneline') return (await import('./minimal.ts')).minimalReporter(SINKS, look, short === 'oneline');
  if (short !== 'default' && !BY_PYTHON.test(short))
    throw inputError('setting', `there is no callback "${name}"`, { says: `Invalid callback for stdout specified: ${name}` });
  if (short !== 'default') new Display(SINKS, look).warning(`There is no callback "${name}" here; the output is that of "default".`);
  return (await import('./reporter.ts')).ansibleReporter(SINKS, look);
}

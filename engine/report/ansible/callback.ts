import { settings } from '../../load/settings.ts';
import type { Showing } from '../choose.ts';
import type { Reporter } from '../event.ts';
import { Display, type Sinks } from './display.ts';
import { lookOf } from './settings.ts';

const SINKS: Sinks = { out: (text) => void process.stdout.write(text), err: (text) => void process.stderr.write(text) };

const configText = (): string => (settings().file === undefined ? 'No config file found; using defaults' : `Using ${settings().file} as config file`);

/** What Ansible says of an inventory that is not there. `pattern` of an ad-hoc command: one that means localhost needs no word. */
export function warnOfNoInventory(pattern: string | undefined, showing: Omit<Showing, 'output'>): void {
  const display = new Display(SINKS, lookOf({ ...showing, output: 'ansible' }));
  display.warning('No inventory was parsed, only implicit localhost is available');
  if (settings().boolean('LOCALHOST_WARNING') === false || ['localhost', '127.0.0.1', '::1'].includes(pattern ?? '')) return;
  display.warning("provided hosts list is empty, only localhost is available. Note that the implicit localhost does not match 'all'");
}

/**
 * The reporter for a `stdout_callback` of Ansible: `default`, `minimal`, `oneline`. Another one is a program in Python, which is not
 * run: a warning, and the default's text.
 */
export async function callbackReporter(name: string, showing: Omit<Showing, 'output'>): Promise<Reporter> {
  const look = lookOf({ ...showing, output: 'ansible' });
  if (look.verbosity > 0) new Display(SINKS, look).line(configText(), 'verbose');
  const short = name.replace(/^ansible\.builtin\./, '');
  if (short === 'minimal' || short === 'oneline') return (await import('./minimal.ts')).minimalReporter(SINKS, look, short === 'oneline');
  if (short !== 'default') new Display(SINKS, look).warning(`There is no callback "${name}" here; the output is that of "default".`);
  return (await import('./reporter.ts')).ansibleReporter(SINKS, look);
}

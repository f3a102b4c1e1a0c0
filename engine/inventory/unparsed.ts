import { extname } from 'node:path';
import { type Diagnostic, inputError } from '../error.ts';
import { settings } from '../load/settings.ts';

/** A source that could not be read, and why; without a reason it is not there. */
export interface Unparsed {
  readonly source: string;
  readonly reasons: readonly Diagnostic[];
}

/**
 * What Ansible's programs make of sources that cannot be read: a warning for each, and the run goes on with what is left.
 * @param parsed how many sources could be read
 * @throws QplayError `inventory` where a setting wants all sources, or one at least
 */
export function tellUnparsed(failed: readonly Unparsed[], parsed: number, report: (diagnostic: Diagnostic) => void): void {
  const set = settings();
  for (const { source, reasons } of failed) {
    if (set.boolean('INVENTORY_ANY_UNPARSED_IS_FAILED') === true) throw inputError('inventory', `Completely failed to parse inventory source ${source}`);
    for (const { message } of reasons.slice(0, 1)) report(warning(` * Failed to parse ${source} with ${pluginOf(source)} plugin: ${message}`));
    report(warning(`Unable to parse ${source} as an inventory source`));
  }
  if (parsed > 0) return;
  if (set.boolean('INVENTORY_UNPARSED_IS_FAILED') === true)
    throw inputError('inventory', 'No inventory was parsed, please check your configuration and options.');
  if (set.boolean('INVENTORY_UNPARSED_WARNING') !== false) report(warning('No inventory was parsed, only implicit localhost is available'));
}

/** What is said where no source has a host. */
export const noHosts = (): Diagnostic =>
  warning("provided hosts list is empty, only localhost is available. Note that the implicit localhost does not match 'all'");

const pluginOf = (source: string): string => (/^\.(ya?ml|json|config)$/.test(extname(source)) ? 'yaml' : 'ini');

const warning = (message: string): Diagnostic => ({ kind: 'input', severity: 'warning', code: 'inventory', message });

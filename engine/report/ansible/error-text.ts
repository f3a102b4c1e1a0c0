import type { Diagnostic } from '../../error.ts';
import { renderDiagnostic } from '../diagnostic.ts';
import { styleFor } from '../style.ts';

/** Mistakes that scripts may look for in Ansible's own words. */
const WORDS: Readonly<Record<string, string>> = {
  limit: 'Specified inventory, host pattern and/or --limit leaves us with no hosts to target.',
};

/** A mistake that ends a run: Ansible's first words, and below them our own frame. */
export function errorText(diagnostic: Diagnostic): string {
  const [, ...rest] = renderDiagnostic(diagnostic, styleFor(false)).split('\n');
  return [`ERROR! ${WORDS[diagnostic.code] ?? diagnostic.message}`, ...rest].join('\n');
}

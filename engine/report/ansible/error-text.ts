import type { Diagnostic } from '../../error.ts';
import { renderDiagnostic } from '../diagnostic.ts';
import { styleFor } from '../style.ts';

/** A mistake that ends a run: Ansible's first words, and below them our own frame. */
export function errorText(diagnostic: Diagnostic): string {
  const [, ...rest] = renderDiagnostic(diagnostic, styleFor(false)).split('\n');
  return [`ERROR! ${diagnostic.message}`, ...rest].join('\n');
}

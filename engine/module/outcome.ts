import type { Diagnostic } from '../error.ts';
import type { Diff, Result } from './contract.ts';

/** How a call of a module ended on one host: what `Outcome` of the events says of it. Facts are in `result.ansible_facts`. */
export type ModuleOutcome =
  | { readonly status: 'ok'; readonly result: Result }
  | { readonly status: 'changed'; readonly result: Result; readonly diff: readonly Diff[]; readonly proven: boolean }
  | { readonly status: 'would-change'; readonly result: Result; readonly diff: readonly Diff[] }
  | { readonly status: 'unknown'; readonly why: string; readonly result: Result }
  | { readonly status: 'skipped'; readonly why: string; readonly result: Result }
  | { readonly status: 'failed'; readonly error: Diagnostic; readonly result: Result }
  | { readonly status: 'unreachable'; readonly error: Diagnostic };

/** A task that failed on a host. */
export function failed(code: string, message: string, result: Result = {}, more: Partial<Diagnostic> = {}): ModuleOutcome {
  return { status: 'failed', result, error: { kind: 'task', severity: 'error', code, message, ...more } };
}

/** An optional hint or cause as a part of a diagnostic; nothing when there is none. */
export const withHint = (hint: string | undefined): { hint?: string } => (hint === undefined ? {} : { hint });
export const withCause = (cause: string | undefined): { cause?: string } => (cause === undefined || cause.trim() === '' ? {} : { cause: cause.trim() });

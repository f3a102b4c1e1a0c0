import { QplayError } from '../../engine/error.ts';

/** A task's failure, ready to be shown. */
export const failure = (code: string, message: string, cause?: string, hint?: string): QplayError =>
  new QplayError({ kind: 'task', severity: 'error', code, message, ...(cause && { cause }), ...(hint && { hint }) });

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether it is no answer about the other side: the host itself is gone, or its sshd forbids connections from there. */
export const isFatal = (error: unknown): boolean =>
  error instanceof QplayError && error.diagnostics.some((one) => one.kind === 'unreachable' || one.code === 'dial-forbidden');

/** The innermost words on what happened. */
export const causeOf = (error: unknown): string => (error instanceof QplayError ? (error.diagnostics[0]?.cause ?? error.message) : textOf(error));

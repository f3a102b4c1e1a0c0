import { QplayError } from '../../engine/error.ts';

/** A task's failure, ready to be shown. */
export const failure = (code: string, message: string, cause?: string, hint?: string): QplayError =>
  new QplayError({ kind: 'task', severity: 'error', code, message, ...(cause && { cause }), ...(hint && { hint }) });

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

import { type Diagnostic, QplayError } from '../../engine/error.ts';

/** All diagnostics of what `act` throws; fails when it throws nothing or something else. */
export function refusals(act: () => unknown): readonly Diagnostic[] {
  try {
    act();
  } catch (error) {
    if (error instanceof QplayError) return error.diagnostics;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** The first of them. */
export const refusal = (act: () => unknown): Diagnostic => refusals(act)[0]!;

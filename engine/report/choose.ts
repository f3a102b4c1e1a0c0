import { inputError } from '../error.ts';
import type { Event, Reporter } from './event.ts';
import { styleFor } from './style.ts';

export interface Showing {
  readonly output: string | undefined;
  readonly verbosity: number;
  readonly diff: boolean;
  readonly mode: 'run' | 'check' | 'plan';
  /** As the command line names them. */
  readonly playbooks?: readonly string[];
  /** Width of the terminal; absent where there is none. */
  readonly columns?: number;
}

const FORMS = ['tty', 'plain', 'ansible', 'json'];

/** The reporter that was asked for: on a terminal the live one, elsewhere plain text. Only what is used is loaded. */
export async function reporterFor(showing: Showing): Promise<Reporter> {
  const write = (text: string): void => void process.stdout.write(text);
  const terminal = process.stdout.isTTY === true && process.env.TERM !== 'dumb' && process.env.CI === undefined;
  const form = showing.output ?? (terminal && showing.mode !== 'plan' ? 'tty' : 'plain');
  switch (form) {
    case 'json':
      return (await import('./json.ts')).jsonReporter(write);
    case 'ansible':
      return (await import('./ansible/reporter.ts')).ansibleReporter(
        { out: write, err: (text) => void process.stderr.write(text) },
        (await import('./ansible/settings.ts')).lookOf(showing),
      );
    case 'tty':
      return (await import('./tty.tsx')).ttyReporter(showing);
    case 'plain':
      return showing.mode === 'plan'
        ? (await import('./plan.ts')).planReporter(write, styleFor(terminal))
        : (await import('./plain.ts')).plainReporter(write, showing, styleFor(terminal));
    default:
      throw inputError('flag', `there is no output "${form}"`, { hint: `one of ${FORMS.join(', ')}` });
  }
}

/** Several reporters as one. */
export const together = (all: readonly Reporter[]): Reporter => ({
  on: (event: Event) => {
    for (const one of all) one.on(event);
  },
  close: async () => {
    for (const one of all) await one.close();
  },
});

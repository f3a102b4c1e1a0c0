import { diagnosticsOf, EXIT, QplayError } from '../../error.ts';
import type { Event } from '../../report/event.ts';

/** Exit codes of Ansible's programs. */
export const ANSIBLE_EXIT = { done: 0, error: 1, failed: 2, usage: 2, unreachable: 4, parser: 4, options: 5, interrupted: 99, internal: 250 } as const;

/** Mistakes that Ansible ends with 1; all others of the user are of its parser. */
const GENERAL: ReadonlySet<string> = new Set([
  'limit',
  'pattern',
  'no-playbook',

  'setting',
  'editor',
  'no-terminal',
  'unwritable-file',
  'import-loop',
  'inventory',
  'inventory-script',
  'missing-file',
  'missing-role',
  'no-role',
  'setting',
  'two-loops',
  'unknown-handler',
  'unknown-meta',
  'unsupported',
  'vault-format',
  'vault-no-secret',
  'vault-password',
  'vault-password-file',
]);

/** Sentences that Ansible's programs say of options. */
const OPTIONS: ReadonlySet<string> = new Set([
  'not a tty, editor cannot be opened',
  'You must pass a single valid host to --host parameter',
  'Pattern must be valid group name when using --graph',
]);

/** A mistake of the command line: Ansible's programs end with 2 and say how they are called. */
export class UsageError extends Error {}

/** A mistake of the command line that shows only when its options are taken together: 5. */
export class OptionsError extends Error {}

/** A refusal in one sentence: 1. */
export class GeneralError extends Error {}

/** Follows a run to the exit code that Ansible would end with. */
export class Ending {
  #code: number | undefined;
  #mistake: string | undefined;
  /** Whether a play has begun. */
  ran = false;

  on(event: Event): void {
    if (event.type === 'diagnostic' && event.diagnostic.severity === 'error') this.#mistake ??= event.diagnostic.code;
    if (event.type === 'play.start') this.ran = true;
    if (event.type !== 'run.end') return;
    const counts = Object.values(event.counts);
    if (counts.some((one) => one.unreachable > 0)) this.#code = ANSIBLE_EXIT.unreachable;
    else if (counts.some((one) => one.failed > 0)) this.#code = ANSIBLE_EXIT.failed;
  }

  /** @param own the code qplay would end with */
  exit(own: number): number {
    if (own === EXIT.interrupted) return ANSIBLE_EXIT.interrupted;
    if (own === EXIT.internal) return ANSIBLE_EXIT.internal;
    if (own === EXIT.input && this.#mistake === 'extra-vars') return ANSIBLE_EXIT.options;
    if (own === EXIT.input) return GENERAL.has(this.#mistake ?? '') ? ANSIBLE_EXIT.error : ANSIBLE_EXIT.parser;
    return own === EXIT.done ? ANSIBLE_EXIT.done : (this.#code ?? ANSIBLE_EXIT.failed);
  }
}

/** What Python's argparse says of the same mistake. */
export function pythonUsage(message: string): string {
  const unknown = /^there is no option "([^"]*)"/.exec(message)?.[1];
  if (unknown !== undefined) return `unrecognized arguments: ${unknown}`;
  const bare = /^the option "([^"]*)" needs a value/.exec(message)?.[1];
  return bare === undefined ? message : `argument ${bare}: expected one argument`;
}

/** Says what was thrown as Ansible's programs do, and gives their exit code. */
export async function ended(program: string, error: unknown): Promise<number> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const usage = (message: string): number => {
    say(`usage: ${program} [OPTIONS] ...\n${program}: error: ${message}`);
    return ANSIBLE_EXIT.usage;
  };
  if (error instanceof UsageError) return usage(error.message);
  if (error instanceof GeneralError) {
    say(`ERROR! ${error.message}`);
    return ANSIBLE_EXIT.error;
  }
  if (error instanceof OptionsError) {
    say(`ERROR! ${error.message}`);
    return ANSIBLE_EXIT.options;
  }
  const { errorText } = await import('../../report/ansible/error-text.ts');
  const found = diagnosticsOf(error);
  if (found[0]?.code === 'flag' && found[0].says === undefined) return usage(pythonUsage(found[0].message));
  // Ansible stops at the first
  for (const one of found.slice(0, 1)) say(errorText(one));
  if (!(error instanceof QplayError)) return ANSIBLE_EXIT.internal;
  if (error.exitCode === EXIT.interrupted) return ANSIBLE_EXIT.interrupted;
  if (found[0]?.says !== undefined && OPTIONS.has(found[0].says)) return ANSIBLE_EXIT.options;
  if (found[0]?.code === 'flag' || found[0]?.code === 'extra-vars') return ANSIBLE_EXIT.options;
  return GENERAL.has(found[0]?.code ?? '') ? ANSIBLE_EXIT.error : ANSIBLE_EXIT.parser;
}

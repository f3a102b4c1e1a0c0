import { diagnosticsOf, EXIT, QplayError } from '../../error.ts';
import type { Event } from '../../report/event.ts';

/** Exit codes of Ansible's programs. */
export const ANSIBLE_EXIT = { done: 0, error: 1, failed: 2, usage: 2, unreachable: 4, parser: 4, options: 5, interrupted: 99, internal: 250 } as const;

/** Mistakes that Ansible ends with 1; all others of the user are of its parser. */
const GENERAL: ReadonlySet<string> = new Set([
  'limit',
  'no-playbook',
  'extra-vars',
  'no-terminal',
  'setting',
  'editor',
  'vault-format',
  'vault-no-secret',
  'vault-password',
  'vault-password-file',
]);

/** A mistake of the command line: Ansible's programs end with 2 and say how they are called. */
export class UsageError extends Error {}

/** A mistake of the command line that shows only when its options are taken together: 5. */
export class OptionsError extends Error {}

/** Follows a run to the exit code that Ansible would end with. */
export class Ending {
  #code: number | undefined;
  #mistake: string | undefined;

  on(event: Event): void {
    if (event.type === 'diagnostic' && event.diagnostic.severity === 'error') this.#mistake ??= event.diagnostic.code;
    if (event.type !== 'run.end') return;
    const counts = Object.values(event.counts);
    if (counts.some((one) => one.unreachable > 0)) this.#code = ANSIBLE_EXIT.unreachable;
    else if (counts.some((one) => one.failed > 0)) this.#code = ANSIBLE_EXIT.failed;
  }

  /** @param own the code qplay would end with */
  exit(own: number): number {
    if (own === EXIT.interrupted) return ANSIBLE_EXIT.interrupted;
    if (own === EXIT.internal) return ANSIBLE_EXIT.internal;
    if (own === EXIT.input) return GENERAL.has(this.#mistake ?? '') ? ANSIBLE_EXIT.error : ANSIBLE_EXIT.parser;
    return own === EXIT.done ? ANSIBLE_EXIT.done : (this.#code ?? ANSIBLE_EXIT.failed);
  }
}

/** Says what was thrown as Ansible's programs do, and gives their exit code. */
export async function ended(program: string, error: unknown): Promise<number> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  if (error instanceof UsageError) {
    say(`usage: ${program} [OPTIONS] ...\n${program}: error: ${error.message}`);
    return ANSIBLE_EXIT.usage;
  }
  if (error instanceof OptionsError) {
    say(`ERROR! ${error.message}`);
    return ANSIBLE_EXIT.options;
  }
  const { errorText } = await import('../../report/ansible/error-text.ts');
  const found = diagnosticsOf(error);
  for (const one of found) say(errorText(one));
  if (!(error instanceof QplayError)) return ANSIBLE_EXIT.internal;
  if (error.exitCode === EXIT.interrupted) return ANSIBLE_EXIT.interrupted;
  if (found[0]?.code === 'flag') return ANSIBLE_EXIT.usage;
  return GENERAL.has(found[0]?.code ?? '') ? ANSIBLE_EXIT.error : ANSIBLE_EXIT.parser;
}

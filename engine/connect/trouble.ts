import { type Diagnostic, QplayError } from '../error.ts';

/** An error of the kind `unreachable` for a host. */
export function unreachable(host: string, code: string, message: string, more: Partial<Diagnostic> = {}): QplayError {
  return new QplayError({ kind: 'unreachable', severity: 'error', code, message, host, ...more });
}

/** An error of the kind `task` for a host. */
export function refused(host: string, code: string, message: string, more: Partial<Diagnostic> = {}): QplayError {
  return new QplayError({ kind: 'task', severity: 'error', code, message, host, ...more });
}

export const interrupted = (host: string): QplayError =>
  new QplayError({ kind: 'interrupted', severity: 'error', code: 'interrupted', message: 'interrupted', host });

/** Whether an error says that the host cannot be talked to. */
export const isUnreachable = (error: unknown): error is QplayError =>
  error instanceof QplayError && error.diagnostics.some((one) => one.kind === 'unreachable');

interface Where {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly timeout: number;
}

/** What the system or ssh2 said when a connection could not be made, in words that help. */
export function connectTrouble(error: Error & { code?: string | number; level?: string }, where: Where): QplayError {
  const place = `${where.host} port ${where.port}`;
  const say = (code: string, message: string, hint?: string) =>
    unreachable(where.name, code, message, { cause: error.message, ...(hint === undefined ? {} : { hint }) });
  const text = error.message;
  if (error.code === 'ECONNREFUSED') return say('refused', `connection refused by ${place}`, 'Is sshd running there, and is this its port (`ansible_port`)?');
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN' || error.code === 'EAI_NONAME')
    return say('dns', `the name ${where.host} cannot be resolved`, 'Give the address in the inventory as `ansible_host`, or add the name to DNS or /etc/hosts');
  if (error.code === 'EHOSTUNREACH' || error.code === 'ENETUNREACH')
    return say('no-route', `there is no route to ${place}`, 'Is the host up, is its address right (`ansible_host`), and does its firewall let ssh through?');
  if (error.code === 'ETIMEDOUT' || /timed out/i.test(text))
    return say(
      'timeout',
      `no answer from ${place} within ${where.timeout} s`,
      'Is the host up, and does a firewall drop the packets? `ansible_ssh_timeout` gives it more time',
    );
  if (/no matching/i.test(text)) return say('algorithms', `${place} and this program have no ssh algorithm in common: ${text}`);
  return say('connect', `cannot connect to ${place}: ${text}`);
}

/** Whether trying again may help: the server was too busy to greet, or the line broke while greeting. */
export const isPassing = (error: Error & { code?: string | number }): boolean =>
  error.code === 'ECONNRESET' || error.code === 'EPIPE' || /before handshake|connection lost|not connected/i.test(error.message);

/** The last lines of what a command said, for a cause. */
export function tail(text: string, limit = 2000): string {
  const trimmed = text.trim();
  return trimmed.length <= limit ? trimmed : `…${trimmed.slice(-limit)}`;
}

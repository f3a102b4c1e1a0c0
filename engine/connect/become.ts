import { randomBytes } from 'node:crypto';
import { quote } from '../quote.ts';
import type { Become } from './connection.ts';

/** How a shell of another user is started, and how the conversation that leads there is read. */
export interface Start {
  /** Text for the login shell. Prints `hello` and the process number on stdout once the shell is there. */
  readonly text: string;
  /** What stdout shows when it is there; the process number follows, then a newline. */
  readonly hello: string;
  /** Whether what stderr ends with is a question for the password. */
  readonly asks: (text: string) => boolean;
  readonly password?: string;
  /** Whether the method reads a password from a terminal only. */
  readonly needsTerminal: boolean;
}

/** Same user, or no user asked for: nothing to become. */
export const isSelf = (login: string, become: Become | undefined): boolean => become === undefined || become.user === login;

/**
 * The command that starts a resident shell.
 *
 * @param shell path of the shell that is to stay, `/bin/sh` as a rule
 * @param login user that the connection is logged in as
 * @param body what it goes on with; staying as a resident shell when absent
 */
export function startOf(shell: string, login: string, become: Become | undefined, body = `exec ${quote(shell)}`): Start {
  // in halves, so that a message which quotes the command (sudo's "not allowed to execute") is not taken for success
  const [a, b] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
  const stay = `printf '%s:%s:%d\\n' ${a} ${b} "$$"; ${body}`;
  const hello = `${a}:${b}:`;
  if (become === undefined || isSelf(login, become)) {
    return { text: `exec ${quote(shell)} -c ${quote(stay)}`, hello, asks: () => false, needsTerminal: false };
  }
  const prompt = `[qplay ${randomBytes(8).toString('hex')}] password: `;
  const password = become.password === undefined ? {} : { password: become.password };
  const inner = `${quote(shell)} -c ${quote(stay)}`;
  switch (become.method) {
    case 'sudo':
      return { text: sudo(become, inner, prompt, login, shell), hello, asks: (text) => text.endsWith(prompt), ...password, needsTerminal: false };
    case 'su':
      return { text: su(become, inner, shell), hello, asks: looksLikePrompt, ...password, needsTerminal: false };
    case 'doas':
      return { text: doas(become, inner), hello, asks: looksLikePrompt, ...password, needsTerminal: become.password !== undefined };
  }
}

function sudo(become: Become, inner: string, prompt: string, login: string, shell: string): string {
  // with a password `-n` must go, also out of flags that the playbook gives
  const given = become.flags ?? '-H -S -n';
  const ask = become.password === undefined ? given : `${given.replace(/(^|\s)-n(?=\s|$)/g, '').trim()} -S -p ${quote(prompt)}`;
  const text = `${become.exe ?? 'sudo'} ${ask} -u ${quote(become.user)} ${inner}`;
  if (login !== 'root' || become.exe !== undefined) return `exec ${text}`;
  // root needs no sudo, and a bare host may not have it
  const plain = su({ method: 'su', user: become.user }, inner, shell);
  return `exec ${quote(shell)} -c ${quote(`command -v sudo >/dev/null 2>&1 && exec ${text}; ${plain}`)}`;
}

function su(become: Become, inner: string, shell: string): string {
  return `exec ${become.exe ?? 'su'} ${become.flags ?? ''} -s ${quote(shell)} -c ${quote(`exec ${inner}`)} ${quote(become.user)}`;
}

function doas(become: Become, inner: string): string {
  const flags = become.flags ?? (become.password === undefined ? '-n' : '');
  return `exec ${become.exe ?? 'doas'} ${flags} -u ${quote(become.user)} ${inner}`;
}

/** su and doas ask in the host's language; a last line without an end that closes with a colon is a question. */
const looksLikePrompt = (text: string): boolean => /[:：]\s?$/.test(text) && !text.endsWith('\n');

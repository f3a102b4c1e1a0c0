import type { Start } from './become.ts';
import type { Become } from './connection.ts';
import type { Pipe, PipeEnd } from './pipe.ts';
import { refused, tail, unreachable } from './trouble.ts';

interface Setting {
  /** Name of the host, for messages. */
  readonly name: string;
  readonly become: Become | undefined;
  readonly shell: string;
  /** Seconds. */
  readonly timeout: number;
  /** Where questions come and answers go, when that is not the pipe itself (a terminal). */
  readonly desk?: Pipe;
}

/**
 * Leads the conversation until the shell is there: skips what login files print, gives the password when asked, and says
 * what is wrong when it does not come about.
 *
 * @returns what follows `hello` on its line: the process number of the shell on the host
 */
export function greet(pipe: Pipe, start: Start, setting: Setting): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    let err = '';
    let asked = 0;
    const desk = setting.desk ?? pipe;
    const timer = setTimeout(() => fail(slow(setting, err)), setting.timeout * 1000);

    const stop = () => {
      clearTimeout(timer);
      pipe.stdout.off('data', onOut);
      pipe.stderr.off('data', onErr);
      if (desk !== pipe) desk.stdout.off('data', onErr);
    };
    const fail = (error: Error) => {
      stop();
      pipe.destroy();
      if (desk !== pipe) desk.destroy();
      reject(error);
    };
    const onOut = (chunk: Buffer) => {
      out = (out + chunk.toString('latin1')).slice(-65536);
      const at = out.indexOf(start.hello);
      const end = at === -1 ? -1 : out.indexOf('\n', at);
      if (end === -1) return;
      stop();
      resolve(out.slice(at + start.hello.length, end).trim());
    };
    const onErr = (chunk: Buffer) => {
      err = (err + chunk.toString('utf8')).slice(-65536);
      if (start.password) err = err.replaceAll(start.password, '***');
      if (!start.asks(err)) return;
      asked += 1;
      if (asked === 1 && start.password !== undefined) {
        err = '';
        desk.stdin.write(`${start.password}\n`);
      } else fail(asked > 1 ? wrongPassword(setting) : noPassword(setting, err));
    };
    pipe.stdout.on('data', onOut);
    pipe.stderr.on('data', onErr);
    if (desk !== pipe) desk.stdout.on('data', onErr);
    const ended = desk === pipe ? pipe.ended : Promise.race([pipe.ended, desk.ended]);
    // what was said last may arrive after the end
    void ended.then((end) => setTimeout(() => fail(why(setting, end, out, err, asked)), 20));
  });
}

const slow = (s: Setting, err: string) =>
  s.become === undefined
    ? unreachable(s.name, 'timeout', `the login on ${s.name} did not give a shell within ${s.timeout} s`, {
        cause: tail(err),
        hint: `Do the login files of the user wait for something?`,
      })
    : refused(s.name, 'become', `${s.become.method} to ${s.become.user} did not answer within ${s.timeout} s`, { cause: tail(err) });

const wrongPassword = (s: Setting) =>
  refused(s.name, 'become-password', `wrong ${s.become?.method} password for becoming ${s.become?.user}`, {
    hint: 'Check `ansible_become_password`, or type it with `-K`',
  });

const noPassword = (s: Setting, err: string) =>
  refused(s.name, 'become', `${s.become?.method} to ${s.become?.user} needs a password, and none is given`, {
    cause: tail(err),
    hint: 'Ask for it with `-K` (`--ask-become-pass`), or set `ansible_become_password` in a vault file',
  });

/** Why there is no shell, from how the command ended and what it said. */
function why(s: Setting, end: PipeEnd, out: string, err: string, asked: number): Error {
  const said = tail(err || out);
  const cause = said === '' ? {} : { cause: said };
  if (end.lost !== undefined) return unreachable(s.name, 'lost', `the connection to ${s.name} was lost: ${end.lost.message}`, cause);
  if (s.become === undefined) {
    return unreachable(s.name, 'no-shell', `no ${s.shell} can be run on ${s.name} (${howEnded(end)})`, {
      ...cause,
      hint: `The login shell must run \`exec ${s.shell}\`; a forced command or a nologin shell does not`,
    });
  }
  if (/password is required|terminal is required to (read|authenticate)|Authori[sz]ation required|no password was provided/i.test(err))
    return noPassword(s, err);
  if (asked > 0 && !/not in the sudoers|not allowed|may not run/i.test(err)) return wrongPassword(s);
  return refused(s.name, 'become', `cannot become ${s.become.user} by ${s.become.method} (${howEnded(end)})`, { ...cause, ...becomeHint(s.become, end, err) });
}

const howEnded = (end: PipeEnd): string => (end.signal === undefined ? `exit status ${end.code ?? 'unknown'}` : `signal ${end.signal}`);

function becomeHint(become: Become, end: PipeEnd, err: string): { hint?: string } {
  if (/not in the sudoers|not allowed|may not run|not permitted/i.test(err))
    return { hint: `The login user may not become ${become.user}; see the sudoers (or doas.conf) of the host` };
  if (/unknown user|does not exist|invalid user|no passwd entry/i.test(err)) return { hint: `There is no user ${become.user} on the host` };
  if (end.code === 127 || /not found/i.test(err))
    return { hint: `${become.method} is not installed there; choose another with \`ansible_become_method\`, or log in as root` };
  return {};
}

/** Whether sudo or su wants a terminal and would do with one. */
export const wantsTerminal = (cause: string | undefined): boolean =>
  /must have a tty|must be run from a terminal|a terminal is required to authenticate|a tty is required/i.test(cause ?? '');

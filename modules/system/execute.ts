import { randomUUID } from 'node:crypto';
import { monotonicMs } from '../../engine/clock.ts';
import { type ActionOutcome, type Controller, type Host, lines, type Observed, type Result, raw, type Script, sh } from '../../engine/module/contract.ts';
import { expanded } from './lib.ts';

/** What `command`, `shell` and `script` have in common. */
export interface Execution {
  /** Text that runs the program; the last command of the script. */
  readonly run: Script;
  /** Shown and returned as `cmd`. */
  readonly cmd: string | readonly string[];
  readonly chdir?: string | undefined;
  readonly creates?: string | undefined;
  readonly removes?: string | undefined;
  readonly stdin?: string | undefined;
  readonly stdinAddNewline?: boolean;
  readonly stripEmptyEnds?: boolean;
}

/** Options that `command` and `shell` share. */
export const EXECUTION_OPTIONS = {
  chdir: { type: 'path', description: 'Folder to change to before.' },
  creates: { type: 'path', description: 'A path or glob pattern; when it exists the command is not run.' },
  removes: { type: 'path', description: 'A path or glob pattern; when it does not exist the command is not run.' },
  stdin: { type: 'str', description: 'Text for the standard input of the command. It never appears in an argument list.' },
  stdin_add_newline: { type: 'bool', default: true, description: 'Whether a line feed is added to `stdin`.' },
} as const;

/** Return values of everything that runs a command. */
export const EXECUTION_RETURNS = {
  cmd: 'The command: a list of words, or the text for the shell.',
  rc: 'Exit status.',
  stdout: 'Standard output, without trailing line feeds.',
  stdout_lines: 'Standard output as a list of lines.',
  stderr: 'Standard error, without trailing line feeds.',
  stderr_lines: 'Standard error as a list of lines.',
  start: 'When it began, by the clock of the control node.',
  end: 'When it ended, by the clock of the control node.',
  delta: 'How long it took, `H:MM:SS.micros`.',
  msg: 'Why it was not run, or that its exit status was not 0.',
} as const;

/** Runs a command once. In check mode `creates` and `removes` decide; without them only a real run can know. */
export async function execute(what: Execution, host: Host, controller: Controller): Promise<ActionOutcome> {
  const mark = `qp-${randomUUID()}`;
  const guard = guards(what, mark);
  const decided = what.creates !== undefined || what.removes !== undefined;
  if (controller.check) {
    if (!decided)
      return {
        status: 'unknown',
        why: 'Command would have run if not in check mode',
        result: { ...streams('', '', 0, what), failed: false, msg: 'Command would have run if not in check mode' },
      };
    const seen = await host.run(guard);
    const outcome = refused(what, seen, mark, 'Would');
    return outcome ?? { status: 'changed', result: { ...streams('', '', 0, what), msg: 'Command would have run if not in check mode' } };
  }
  if (host.detach !== undefined) return byItself(what, mark, host, host.detach);
  const start = new Date();
  const began = monotonicMs();
  const seen = await host.run(lines(guard, feed(what)));
  const elapsed = monotonicMs() - began;
  const outcome = refused(what, seen, mark, 'Did');
  if (outcome !== undefined) return outcome;
  const result = { ...streams(seen.stdout, seen.stderr, seen.code, what), ...times(start, elapsed) };
  return finished(what, seen, result);
}

/** The conditions are looked at now; what they let through goes on by itself. */
async function byItself(what: Execution, mark: string, host: Host, detach: NonNullable<Host['detach']>): Promise<ActionOutcome> {
  const needless = refused(what, await host.run(guards(what, mark)), mark, 'Did');
  if (needless !== undefined) return needless;
  const { ran, ...seen } = await detach(lines(inFolder(what.chdir, mark), feed(what)), { cmd: what.cmd });
  return finished(what, seen, { ...streams(seen.stdout, seen.stderr, seen.code, what), ...times(new Date(ran.began), ran.elapsed) });
}

/** Exits early, telling why by a line nobody can guess, when `creates` or `removes` says so. */
function guards(what: Execution, mark: string): Script {
  const exists = (path: string) => sh`qp_exists() { IFS=; for f in $1; do if [ -e "$f" ] || [ -L "$f" ]; then return 0; fi; done; return 1; }
p=${expanded(path)}`;
  const creates =
    what.creates !== undefined &&
    sh`${exists(what.creates)}
if (qp_exists "$p"); then printf '%s creates' ${mark}; exit 0; fi`;
  const removes =
    what.removes !== undefined &&
    sh`${exists(what.removes)}
if ! (qp_exists "$p"); then printf '%s removes' ${mark}; exit 0; fi`;
  return lines(inFolder(what.chdir, mark), creates, removes);
}

/** Relative patterns are looked for in `chdir`, as Ansible does. */
const inFolder = (chdir: string | undefined, mark: string): Script | undefined =>
  chdir === undefined ? undefined : sh`cd ${expanded(chdir)} || { printf '%s chdir' ${mark}; exit 1; }`;

function feed(what: Execution): Script {
  if (what.stdin === undefined) return what.run;
  const text = what.stdin + (what.stdinAddNewline === false ? '' : '\n');
  return sh`printf %s ${text} | ${what.run}`;
}

/** The outcome when the guards or the folder decided, else `undefined`. */
function refused(what: Execution, seen: Observed, mark: string, verb: 'Did' | 'Would'): ActionOutcome | undefined {
  if (seen.stdout === `${mark} creates`)
    return unneeded(what, `${verb} not run command since '${what.creates}' exists`, `skipped, since ${what.creates} exists`);
  if (seen.stdout === `${mark} removes`)
    return unneeded(what, `${verb} not run command since '${what.removes}' does not exist`, `skipped, since ${what.removes} does not exist`);
  if (seen.stdout === `${mark} chdir`) {
    const why = `Unable to change directory before execution: [Errno 2] No such file or directory: b'${what.chdir}'`;
    if (verb === 'Would') return { status: 'unknown', why };
    return { status: 'failed', why, result: { ...streams('', '', 0, what), rc: null, msg: why } };
  }
  return undefined;
}

const unneeded = (what: Execution, msg: string, stdout: string): ActionOutcome => ({ status: 'ok', result: { ...streams(stdout, '', 0, what), msg } });

function finished(what: Execution, seen: Observed, result: Result): ActionOutcome {
  if (seen.code === 0) return { status: 'changed', result: { ...result, msg: '' } };
  const program = Array.isArray(what.cmd) ? (what.cmd[0] as string) : undefined;
  // `exec` that finds nothing is told apart from a program that itself ends with 127 by the shell's own words
  if (seen.code === 127 && program !== undefined && seen.stdout === '' && /exec: .*not found|not found|No such file/.test(seen.stderr)) {
    const why = `[Errno 2] No such file or directory: b'${program}'`;
    return {
      status: 'failed',
      why,
      hint: 'Use the shell module if this is meant for a shell, or install the program first',
      result: { ...result, ...streams('', '', 2, { cmd: (what.cmd as readonly string[]).join(' ') }), msg: why },
    };
  }
  return { status: 'failed', why: 'non-zero return code', result: { ...result, changed: true, msg: 'non-zero return code' } };
}

/** The streams of a command as Ansible returns them. */
export function streams(stdout: string, stderr: string, rc: number, what?: Pick<Execution, 'cmd' | 'stripEmptyEnds'>): Record<string, unknown> {
  const strip = what?.stripEmptyEnds === false ? (text: string) => text : (text: string) => text.replace(/[\r\n]+$/, '');
  const out = strip(stdout);
  const err = strip(stderr);
  return { ...(what === undefined ? {} : { cmd: what.cmd }), rc, stdout: out, stdout_lines: splitLines(out), stderr: err, stderr_lines: splitLines(err) };
}

/** Python's `splitlines` for the line ends that occur in command output. */
const splitLines = (text: string): string[] => (text === '' ? [] : text.replace(/(\r\n|\r|\n)$/, '').split(/\r\n|\r|\n/));

/** `start`, `end` and `delta` as Python prints them. */
export function times(start: Date, elapsed: number): { start: string; end: string; delta: string } {
  const micros = Math.round(elapsed * 1000);
  const begin = start.getTime() * 1000;
  return { start: stamp(begin), end: stamp(begin + micros), delta: delta(micros) };
}

function stamp(micros: number): string {
  const date = new Date(Math.floor(micros / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(micros % 1e6).padStart(6, '0')}`;
}

/** A span as Python's `timedelta` prints it. */
export function delta(micros: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const seconds = Math.floor(micros / 1e6);
  const days = Math.floor(seconds / 86400);
  const clock = `${Math.floor((seconds % 86400) / 3600)}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}.${String(micros % 1e6).padStart(6, '0')}`;
  return days === 0 ? clock : `${days} day${days === 1 ? '' : 's'}, ${clock}`;
}

/** Words as a command line for `exec`, so that a shell's built-ins are never taken for programs. */
export const execWords = (words: readonly string[], expand: boolean): Script =>
  sh`exec ${raw(words.map((word) => (expand ? expanded(word) : sh`${word}`).text).join(' '))}`;

import { QplayError } from '../error.ts';
import { type Answer, environmentText, observed, type Running } from './call.ts';
import type { Observed, Result, Script } from './contract.ts';
import { type JobEnd, type JobPlace, startScript } from './job.ts';

/** A call whose acting script runs by itself on the host (`async`). */
export interface Background {
  readonly place: JobPlace;
  /** Told of the job's file when its script has been started; resolves when somebody has seen how it ended. */
  started(file: string): Promise<JobEnd>;
}

/** When a script ran by the clock of its host: milliseconds since the epoch, and milliseconds. */
export interface Ran {
  readonly began: number;
  readonly elapsed: number;
}

/**
 * Starts a script that goes on by itself, and waits until its end is known: perhaps for ever, when nobody asks.
 *
 * @param known values of the result that do not depend on how it ends
 */
export async function detached(running: Running, background: Background, script: Script, known: Result): Promise<Answer & { readonly ran: Ran }> {
  const { call } = running;
  const shell = await call.connection.shell(call.become);
  const made = await shell.run(startScript(background.place, environmentText(call), script, known), { signal: call.signal });
  if (made.code !== 0) throw noFolder(background.place, observed(made.code, made.stdout, made.stderr));
  const end = await background.started(made.stdout.toString('utf8').trim());
  if (end.killed !== undefined) throw new QplayError({ kind: 'task', severity: 'error', code: 'timeout', message: 'Timeout exceeded' });
  return { ...observed(end.code, end.out, end.err), ran: { began: end.began, elapsed: end.elapsed } };
}

/** The folder of jobs cannot be written. */
export const noFolder = ({ dir }: Pick<JobPlace, 'dir'>, made: Observed): QplayError =>
  new QplayError({
    kind: 'task',
    severity: 'error',
    code: 'job',
    message: `could not create directory: ${dir}`,
    cause: made.stderr.trim(),
    hint: 'ANSIBLE_ASYNC_DIR or the variable `ansible_async_dir` names another folder',
  });

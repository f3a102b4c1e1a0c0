import type { Connection } from '../connect/connection.ts';
import type { ActionOutcome, Result } from '../module/contract.ts';
import { type Host, raw } from '../module/contract.ts';
import { type Background, noFolder } from '../module/detach.ts';
import { eraseScript, type JobEnd, type JobPlace, type JobSays, jobSays, jobSeen, lookScript, openScript, settleScript } from '../module/job.ts';
import { type ModuleCall, type ModuleOutcome, runModule } from '../module/run.ts';

/** A job that an `async` task of this run began. */
export interface Job {
  readonly place: JobPlace;
  /** Its file on the host (`results_file`). */
  readonly file: string;
}

interface Known extends Job {
  /** How the module ended, once that is known here. */
  outcome?: ModuleOutcome;
  /** Hands what the host says of the script to the module that waits for it. */
  readonly goOn: (end: JobEnd) => void;
  readonly done: Promise<ModuleOutcome>;
}

/** How a job stands. */
export type Status =
  | { readonly is: 'missing'; readonly file: string }
  | { readonly is: 'running'; readonly file: string }
  | { readonly is: 'finished'; readonly file: string; readonly outcome: ModuleOutcome };

type Runner = Pick<Host, 'run'>;

/** The jobs of a run: what waits here for scripts that go on by themselves on hosts, and what works from here in the background. */
export class Jobs {
  readonly #known = new Map<string, Known>();
  readonly #working = new Set<Promise<unknown>>();

  /**
   * Begins a call as a job. A host that cannot be reached is an outcome and no job.
   *
   * @param apart makes a connection that no other task waits for, for modules that work from the control node
   */
  async begin(call: ModuleCall, place: JobPlace, apart: () => Connection): Promise<Job | ModuleOutcome> {
    return leavesAll(call) ? this.#leave(call, place) : this.#work(call, place, apart());
  }

  /** A module whose acting script goes on by itself. */
  async #leave(call: ModuleCall, place: JobPlace): Promise<Job | ModuleOutcome> {
    let goOn: (end: JobEnd) => void = () => {};
    let tell: (file: string) => void = () => {};
    const began = new Promise<string>((resolve) => {
      tell = resolve;
    });
    const background: Background = {
      place,
      started: (file) => {
        tell(file);
        return new Promise((resolve) => {
          goOn = resolve;
        });
      },
    };
    const done = runModule({ ...call, background });
    done.catch(() => {});
    const first = await Promise.race([began, done]);
    if (typeof first === 'string') return this.#keep({ place, file: first, goOn: (end) => goOn(end), done });
    if (first.status === 'unreachable') return first;
    const file = await here(call, place, settleScript(place, values(first)));
    return this.#keep({ place, file, goOn, done, outcome: first });
  }

  /** A module that works from the control node, over a connection of its own. */
  async #work(call: ModuleCall, place: JobPlace, connection: Connection): Promise<Job | ModuleOutcome> {
    const own: ModuleCall = { ...call, connection, timeout: Math.min(place.limit, call.timeout ?? place.limit) };
    const file = await here(own, place, openScript(place));
    const done = runModule(own);
    const job = this.#keep({ place, file, goOn: () => {}, done });
    const whole = done
      .then((outcome) => here(own, place, settleScript(place, values(outcome))))
      .catch(() => {})
      .finally(() => connection.close());
    this.#working.add(whole);
    void whole.finally(() => this.#working.delete(whole));
    return job;
  }

  #keep(job: Known): Known {
    this.#known.set(job.place.jid, job);
    job.done.then(
      (outcome) => {
        job.outcome = outcome;
      },
      () => {},
    );
    return job;
  }

  /** How a job stands now, of this run or of another. */
  async look(place: Pick<JobPlace, 'jid' | 'dir'>, host: Runner): Promise<Status> {
    const { file, text } = jobSeen((await host.run(raw(lookScript(place)))).stdout);
    if (text === undefined) return { is: 'missing', file };
    const job = this.#known.get(place.jid);
    const says = jobSays(text);
    if (job !== undefined && job.outcome === undefined && typeof says === 'object' && 'end' in says) {
      job.goOn(says.end);
      const outcome = await job.done;
      return { is: 'finished', file, outcome: says.end.killed === undefined ? outcome : late(outcome, says.end.killed) };
    }
    if (job?.outcome !== undefined) return { is: 'finished', file, outcome: job.outcome };
    const outcome = foreign(says);
    return outcome === undefined ? { is: 'running', file } : { is: 'finished', file, outcome };
  }

  /** Forgets a job, here and on the host. Whether there was one, and its file. */
  async erase(place: Pick<JobPlace, 'jid' | 'dir'>, host: Runner): Promise<{ readonly file: string; readonly there: boolean }> {
    const { file, text } = jobSeen((await host.run(raw(lookScript(place)))).stdout);
    if (text === undefined) return { file, there: false };
    await host.run(raw(eraseScript(place)));
    this.#known.delete(place.jid);
    return { file, there: true };
  }

  /** What works from here must end before the run does; what hosts do by themselves goes on. */
  async rest(): Promise<void> {
    await Promise.all(this.#working);
  }
}

/** Whether the host can do without the control node once the call's acting script is started. */
const leavesAll = ({ module }: ModuleCall): boolean =>
  module.kind === 'state' || module.kind === 'read' || (module.kind === 'action' && module.detaches === true);

/** Runs a script of the job's own. Returns what it prints: the path of the job's file. */
async function here(call: ModuleCall, place: JobPlace, script: string): Promise<string> {
  const shell = await call.connection.shell(call.become);
  const { code, stdout, stderr } = await shell.run(script, { signal: call.signal });
  if (code !== 0) throw noFolder(place, { code, stdout: '', stderr: stderr.toString('utf8'), bytes: stdout });
  return stdout.toString('utf8').trim();
}

/** An outcome with Ansible's keys, as a file holds it. */
function values(outcome: ModuleOutcome): Result {
  if (outcome.status === 'unreachable') return { unreachable: true, msg: outcome.error.message };
  const { result } = outcome;
  switch (outcome.status) {
    case 'failed':
      return { changed: false, msg: outcome.error.message, ...result, failed: true };
    case 'skipped':
    case 'unknown':
      return { changed: false, msg: outcome.why, ...result, skipped: true };
    default:
      return { ...result, changed: outcome.status !== 'ok' };
  }
}

const late = (outcome: ModuleOutcome, pid: number): ModuleOutcome =>
  outcome.status === 'failed' ? { ...outcome, result: { msg: outcome.error.message, child_pid: pid } } : outcome;

/** Whether the host stopped a job because its time was over. */
export const wasKilled = (outcome: ModuleOutcome): boolean => outcome.status === 'failed' && outcome.result.child_pid !== undefined;

/** The outcome of a job that another run began, or Ansible; `undefined` while it runs. */
function foreign(says: JobSays): ModuleOutcome | undefined {
  if (says === 'running') return undefined;
  if (says === 'unreadable') return failure('Could not parse job output', {});
  if ('data' in says) {
    const { started: _, finished: __, ansible_job_id: ___, changed, failed, ...result } = says.data;
    const wrong = failed === undefined ? result.rc !== undefined && Number(result.rc) !== 0 : failed !== false && failed !== 0;
    if (wrong) return failure(String(result.msg ?? 'the job failed'), { ...result, changed: changed === true });
    if (result.skipped === true) return { status: 'skipped', why: String(result.msg ?? ''), result };
    return changed === true ? { status: 'changed', result, diff: [], proven: false } : { status: 'ok', result };
  }
  const { end, known } = says;
  if (end.killed !== undefined) return failure('Timeout exceeded', { msg: 'Timeout exceeded', child_pid: end.killed });
  const stripped = (bytes: Buffer): string => bytes.toString('utf8').replace(/[\r\n]+$/, '');
  const result = { ...known, rc: end.code, stdout: stripped(end.out), stderr: stripped(end.err) };
  if (end.code === 0) return { status: 'changed', result: { ...result, msg: '' }, diff: [], proven: false };
  return failure('non-zero return code', { ...result, changed: true, msg: 'non-zero return code' });
}

const failure = (message: string, result: Result): ModuleOutcome => ({
  status: 'failed',
  result,
  error: { kind: 'task', severity: 'error', code: 'job', message },
});

/** What every answer about a job holds besides the module's own values. */
const frame = (jid: string, file: string, finished: 0 | 1): Result => ({
  ansible_job_id: jid,
  results_file: file,
  started: 1,
  finished,
  stdout: '',
  stdout_lines: [],
  stderr: '',
  stderr_lines: [],
});

export const unfinished = ({ jid }: Pick<JobPlace, 'jid'>, file: string): Result => frame(jid, file, 0);

/** The outcome of a job that is over, as the task that waited for it has it. */
export function finishedOutcome({ jid }: Pick<JobPlace, 'jid'>, file: string, outcome: ModuleOutcome): ModuleOutcome {
  if (outcome.status === 'unreachable') return outcome;
  const { stdout_lines: _, stderr_lines: __, ...keys } = frame(jid, file, 1);
  return { ...outcome, result: { ...keys, ...outcome.result } };
}

export const missing = (jid: string, file: string): ModuleOutcome => failure('could not find job', { ...frame(jid, file, 1), msg: 'could not find job' });

/** `async_status`: what is known of a job, or that it was removed. */
export async function jobOutcome(jobs: Jobs, host: Host, place: Pick<JobPlace, 'jid' | 'dir'>, mode: 'status' | 'cleanup'): Promise<ActionOutcome> {
  const { jid } = place;
  if (mode === 'cleanup') {
    const { file, there } = await jobs.erase(place, host);
    if (!there) return asAction({ ...(missing(jid, file) as Extract<ModuleOutcome, { status: 'failed' }>) });
    const { results_file: _, ...keys } = frame(jid, file, 0);
    return { status: 'ok', result: { ...keys, started: 0, erased: file } };
  }
  const status = await jobs.look(place, host);
  if (status.is === 'missing') return asAction(missing(jid, status.file));
  if (status.is === 'running') return { status: 'ok', result: unfinished(place, status.file) };
  return asAction(finishedOutcome(place, status.file, status.outcome));
}

function asAction(outcome: ModuleOutcome): ActionOutcome {
  switch (outcome.status) {
    case 'unreachable':
      return { status: 'failed', why: outcome.error.message };
    case 'failed':
      return { status: 'failed', why: outcome.error.message, result: outcome.result, ...(outcome.error.hint !== undefined && { hint: outcome.error.hint }) };
    case 'would-change':
      return { status: 'changed', result: outcome.result, diff: outcome.diff };
    default:
      return outcome;
  }
}

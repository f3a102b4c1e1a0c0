import { randomInt } from 'node:crypto';
import { shortName } from '../analyse/build.ts';
import { connect } from '../connect/index.ts';
import { isUnreachable } from '../connect/trouble.ts';
import { type Diagnostic, QplayError } from '../error.ts';
import { settings } from '../load/settings.ts';
import { raw } from '../module/contract.ts';
import { eraseScript, type JobPlace } from '../module/job.ts';
import type { ModuleCall } from '../module/run.ts';
import type { Outcome } from '../report/event.ts';
import type { LayeredScope } from '../vars/scope.ts';
import { asyncDir } from './async-dir.ts';
import { isOwnAction } from './control/index.ts';
import type { Delegate } from './delegate.ts';
import { targetFor } from './delegate.ts';
import { finishedOutcome, type Job, missing, unfinished, wasKilled } from './jobs.ts';
import { placedAt, prepareCall, takeFacts, withWarnings } from './module-call.ts';
import { sleep } from './sleep.ts';
import { render, type TaskRun } from './task-run.ts';

/** `async` and `poll` of a task, in seconds. */
export interface Wait {
  readonly seconds: number;
  readonly poll: number;
}

/** Modules that Ansible does not run in the background, because part of their work is done on the control node. */
const FOREGROUND: ReadonlySet<string> = new Set(
  'add_host assemble async_status copy fetch gather_facts pause raw reboot script template unarchive wait_for_connection'.split(' '),
);

/** What a task says of `async`; `undefined` when it is done in the foreground. */
export function waitOf(taskRun: TaskRun, scope: LayeredScope): Wait | undefined {
  const { async: limit, poll } = taskRun.task.own;
  if (limit === undefined) return undefined;
  const seconds = whole(taskRun, 'async', render(taskRun, limit, scope));
  if (!(seconds > 0)) return undefined;
  return { seconds, poll: poll === undefined ? (settings().integer('DEFAULT_POLL_INTERVAL') ?? 15) : whole(taskRun, 'poll', render(taskRun, poll, scope)) };
}

function whole({ task }: TaskRun, keyword: string, value: unknown): number {
  const number = Number(value);
  if (Number.isInteger(number) && String(value).trim() !== '') return number;
  throw new QplayError({
    kind: 'input',
    severity: 'error',
    code: 'keyword-value',
    message: `"${keyword}" must be a whole number, and this is "${String(value)}"`,
    at: task.at,
  });
}

/** Does a task as a job: waits for it where `poll` says so, else only says that it was begun. */
export async function runAsync(taskRun: TaskRun, scope: LayeredScope, delegate: Delegate | undefined, wait: Wait): Promise<Outcome> {
  const { task, run } = taskRun;
  if (isOwnAction(task.action) || FOREGROUND.has(shortName(task.action)))
    return failure(taskRun, 'async-unsupported', `This action (${task.action}) does not support async.`, {});
  const { call, warnings } = await prepareCall(taskRun, scope, delegate);
  const place: JobPlace = { jid: `j${randomInt(1e12)}.${process.pid}`, dir: asyncDir(scope), limit: wait.seconds };
  const begun = await run.jobs.begin(call, place, () => connect(targetFor(taskRun, scope, delegate).connect));
  if ('status' in begun) return placedAt(begun, taskRun);
  if (wait.poll > 0) return withWarnings(await polled(taskRun, call, begun, wait, delegate), warnings);
  const result = { ansible_job_id: place.jid, results_file: begun.file, started: 1, finished: 0 };
  return taskRun.check ? { status: 'would-change', result, diff: [] } : { status: 'changed', result, diff: [], proven: false };
}

/** Looks every `poll` seconds until the job is over or its time is. A host that is away meanwhile is waited for. */
async function polled(taskRun: TaskRun, call: ModuleCall, { place, file }: Job, wait: Wait, delegate: Delegate | undefined): Promise<Outcome> {
  const { run, task, host } = taskRun;
  const said = (phase: 'poll' | 'ok' | 'failed', finished: 0 | 1): void =>
    run.emit({ type: 'task.async', task: task.id, host: host.name, job: place.jid, phase, finished });
  for (let left = wait.seconds; left > 0; left -= wait.poll) {
    await sleep(wait.poll * 1000, run.options.signal);
    if (run.options.signal.aborted) break;
    const status = await looked(call, left <= wait.poll, () => run.jobs.look(place, runner(call)));
    if (status === undefined) continue;
    if (status.is === 'running') {
      said('poll', 0);
      continue;
    }
    if (status.is === 'finished' && wasKilled(status.outcome)) break;
    const outcome = placedAt(status.is === 'missing' ? missing(place.jid, file) : finishedOutcome(place, file, status.outcome), taskRun);
    said(outcome.status === 'failed' || outcome.status === 'unreachable' ? 'failed' : 'ok', 1);
    await looked(call, false, () => runner(call).run(raw(eraseScript(place))));
    takeFacts(taskRun, outcome, delegate);
    return outcome;
  }
  said('failed', 0);
  return failure(taskRun, 'async-timeout', `async task did not complete within the requested time - ${wait.seconds}s`, {
    async_result: unfinished(place, file),
  });
}

/** `undefined` when the host could not be reached, unless that was the last chance. */
async function looked<T>(call: ModuleCall, last: boolean, look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!isUnreachable(error) || last) throw error;
    await call.connection.reset();
    return undefined;
  }
}

const runner = (call: ModuleCall): Parameters<TaskRun['run']['jobs']['look']>[1] => ({
  run: async (script) => {
    const shell = await call.connection.shell(call.become);
    const { code, stdout, stderr } = await shell.run(script.text, { signal: call.signal });
    return { code, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8'), bytes: stdout };
  },
});

function failure({ task, host }: TaskRun, code: string, message: string, result: Record<string, unknown>): Outcome {
  const error: Diagnostic = { kind: 'task', severity: 'error', code, message, at: task.at, host: host.name };
  return { status: 'failed', error, result: { ...result, msg: message } };
}

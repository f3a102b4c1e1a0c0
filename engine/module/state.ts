import { isUnreachable } from '../connect/trouble.ts';
import { type Applied, apply } from './apply.ts';
import type { Running } from './call.ts';
import type { Diff, Observed, Plan, Result, StateModule } from './contract.ts';
import { describeDiff } from './describe.ts';
import { failed, type ModuleOutcome, withCause, withHint } from './outcome.ts';

type Wrong = Extract<Plan, { is: 'wrong' }>;
type Settled = Exclude<Plan, { is: 'wrong' }>;

/** Plans from what was seen, and applies and proves when that is asked for. */
export async function finishState(running: Running, module: StateModule, seen: Observed, probe: () => Promise<Observed>): Promise<ModuleOutcome> {
  const { call } = running;
  const plan = planOf(running, module, seen);
  if (plan.is !== 'wrong') return settled(plan, call.check);
  if (call.check) return { status: 'would-change', result: plan.result ?? {}, diff: plan.diff };
  if (await isStale(running)) return finishState(running, module, await probe(), probe);
  try {
    return proven(running, module, plan, await apply(running, plan), seen);
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    // lost on the way: the host itself knows whether it took
    const now = await probe().then(
      (answer) => planOf(running, module, answer, seen),
      () => undefined,
    );
    if (now?.is !== 'right') throw error;
    return { status: 'changed', result: { ...plan.result, ...now.result }, diff: plan.diff, proven: true };
  }
}

/** Whether the line was lost since the probe: what was seen may be of another time, before a reboot. */
async function isStale({ call, shell }: Running): Promise<boolean> {
  return shell !== undefined && (await call.connection.shell(call.become)) !== shell;
}

/** `before` on the proving call only: what was seen before the change. */
const planOf = (running: Running, module: StateModule, seen: Observed, before?: Observed): Plan =>
  module.plan(running.call.args, seen, running.prepared as undefined, before);

/** An outcome that needs no change. */
export function settled(plan: Settled, check: boolean): ModuleOutcome {
  const result = plan.result ?? {};
  switch (plan.is) {
    case 'right':
      return { status: 'ok', result };
    case 'skipped':
      return { status: 'skipped', why: plan.why, result };
    case 'premature':
      return check ? { status: 'unknown', why: plan.why, result } : failed('premature', plan.why, result, withHint(plan.hint));
    case 'impossible':
      return failed('impossible', plan.why, result, withHint(plan.hint));
  }
}

function proven(running: Running, module: StateModule, plan: Wrong, applied: Applied, before: Observed): ModuleOutcome {
  const { name } = module;
  const result = { rc: applied.code ?? 1, stdout: applied.stdout, stderr: applied.stderr };
  const cause = withCause(tail(applied.stderr.trim() === '' ? applied.stdout : applied.stderr));
  if (applied.timedOut) {
    const seconds = plan.timeout ?? running.call.timeout;
    return failed('timeout', `${name} was not done after ${seconds} s, and was stopped`, result, {
      ...cause,
      hint: 'The host may be half-way there; a next run goes on from what it finds',
    });
  }
  if (applied.code === undefined && /syntax error/i.test(applied.stderr)) return bug(name, result, applied.stderr);
  if (applied.code === undefined)
    return failed('upload', `${name} could not write its temporary files on the host`, result, {
      ...cause,
      ...fullDisk(applied.stderr),
    });
  if (applied.seen === undefined)
    return failed('apply', `${name} could not bring the host there: exit status ${applied.code}`, result, {
      ...cause,
      ...fullDisk(applied.stderr),
    });
  return verdict(name, plan.diff, plan.result, planOf(running, module, applied.seen, before), result, applied.stderr);
}

const fullDisk = (said: string): { hint?: string } =>
  /no space left|quota exceeded/i.test(said) ? { hint: 'A disk of the host is full: `df -h` and `df -i` there show which' } : {};

const bug = (name: string, result: Result, said: string): ModuleOutcome =>
  failed('internal', `${name} made a script that is not valid shell`, result, {
    kind: 'internal',
    cause: said.trim(),
    hint: 'This is a bug in the module. Please report it with the text above.',
  });

/** What the plan of the new state says of a change. */
export function verdict(
  name: string,
  diff: readonly Diff[],
  known: Result | undefined,
  now: Settled | { readonly is: 'wrong'; readonly diff: readonly Diff[] },
  result: Result,
  said: string,
): ModuleOutcome {
  if (now.is === 'right') return { status: 'changed', result: { ...known, ...now.result }, diff, proven: true };
  const remains = now.is === 'wrong' ? describeDiff(now.diff) : now.why;
  const cause = withCause([remains, tail(said).trim()].filter(Boolean).join('\n'));
  return failed('not-converged', `${name}: applied, but the host is still not as asked`, result, cause);
}

/** The last lines of what a command said. */
const tail = (text: string, limit = 4000): string => (text.length <= limit ? text : `…${text.slice(-limit)}`);

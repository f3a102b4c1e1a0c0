import type { Task } from '../load/model.ts';
import type { RunState } from './run-state.ts';

/** Runs whose person said "continue": no further question. */
const freed = new WeakSet<RunState>();

/** `--step`: whether the person at the terminal wants a task done. Every other answer than yes and continue passes it over. */
export async function wanted(run: RunState, task: Task): Promise<boolean> {
  if (run.options.step !== true || freed.has(run)) return true;
  const role = task.context.role?.role.name;
  const name = String(task.name?.value ?? task.action);
  const answer = await run.options.ask(`Perform task: TASK: ${role === undefined ? '' : `${role} : `}${name} (N)o/(y)es/(c)ontinue: `, false);
  if (/^c(ontinue)?$/i.test(answer)) freed.add(run);
  return freed.has(run) || /^y(es)?$/i.test(answer);
}

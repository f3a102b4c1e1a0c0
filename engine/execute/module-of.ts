import type { Task } from '../load/model.ts';
import type { AnyModule } from '../module/contract.ts';
import type { RunState } from './run-state.ts';

/** The module that a task calls: one of ours, or one that the user brings. */
export async function moduleOf(run: Pick<RunState, 'modules'>, { action, userModule }: Task): Promise<AnyModule> {
  if (userModule === undefined) return run.modules.load(action);
  const { loadUserModule } = await import('../own/module.ts');
  return loadUserModule(userModule);
}

import type { Running } from './call.ts';
import type { AskModule } from './contract.ts';
import { openHost } from './host.ts';
import type { ModuleOutcome } from './outcome.ts';
import { settled, verdict } from './state.ts';

/** Runs a module that manages state by talking: asks, acts when that is wanted, and asks again. */
export async function runAsk(running: Running): Promise<ModuleOutcome> {
  const { call } = running;
  const module = call.module as AskModule;
  const host = openHost(running);
  try {
    const plan = module.plan(call.args, await module.ask(call.args, host, call.controller));
    if (plan.is !== 'wrong') return settled(plan, call.check);
    if (call.check) return { status: 'would-change', result: plan.result ?? {}, diff: plan.diff };
    host.live = true;
    await plan.act(host);
    host.live = false;
    const now = module.plan(call.args, await module.ask(call.args, host, call.controller));
    return verdict(module.name, plan.diff, plan.result, now, plan.result ?? {}, '');
  } finally {
    await host.close().catch(() => {});
  }
}

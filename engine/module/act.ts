import type { Running } from './call.ts';
import type { ActionModule, ActionOutcome } from './contract.ts';
import { openHost } from './host.ts';
import { failed, type ModuleOutcome, withHint } from './outcome.ts';

/** Runs a module that acts. In check mode it only does when it says that it merely looks, or can decide. */
export async function runAction(running: Running): Promise<ModuleOutcome> {
  const { call } = running;
  const module = call.module as ActionModule;
  if (call.check && module.inCheck === 'unknown') {
    return { status: 'unknown', why: `${module.name} acts, and what it would do shows only when it runs`, result: {} };
  }
  const host = openHost(running);
  host.live = module.silent !== true;
  try {
    return outcome(await module.run(call.args, host, call.controller), call.check);
  } finally {
    await host.close().catch(() => {});
  }
}

function outcome(done: ActionOutcome, check: boolean): ModuleOutcome {
  const result = done.result ?? {};
  switch (done.status) {
    case 'ok':
      return { status: 'ok', result };
    case 'changed':
      return check ? { status: 'would-change', result, diff: done.diff ?? [] } : { status: 'changed', result, diff: done.diff ?? [], proven: false };
    case 'skipped':
    case 'unknown':
      return { status: done.status, why: done.why, result };
    case 'failed':
      return failed(done.code ?? 'failed', done.why, result, withHint(done.hint));
  }
}

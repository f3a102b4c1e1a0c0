import { isUnreachable } from '../connect/trouble.ts';
import { diagnosticsOf, QplayError } from '../error.ts';
import { runAction } from './act.ts';
import { runAsk } from './ask.ts';
import { begin, exchange, type ModuleCall, type Running } from './call.ts';
import type { AnyModule, Observed, ReadModule, StateModule } from './contract.ts';
import { timeIsUp } from './host.ts';
import { failed, type ModuleOutcome, withHint } from './outcome.ts';
import { finishState } from './state.ts';

export type { ModuleCall } from './call.ts';
export type { ModuleOutcome } from './outcome.ts';

/** Calls under way whose probe was sent. */
const started = new WeakMap<ModuleCall, Running>();

/** Whether a module begins with a read-only probe, which may be sent ahead of its turn. */
export const hasProbe = (module: AnyModule): boolean => module.kind === 'state' || module.kind === 'read';

/**
 * Runs one module on one host. A mistake, a failure or a lost host is an outcome; only an interruption (the call's signal)
 * rejects.
 */
export async function runModule(call: ModuleCall): Promise<ModuleOutcome> {
  return outcomeOf(async () => {
    if (hasProbe(call.module)) return finishProbe(call, await startProbe(call));
    const running = await begin(call);
    return call.module.kind === 'ask' ? runAsk(running) : runAction(running);
  });
}

/**
 * Sends the probe of a state or read module: one round trip. May be called for later tasks while an earlier one is under
 * way; the same call is then handed to `finish`. Rejects with the diagnostic when it cannot be sent.
 */
export async function startProbe(call: ModuleCall): Promise<Observed> {
  const running = await begin(call);
  started.set(call, running);
  const answer = await probe(running);
  if (answer.timedOut) throw timeIsUp(running);
  return answer;
}

/** Goes on from what the probe saw: plans, and unless it is a check brings the host there. What `startProbe` rejected with is the outcome. */
export const finish = (call: ModuleCall, seen: Observed | Promise<Observed>): Promise<ModuleOutcome> => outcomeOf(async () => finishProbe(call, await seen));

async function finishProbe(call: ModuleCall, seen: Observed): Promise<ModuleOutcome> {
  const running = started.get(call) ?? (await begin(call));
  started.delete(call);
  const { module } = call;
  if (module.kind === 'read') return finishRead(module, call, seen);
  return finishState(running, module as StateModule, seen, () => probe(running));
}

/** A probe only looks, so it is simply sent again when the connection is lost meanwhile. */
async function probe(running: Running) {
  const module = running.call.module as StateModule | ReadModule;
  const script = module.kind === 'state' ? module.probe(running.call.args, running.prepared as undefined) : module.probe(running.call.args);
  try {
    return await exchange(running, script);
  } catch (error) {
    if (!isLost(error)) throw error;
    return exchange(running, script);
  }
}

/** The line broke under way, as opposed to a host that cannot be reached at all. */
const isLost = (error: unknown): boolean => isUnreachable(error) && error.diagnostics.some((one) => one.code === 'lost' || one.code === 'shell-ended');

function finishRead(module: ReadModule, call: ModuleCall, seen: Observed): ModuleOutcome {
  const read = module.result(call.args, seen);
  if ('failed' in read) return failed('failed', read.failed, read.result, withHint(read.hint));
  return { status: 'ok', result: read.facts === undefined ? read.result : { ...read.result, ansible_facts: read.facts } };
}

async function outcomeOf(work: () => Promise<ModuleOutcome>): Promise<ModuleOutcome> {
  try {
    return await work();
  } catch (error) {
    const [first, ...others] = diagnosticsOf(error);
    if (first === undefined || first.kind === 'interrupted') throw error;
    if (isUnreachable(error)) return { status: 'unreachable', error: first };
    if (others.length > 0 && error instanceof QplayError)
      return { status: 'failed', result: {}, error: { ...first, message: [first, ...others].map((one) => one.message).join('\n') } };
    return { status: 'failed', result: {}, error: first };
  }
}

import { type Diff, type Host, type Result, sh } from '../../engine/module/contract.ts';
import { planPlace, probePlace, type Source, type Target } from './place.ts';

export type Put = { readonly changed: boolean; readonly result: Result; readonly diff?: readonly Diff[] } | { readonly why: string; readonly hint?: string };

/** Puts bytes on a host at once, for modules that act by calls: look, compare, and write only what differs. */
export async function putNow(host: Host, target: Target, source: Source): Promise<Put> {
  const probe = probePlace(target, source.sha1);
  const before = await host.run(probe);
  const plan = planPlace(target, source, before);
  if (plan.is === 'right') return { changed: false, result: plan.result ?? {} };
  if (plan.is !== 'wrong') return { why: plan.why, ...('hint' in plan && plan.hint !== undefined && { hint: plan.hint }) };
  const upload = plan.uploads === undefined ? undefined : await host.upload(source.content);
  const done = await host.run(sh`${upload !== undefined && sh`up_content=${upload}`}\n${plan.apply}`);
  if (done.code !== 0) return { why: `${String(plan.result?.dest ?? target.dest)} could not be written: ${done.stderr.trim()}` };
  const after = planPlace(target, source, await host.run(probe), before);
  if (after.is !== 'right') return { why: `${target.dest} was written, but is not as asked` };
  return { changed: true, result: { ...plan.result, ...after.result }, diff: plan.diff };
}

import type { Slot, Task } from '../load/model.ts';
import { MAGIC_NAMES } from '../vars/magic.ts';
import { LayeredScope } from '../vars/scope.ts';
import type { PlayRun } from './play-run.ts';

const known = new WeakMap<Task, boolean>();

/** Whether `--tags` and `--skip-tags` let a task run. Decided once for each task. */
export function isSelected(task: Task, playRun: Pick<PlayRun, 'run' | 'layers'>): boolean {
  const cached = known.get(task);
  if (cached !== undefined) return cached;
  const { options, passedOver } = playRun.run;
  const selected = !passedOver.has(task.id) && selects(tagsOf(task.context.tags, playRun), options.tags, options.skipTags);
  known.set(task, selected);
  return selected;
}

/** The tags of slots as words: lists, comma text and templates that play variables resolve. */
export function tagsOf(slots: readonly Slot[], playRun: Pick<PlayRun, 'run' | 'layers'>): Set<string> {
  const { run } = playRun;
  const scope = new LayeredScope([...playRun.layers, run.extra], () => undefined, MAGIC_NAMES, run.templar, run.lookups);
  const tags = new Set<string>();
  for (const slot of slots) {
    const value = run.templar.slot(slot, scope, run.lookups);
    for (const one of Array.isArray(value) ? value : [value]) for (const tag of String(one).split(',')) if (tag.trim() !== '') tags.add(tag.trim());
  }
  return tags;
}

/** Ansible's rules, `always`, `never`, `all`, `tagged` and `untagged` included. */
export function selects(tags: ReadonlySet<string>, only: readonly string[], skip: readonly string[]): boolean {
  const wanted = new Set(only.length > 0 ? only : ['all']);
  const hit = [...tags].some((tag) => wanted.has(tag));
  let run = hit || (tags.has('always') && !skip.includes('always'));
  if (!run && wanted.has('all')) run = !tags.has('never');
  if (!run && wanted.has('tagged')) run = tags.size > 0 && !tags.has('never');
  if (!run && wanted.has('untagged')) run = tags.size === 0;
  if (!run || skip.length === 0) return run;
  if (skip.includes('all')) return tags.has('always') && !skip.includes('always');
  if ([...tags].some((tag) => skip.includes(tag))) return false;
  if (skip.includes('tagged') && tags.size > 0) return false;
  return !(skip.includes('untagged') && tags.size === 0);
}

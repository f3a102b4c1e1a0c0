import type { Data, Dict } from '../value.ts';

/** What Ansible puts behind the values of its own actions, whose code says nothing of a change. */
const AFTER_OWN = ['failed', 'attempts', 'changed', 'failed_when_result'];
/** What it puts behind those of a module, which prints `changed` itself, and first. */
const AFTER_MODULE = ['failed', 'attempts', 'failed_when_result'];
const SKIPPED = ['changed', 'skipped', 'skip_reason', 'false_condition'];
const LOOP = ['results', 'skipped', 'failed', 'msg', 'changed'];

/**
 * Brings the keys of a result into the order that Ansible registers them in: who writes a result whole, as text, sees it.
 * @param own of an action of the engine, and not of a module
 */
export function orderKeys(result: Dict, own: boolean): void {
  if (result.get('skipped') === true) first(result, SKIPPED);
  else if (own) last(result, AFTER_OWN);
  else {
    first(result, ['changed']);
    last(result, AFTER_MODULE);
  }
}

/** The same for what a loop has come to. */
export const orderLoop = (result: Dict): void => first(result, LOOP);

function first(result: Dict, keys: readonly string[]): void {
  const entries = [...result];
  const ahead = keys.flatMap((key): [Data, Data][] => (result.has(key) ? [[key, result.get(key) as Data]] : []));
  result.clear();
  for (const [key, value] of [...ahead, ...entries]) result.set(key, value);
}

function last(result: Dict, keys: readonly string[]): void {
  for (const key of keys) {
    const value = result.get(key);
    if (value !== undefined && result.delete(key)) result.set(key, value);
  }
}

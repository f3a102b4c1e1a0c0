import { APPLY_KEYWORDS } from '../load/keywords.ts';
import type { Context, Layer, Slot } from '../load/model.ts';
import { type Data, type Dict, isDict } from '../value.ts';

/** Keywords that add to what comes from above, in place of overriding it. */
const ADDITIVE: ReadonlySet<string> = new Set(['when', 'tags', 'vars', 'environment', 'module_defaults', 'name', 'notify']);

export const slot = (holder: Dict | Data[], key: string | number): Slot => ({
  holder,
  key,
  value: (Array.isArray(holder) ? holder[key as number] : holder.get(key)) as Data,
});

/** The slot of a key, or `undefined` when the key is absent. */
export const slotOf = (holder: Dict, key: string): Slot | undefined => (holder.has(key) ? slot(holder, key) : undefined);

/** A list or a single value, as slots of its members. */
export function slots(holder: Dict, key: string): Slot[] {
  const value = holder.get(key);
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map((_, index) => slot(value, index)) : [slot(holder, key)];
}

export const emptyContext = (dir: string): Context => ({
  when: [],
  tags: [],
  vars: [],
  environment: [],
  moduleDefaults: [],
  set: {},
  role: undefined,
  dir,
});

/** The context of what stands below a play, block, import or task with these keywords. */
export function inherit(above: Context, source: Dict, what: string, overrides: Partial<Pick<Context, 'role' | 'dir'>> = {}): Context {
  const set: Record<string, Slot> = { ...above.set };
  for (const key of source.keys()) {
    if (typeof key === 'string' && APPLY_KEYWORDS.has(key) && !ADDITIVE.has(key)) set[key] = slot(source, key);
  }
  return {
    when: [...above.when, ...slots(source, 'when')],
    tags: [...above.tags, ...slots(source, 'tags')],
    vars: varsOf(above.vars, source, what),
    environment: [...above.environment, ...slots(source, 'environment')],
    moduleDefaults: [...above.moduleDefaults, ...slots(source, 'module_defaults')],
    set,
    role: above.role,
    dir: above.dir,
    ...overrides,
  };
}

function varsOf(above: readonly Layer[], source: Dict, what: string): readonly Layer[] {
  const vars = source.get('vars');
  return isDict(vars) && vars.size > 0 ? [...above, { level: `${what} vars`, from: what, vars }] : above;
}

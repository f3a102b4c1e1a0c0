import { elsewhere, elsewhereNames, isElsewhere } from '../../modules/elsewhere.ts';
import { aliases, modules } from '../../modules/index.ts';
import { didYouMean, inputError } from '../error.ts';
import { controls, FLOW } from '../execute/control/index.ts';
import type { ModuleRegistry } from '../execute/run-state.ts';
import type { AnyModule } from '../module/contract.ts';

const loaded = new Map<string, AnyModule>();

const resolved = new Map<string, string | undefined>();

const short = (name: string): string | undefined => {
  if (!resolved.has(name)) resolved.set(name, find(name));
  return resolved.get(name);
};

const find = (name: string): string | undefined => {
  const bare = name.replace(/^ansible\.(builtin|legacy)\./, '');
  if (Object.hasOwn(modules, bare)) return bare;
  if (Object.hasOwn(aliases, name)) return aliases[name];
  if (Object.hasOwn(controls, bare) || FLOW.has(bare)) return bare;
  return isElsewhere(name) ? name : undefined;
};

/** All modules and the engine's own actions, by every name they have. */
export const registry: ModuleRegistry = {
  resolve: short,
  names: () => [...Object.keys(modules), ...Object.keys(aliases), ...Object.keys(controls), ...FLOW],
  isElsewhere: (name) => short(name) === name && !Object.hasOwn(modules, name) && isElsewhere(name),
  elsewhere: elsewhereNames,
  async load(name) {
    if (registry.isElsewhere?.(name)) return elsewhere(name);
    const key = short(name);
    const known = key === undefined ? undefined : loaded.get(key);
    if (known) return known;
    const load = key === undefined ? undefined : modules[key];
    if (key === undefined || load === undefined) throw inputError('unknown-module', `there is no module "${name}".${didYouMean(name, registry.names())}`);
    const { default: module } = await load();
    loaded.set(key, module);
    return module;
  },
};

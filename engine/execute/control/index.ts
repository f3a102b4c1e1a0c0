import { shortName } from '../../analyse/build.ts';
import { validateArgumentSpec } from './argument-spec.ts';
import { addHost, groupBy, setFact, setStats } from './facts.ts';
import { include } from './include.ts';
import { includeVars } from './include-vars.ts';
import { assert, debug, fail } from './say.ts';
import type { Control } from './types.ts';

/** Actions that belong to the engine rather than to a module: they change variables or the flow, never a host. */
export const controls: Readonly<Record<string, Control>> = {
  debug,
  fail,
  assert,
  set_fact: setFact,
  set_stats: setStats,
  group_by: groupBy,
  add_host: addHost,
  include_tasks: include,
  include_role: include,
  include_vars: includeVars,
  validate_argument_spec: validateArgumentSpec,
};

/** Whether a name means an action of the engine rather than a module. */
export function isOwnAction(name: string): boolean {
  const short = shortName(name);
  return Object.hasOwn(controls, short) || FLOW.has(short);
}

/** Actions of the flow, which the walker does itself. */
export const FLOW: ReadonlySet<string> = new Set(['meta', 'include_tasks', 'include_role', 'import_tasks', 'import_role']);

import { tasksOf } from '../analyse/check.ts';
import { collectionsOf } from '../analyse/roles.ts';
import { collectDefined, reportUndefined } from '../analyse/undefined.ts';
import { type Diagnostic, QplayError } from '../error.ts';
import type { Layer, Node, Task } from '../load/model.ts';
import { MAGIC_NAMES } from '../vars/magic.ts';
import type { ReadyPlay } from './play.ts';
import type { RunState } from './run-state.ts';

/** Names beyond magic ones that are there at some time without anybody defining them. */
const ALWAYS = [
  'ansible_facts',
  'environment',
  'lookup',
  'query',
  'q',
  'now',
  'undef',
  'range',
  'dict',
  'namespace',
  'lipsum',
  'cycler',
  'joiner',
  'True',
  'False',
  'None',
  'true',
  'false',
  'none',
  'loop',
  'self',
  'caller',
  'varargs',
  'kwargs',
];

/** Folder of a role that is included by a plain name. One that is not there is a mistake to be told with the others. */
function pathOf(run: RunState, { builder }: ReadyPlay, name: string, task: Task, report: (diagnostic: Diagnostic) => void): string | undefined {
  if (run.jinja.isTemplate(name)) return undefined;
  try {
    return builder.roles.load(name, task.at, builder.playbookDir, collectionsOf(task.context)).path;
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    error.diagnostics.forEach(report);
    return undefined;
  }
}

/** Looks for names that nothing defines, over all plays of the run: what an earlier play registers a later one may use. */
export function checkUndefined(run: RunState, plays: readonly ReadyPlay[], report: (diagnostic: Diagnostic) => void): void {
  const names = new Set<string>([...MAGIC_NAMES, ...ALWAYS]);
  const layers: Layer[] = [run.extra];
  let sure = plays.every((ready) => ready.lateFiles === undefined);
  for (const host of run.inventory.hostNames()) {
    const { inventory, factLayer } = run.host(host);
    layers.push(...inventory);
    // facts of an earlier run are final: only their names count
    for (const name of factLayer.vars.keys()) names.add(String(name));
  }
  const all = plays.map(({ play }) => tasksOf([...play.preTasks, ...play.roles, ...play.tasks, ...play.postTasks, ...play.handlers] as Node[]));
  plays.forEach((ready, index) => {
    layers.push(...ready.layers, ...ready.play.roleUses.flatMap((use) => [use.role.defaults, use.role.vars, ...(use.params ? [use.params] : [])]));
    sure = collectDefined(all[index] ?? [], names, (name, task) => pathOf(run, ready, name, task, report)) && sure;
  });
  const distinct = [...new Map(layers.map((layer) => [layer.vars, layer])).values()];
  for (const layer of distinct) for (const key of layer.vars.keys()) names.add(String(key));
  if (sure) reportUndefined(all.flat(), distinct, { jinja: run.jinja, names, report });
}

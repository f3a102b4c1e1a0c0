import { ownTask } from '../analyse/own-task.ts';
import type { Block, Node, Play, Task } from '../load/model.ts';
import { settings } from '../load/settings.ts';
import type { Data, Dict } from '../value.ts';
import type { HostVars } from '../vars/host-vars.ts';
import { chosen, implicitTask } from './chosen.ts';
import type { ReadyPlay } from './play.ts';
import type { RunState } from './run-state.ts';
import { isSelected } from './tags.ts';
import { isTrue } from './target.ts';

/**
 * The tree that every host of a play walks: facts, then the three sections, each ended by a flush of handlers; with `forced` that
 * comes although a task has failed.
 */
export function playNodes(run: RunState, ready: ReadyPlay, gather: Data | undefined, forced: boolean): readonly Node[] {
  const { play, layers, builder } = ready;
  const choosing = { run, layers, builder };
  const flush = implicitTask('flush_handlers', { ...play.context, role: undefined, when: [], tags: [] }, play.at, builder.nextId());
  const facts = gatherTask(ready, gather);
  const sections = [play.preTasks, [...play.roles, ...play.tasks], play.postTasks].map((nodes) => chosen(nodes, choosing));
  const first = facts && isSelected(facts, choosing) ? [facts] : [];
  if (!forced) return [...first, ...sections.flatMap((nodes) => [...nodes, blockOf(play, [flush], [])])];
  return [...first, ...sections.map((nodes) => blockOf(play, nodes, [flush]))];
}

const blockOf = ({ at, context }: Play, block: readonly Node[], always: readonly Task[]): Block => ({
  kind: 'block',
  id: 0,
  at,
  context,
  name: '',
  block,
  rescue: [],
  always,
  roleUse: undefined,
});

/** The tree for one host: with `gathering = smart` facts that are known already are not gathered again. */
export function nodesFor(host: HostVars, nodes: readonly Node[]): readonly Node[] {
  const [first, ...others] = nodes;
  const gathers = first?.kind === 'task' && first.action === GATHER && settings().text('DEFAULT_GATHERING') === 'smart';
  return gathers && host.gathered ? others : nodes;
}

const GATHER = 'gather_facts';

/** The gathering of facts that begins a play, unless the play or `ANSIBLE_GATHERING` says no. */
function gatherTask(ready: ReadyPlay, wanted: Data | undefined): Task | undefined {
  const policy = settings().text('DEFAULT_GATHERING') ?? 'implicit';
  const gather = wanted === undefined || wanted === null ? policy !== 'explicit' : isTrue(wanted);
  if (!gather) return undefined;
  const { play, builder } = ready;
  const args: Dict = new Map();
  for (const [keyword, option] of [
    ['gather_subset', 'gather_subset'],
    ['gather_timeout', 'gather_timeout'],
    ['fact_path', 'fact_path'],
  ] as const) {
    const value = play.keywords[keyword];
    if (value !== undefined) args.set(option, value.value);
  }
  const source: Dict = new Map<Data, Data>([['name', 'Gathering Facts']]);
  if (play.context.tags.length === 0) source.set('tags', 'always');
  const { run_once: _, ...set } = play.context.set;
  return ownTask(GATHER, source, args, { ...play.context, set, role: undefined }, play.at, builder.nextId());
}

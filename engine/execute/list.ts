import type { Node, Task } from '../load/model.ts';
import { patternOf } from './batches.ts';
import { playScope, type ReadyPlay } from './play.ts';
import type { RunState } from './run-state.ts';
import { selects, tagsOf } from './tags.ts';
import { unnamed } from './task-run.ts';

type What = 'tasks' | 'tags' | 'hosts';

/** `--list-tasks`, `--list-tags` and `--list-hosts`, as ansible-playbook prints them. */
export function listing(run: RunState, plays: readonly ReadyPlay[], what: What): string {
  const { playbooks, named } = run.options;
  return playbooks
    .map((file, index) => {
      const own = plays.filter((ready) => ready.playbook === file);
      return `\nplaybook: ${named?.[index] ?? file}\n${own.map((ready, number) => playText(run, ready, number + 1, what)).join('')}`;
    })
    .join('');
}

function playText(run: RunState, ready: ReadyPlay, number: number, what: What): string {
  const scope = playScope(run, ready.layers);
  const hosts = run.templar.slot(ready.play.hosts, scope, run.lookups);
  const pattern = patternOf(hosts);
  const name = ready.play.name === undefined ? pattern : String(run.templar.slot(ready.play.name, scope, run.lookups));
  const tags = [...tagsOf(ready.play.context.tags, { run, layers: ready.layers })];
  const head = `\n  play #${number} (${pattern}): ${name}\tTAGS: [${tags.join(',')}]`;
  if (what !== 'hosts') return `${head}\n${tasksText(run, ready, what, tags)}`;
  const found = run.inventory.select(pattern);
  const patterns = (Array.isArray(hosts) ? hosts : [pattern]).map((one) => `'${String(one)}'`).join(', ');
  return [head, `    pattern: [${patterns}]`, `    hosts (${found.length}):`, ...found.map((host) => `      ${host}`), ''].join('\n');
}

function tasksText(run: RunState, { play, layers }: ReadyPlay, what: 'tasks' | 'tags', playTags: readonly string[]): string {
  const chosen = listed([...play.preTasks, ...play.roles, ...play.tasks, ...play.postTasks])
    .map((task) => ({ task, tags: tagsOf(task.context.tags, { run, layers }) }))
    .filter(({ tags }) => selects(tags, run.options.tags, run.options.skipTags));
  const sorted = (tags: Iterable<string>): string => [...new Set(tags)].sort().join(', ');
  if (what === 'tags') return `      TASK TAGS: [${sorted([...playTags, ...chosen.flatMap(({ tags }) => [...tags])])}]\n`;
  return `    tasks:\n${chosen.map(({ task, tags }) => `      ${title(task)}\tTAGS: [${sorted(tags)}]\n`).join('')}`;
}

/** Tasks in order; as in Ansible, those of `rescue` and `always` are not listed. */
const listed = (nodes: readonly Node[]): Task[] => nodes.flatMap((node) => (node.kind === 'task' ? [node] : listed(node.block)));

/** As written: nothing is known of hosts yet. A task without a name is called by its module, without its role. */
function title(task: Task): string {
  if (task.name === undefined || task.name.value === null) return unnamed(task).replace(/ : .*$/s, '');
  const role = task.context.role?.role.name;
  return role === undefined ? String(task.name.value) : `${role} : ${String(task.name.value)}`;
}

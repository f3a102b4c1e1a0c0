import { tasksOf } from '../analyse/check.ts';
import type { Task } from '../load/model.ts';
import { patternOf } from './batches.ts';
import { playScope, type ReadyPlay } from './play.ts';
import type { RunState } from './run-state.ts';
import { selects, tagsOf } from './tags.ts';

/** `--list-tasks`, `--list-tags` and `--list-hosts`, as ansible-playbook prints them. */
export function listing(run: RunState, plays: readonly ReadyPlay[], what: 'tasks' | 'tags' | 'hosts'): string {
  const blocks = plays.map((ready, index) => {
    const scope = playScope(run, ready.layers);
    const pattern = patternOf(run.templar.slot(ready.play.hosts, scope, run.lookups));
    const name = ready.play.name === undefined ? pattern : String(run.templar.slot(ready.play.name, scope, run.lookups));
    const tags = [...tagsOf(ready.play.context.tags, { run, layers: ready.layers })];
    const head = `  play #${index + 1} (${pattern}): ${name}\tTAGS: [${tags.join(', ')}]`;
    return [head, ...body(run, ready, pattern, what)].join('\n');
  });
  return `\nplaybook: ${run.options.playbooks.join(', ')}\n\n${blocks.join('\n\n')}\n`;
}

function body(run: RunState, ready: ReadyPlay, pattern: string, what: 'tasks' | 'tags' | 'hosts'): string[] {
  if (what === 'hosts') {
    const hosts = run.inventory.select(pattern);
    return [`    pattern: ['${pattern}']`, `    hosts (${hosts.length}):`, ...hosts.map((host) => `      ${host}`)];
  }
  const { play } = ready;
  const all = tasksOf([...play.preTasks, ...play.roles, ...play.tasks, ...play.postTasks]).map((task) => ({
    task,
    tags: tagsOf(task.context.tags, { run, layers: ready.layers }),
  }));
  const selected = all.filter(({ tags }) => selects(tags, run.options.tags, run.options.skipTags));
  if (what === 'tags') return [`      TASK TAGS: [${[...new Set(selected.flatMap(({ tags }) => [...tags]))].sort().join(', ')}]`];
  return ['    tasks:', ...selected.map(({ task, tags }) => `      ${title(task)}\tTAGS: [${[...tags].sort().join(', ')}]`)];
}

function title(task: Task): string {
  const name = task.name === undefined ? task.action : String(task.name.value);
  const role = task.context.role?.role.name;
  return role === undefined ? name : `${role} : ${name}`;
}

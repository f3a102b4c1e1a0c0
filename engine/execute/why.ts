import { shortName } from '../analyse/build.ts';
import { tasksOf } from '../analyse/check.ts';
import { type At, didYouMean, inputError } from '../error.ts';
import type { Layer, Node, Task } from '../load/model.ts';
import { keyPositionOf, positionOf } from '../load/positions.ts';
import { type Data, isDict } from '../value.ts';
import type { LayeredScope } from '../vars/scope.ts';
import { lookupsOf, searchPath } from './lookups.ts';
import type { ReadyPlay } from './play.ts';
import { hostScope, type PlayRun, taskScope } from './play-run.ts';
import type { RunState } from './run-state.ts';

/** One place that defines a variable. */
export interface Definition {
  /** Name of the precedence level. */
  readonly level: string;
  /** Who defines it where no file does: `-e`, the name of a script. */
  readonly from: string;
  readonly at: At | undefined;
  /** As it is written. */
  readonly value: Data;
}

/** What is known of a variable for one host, in one play or in none. */
export interface Explanation {
  /** The play, and the task if one was asked for. */
  readonly where: { readonly play: string; readonly task?: string; readonly at: At } | undefined;
  /** The value, rendered; absent where nothing defines it before the run. */
  readonly value: { readonly data: Data } | undefined;
  /** Magic variables have no definition: they win over all of these. */
  readonly magic: boolean;
  /** Lowest precedence first; the last one wins. */
  readonly definitions: readonly Definition[];
  /** Definitions that hold only for some tasks of the play, or from a task on when it has run. */
  readonly elsewhere: readonly Definition[];
}

export interface Question {
  readonly host: string;
  readonly name: string;
  /** Name of a task that it is asked for; without one, the play as a whole. */
  readonly task?: string | undefined;
}

/**
 * Every definition of a variable that a host has, and which of them wins: in each play that names the host, or without plays in
 * the inventory alone.
 * @throws QplayError `unknown-host`, `start-at-task`
 */
export function explain(run: RunState, plays: readonly ReadyPlay[], question: Question): Explanation[] {
  const { host } = question;
  if (!run.inventory.knows(host)) throw inputError('unknown-host', `there is no host "${host}".${didYouMean(host, run.inventory.hosts.keys())}`);
  if (plays.length === 0) return [answer(question, hostScope(run, run.host(host), run.lookups), undefined, [])];
  const own = plays.filter((ready) => run.inventory.select(patternOf(run, ready)).includes(host));
  const found = own.map((ready) => inPlay(run, ready, question)).filter((one) => one !== undefined);
  if (found.length > 0) return found;
  if (own.length === 0) throw inputError('unknown-host', `no play is for the host "${host}"`);
  const names = own.flatMap(({ play }) => tasks(play).map(nameOf));
  throw inputError('start-at-task', `there is no task "${question.task}".${didYouMean(question.task ?? '', names)}`, { hint: '`--list-tasks` lists them' });
}

function patternOf(run: RunState, { play }: ReadyPlay): string {
  const { value } = play.hosts;
  const rendered = run.templar.text(
    Array.isArray(value) ? value.map(String).join(',') : String(value),
    undefined,
    { get: () => undefined, names: () => [] },
    run.lookups,
  );
  return Array.isArray(rendered) ? rendered.map(String).join(',') : String(rendered);
}

function inPlay(run: RunState, ready: ReadyPlay, question: Question): Explanation | undefined {
  const { play, roles, builder, layers, lateFiles } = ready;
  const all = tasks(play);
  const task = question.task === undefined ? undefined : all.find((one) => nameOf(one) === question.task);
  if (question.task !== undefined && task === undefined) return undefined;
  run.playbookDir = play.dir;
  const playRun: PlayRun = {
    run,
    play,
    roles,
    builder,
    name: String(play.name?.value ?? play.hosts.value),
    debugging: false,
    all: [],
    hosts: new Map(),
    layers,
    handlers: [],
    handed: new Map(),
    notified: new Map(),
    removed: [],
    begun: new Map(),
    completed: new Map(),
    lastBatch: false,
    ...(lateFiles && { lateFiles }),
  };
  const scope = taskScope(playRun, run.host(question.host), task, [], lookupsOf(run, task), searchPath(task, run.playbookDir));
  const where = { play: playRun.name, at: task?.at ?? play.at, ...(task && { task: nameOf(task) }) };
  return answer(question, scope, where, elsewhere(all, question.name, new Set(scope.definitions(question.name))));
}

function answer({ name }: Question, scope: LayeredScope, where: Explanation['where'], others: readonly Definition[]): Explanation {
  const definitions = scope.definitions(name).map((layer) => definitionOf(layer, name));
  const data = definitions.length > 0 || scope.isMagic(name) ? scope.get(name) : undefined;
  return { where, value: data === undefined ? undefined : { data }, magic: scope.isMagic(name), definitions, elsewhere: others };
}

function definitionOf(layer: Layer, name: string): Definition {
  const value = layer.vars.get(name) as Data;
  return { level: layer.level, from: layer.from, at: keyPositionOf(layer.vars, name) ?? positionOf(layer.vars, name), value };
}

/** Where tasks define the name: variables of their own or of a block, params of a role, `set_fact`, `register`, loops. */
function elsewhere(all: readonly Task[], name: string, known: ReadonlySet<Layer>): Definition[] {
  const found = new Map<string, Definition>();
  const add = (level: string, from: string, at: At | undefined, value: Data): void => {
    const key = at === undefined ? `${level} ${from}` : `${at.file}:${at.line}:${at.column}`;
    if (!found.has(key)) found.set(key, { level, from, at, value });
  };
  for (const task of all) {
    const layers = [...task.context.vars, ...(task.context.role?.params ? [task.context.role.params] : [])];
    for (const layer of layers) {
      if (!layer.vars.has(name) || known.has(layer)) continue;
      const one = definitionOf(layer, name);
      add(one.level, one.from, one.at, one.value);
    }
    const given = task.source.get('vars');
    if (isDict(given) && given.has(name)) add('task vars', nameOf(task), keyPositionOf(given, name), given.get(name) as Data);
    if (task.register === name) add('register', nameOf(task), positionOf(task.source, 'register') ?? task.at, null);
    if (shortName(task.action) === 'set_fact' && task.args.has(name))
      add('set_fact', nameOf(task), keyPositionOf(task.args, name) ?? task.at, task.args.get(name) as Data);
    if (task.loop && String(task.loop.control?.get('loop_var') ?? 'item') === name) add('loop', nameOf(task), task.at, task.loop.items.value);
  }
  return [...found.values()];
}

const tasks = ({ preTasks, roles, tasks: own, postTasks, handlers }: ReadyPlay['play']): Task[] =>
  tasksOf([...preTasks, ...roles, ...own, ...postTasks, ...handlers] as Node[]);

const nameOf = (task: Task): string => String(task.name?.value ?? task.action);

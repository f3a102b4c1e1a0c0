import type { Builder } from '../analyse/build.ts';
import { tasksOf } from '../analyse/check.ts';
import { ownTask } from '../analyse/own-task.ts';
import type { PlayRoles } from '../analyse/roles.ts';
import type { Order } from '../inventory/index.ts';
import type { Layer, Node, Play, Task } from '../load/model.ts';
import { type Data, type Dict, isDict, toPlain } from '../value.ts';
import { MAGIC_NAMES } from '../vars/magic.ts';
import { LayeredScope } from '../vars/scope.ts';
import { batchesOf, isFree, patternOf } from './batches.ts';
import { forced, runHandlers } from './handlers.ts';
import { Steps } from './linear.ts';
import type { HostRun, PlayRun } from './play-run.ts';
import type { RunState } from './run-state.ts';
import { isSelected } from './tags.ts';
import { isTrue } from './target.ts';
import { Walk } from './walk.ts';

/** A play that was analysed, with what includes need to build more. */
export interface ReadyPlay {
  readonly play: Play;
  readonly roles: PlayRoles;
  readonly builder: Builder;
  /** Play variables, prompts and vars_files, lowest first. */
  readonly layers: readonly Layer[];
  /** The playbook of the command line that it belongs to. */
  readonly playbook: string;
}

/** Runs one play over its batches. Returns whether the run may go on to the next play. */
export async function runPlay(run: RunState, ready: ReadyPlay): Promise<boolean> {
  const scope = playScope(run, ready.layers);
  const { play } = ready;
  const render = (key: string): Data | undefined => {
    const one = play.keywords[key];
    return one && run.templar.slot(one, scope, run.lookups);
  };
  const pattern = patternOf(render('hosts'));
  const name = String(render('name') ?? pattern);
  const all = run.inventory.select(pattern, { at: play.at, order: String(render('order') ?? 'inventory') as Order }).filter((host) => !run.gone.has(host));
  if (all.length === 0) {
    run.emit({ type: 'no-hosts', pattern, at: play.at, name });
    return true;
  }
  const batches = batchesOf(all, render('serial'), play);
  const facts = gatherTask(ready, render('gather_facts'));
  const sections = sectionsOf(play, facts);
  const walked = tasksOf(sections.flat());
  let first = true;
  for (const batch of batches) {
    const alive = batch.filter((host) => !run.gone.has(host));
    if (alive.length === 0) continue;
    const playRun = makePlayRun(
      run,
      ready,
      name,
      all,
      alive,
      String(render('strategy') ?? 'linear'),
      Number(String(render('max_fail_percentage') ?? 'NaN').replace('%', '')),
    );
    const steps = walked.filter((task) => isSelected(task, playRun)).length;
    run.emit({
      type: 'play.start',
      name,
      hosts: alive,
      at: play.at,
      steps: steps * (first ? all.length : 0),
      strategy: String(render('strategy') ?? 'linear'),
    });
    first = false;
    const ended = await Promise.allSettled([...playRun.hosts.values()].map((host) => runHost(playRun, host, sections)));
    const broken = ended.find((one) => one.status === 'rejected');
    if (broken) throw broken.reason;
    const failed = [...playRun.hosts.values()].filter((host) => host.state === 'failed' || host.state === 'unreachable');
    for (const host of failed) run.gone.add(host.name);
    if (playRun.fatal || playRun.tooMany || run.options.signal.aborted) return false;
    if (playRun.lastBatch) break;
    if (failed.length === alive.length) return false;
  }
  return true;
}

export const playScope = (run: RunState, layers: readonly Layer[]): LayeredScope =>
  new LayeredScope([...layers, run.extra], (name) => PLAY_MAGIC(run, name), MAGIC_NAMES, run.templar, run.lookups);

/** Before a host is chosen only what is the same for all hosts is known. */
function PLAY_MAGIC(run: RunState, name: string): Data | undefined {
  switch (name) {
    case 'groups':
      return run.inventory.groupsDict();
    case 'playbook_dir':
      return run.playbookDir;
    case 'inventory_dir':
      return run.inventory.dir;
    case 'ansible_check_mode':
      return run.options.mode !== 'run';
    default:
      return undefined;
  }
}

interface Running extends PlayRun {
  tooMany: boolean;
}

function makePlayRun(
  run: RunState,
  ready: ReadyPlay,
  name: string,
  all: readonly string[],
  batch: readonly string[],
  strategy: string,
  maxFail: number,
): Running {
  const hosts = new Map<string, HostRun>(
    batch.map((host) => [host, { name: host, vars: run.host(host), notified: new Set<Task>(), state: 'running', endedRoles: new Set() }]),
  );
  const goesOn = (): boolean => {
    const failed = [...hosts.values()].filter((host) => host.state === 'failed' || host.state === 'unreachable').length;
    if (!Number.isNaN(maxFail) && (failed / batch.length) * 100 > maxFail) playRun.tooMany = true;
    return !playRun.fatal && !playRun.tooMany && !run.options.signal.aborted;
  };
  const playRun: Running = {
    run,
    play: ready.play,
    roles: ready.roles,
    builder: ready.builder,
    name,
    all,
    hosts,
    steps: new Steps(batch, isFree(strategy, ready.play), goesOn),
    layers: ready.layers,
    handlers: [...ready.play.handlers],
    over: false,
    lastBatch: false,
    fatal: false,
    tooMany: false,
  };
  return playRun;
}

/** The parts of a play after each of which handlers are flushed. */
function sectionsOf(play: Play, facts: Task | undefined): (readonly Node[])[] {
  const first: readonly Node[] = facts ? [facts] : [];
  return [[...first, ...play.preTasks], [...play.roles, ...play.tasks], play.postTasks];
}

async function runHost(playRun: PlayRun, host: HostRun, sections: readonly (readonly Node[])[]): Promise<void> {
  const walk = new Walk(playRun, host);
  try {
    for (const [index, section] of sections.entries()) {
      const flow = await walk.nodes(section, [index, 0], []);
      if (flow === 'failed') host.state = 'failed';
      if (host.state !== 'running') {
        if (host.state === 'failed' && forced(playRun)) await runHandlers(walk, [index, 1]);
        return;
      }
      if (flow === 'over' || playRun.over) return;
      const after = await runHandlers(walk, [index, 1]);
      if (after === 'failed') host.state = 'failed';
      if (after !== 'next') return;
    }
  } catch (error) {
    host.state = 'failed';
    throw error;
  } finally {
    if (host.state === 'failed') playRun.run.gone.add(host.name);
    playRun.steps.leave(host.name);
  }
}

/** The gathering of facts that begins a play, unless the play or `ANSIBLE_GATHERING` says no. */
function gatherTask(ready: ReadyPlay, wanted: Data | undefined): Task | undefined {
  const policy = (process.env.ANSIBLE_GATHERING ?? 'implicit').toLowerCase();
  const gather = wanted === undefined || wanted === null ? policy !== 'explicit' : isTrue(wanted);
  if (!gather) return undefined;
  const { play, builder } = ready;
  const args: Dict = new Map();
  for (const [keyword, option] of [
    ['gather_subset', 'gather_subset'],
    ['fact_path', 'fact_path'],
  ] as const) {
    const value = play.keywords[keyword];
    if (value !== undefined) args.set(option, value.value);
  }
  const source: Dict = new Map<Data, Data>([
    ['name', 'Gathering Facts'],
    ['tags', 'always'],
  ]);
  return ownTask('setup', source, args, { ...play.context, role: undefined }, play.at, builder.nextId());
}

/** `vars`, `vars_prompt` and `vars_files` of a play. */
export async function playLayers(run: RunState, play: Play, asked: Map<string, Data>, files: readonly Layer[]): Promise<Layer[]> {
  const vars = play.source.get('vars');
  const layers: Layer[] = [];
  if (isDict(vars)) layers.push({ level: 'play vars', from: play.file, vars });
  else if (Array.isArray(vars)) for (const one of vars) if (isDict(one)) layers.push({ level: 'play vars', from: play.file, vars: one });
  const prompts = play.source.get('vars_prompt');
  if (Array.isArray(prompts)) layers.push({ level: 'play vars_prompt', from: play.file, vars: await prompted(run, prompts, asked), final: true });
  return [...layers, ...files];
}

async function prompted(run: RunState, prompts: readonly Data[], asked: Map<string, Data>): Promise<Dict> {
  const answers: Dict = new Map();
  for (const prompt of prompts) {
    if (!isDict(prompt)) continue;
    const name = String(prompt.get('name'));
    if (run.extra.vars.has(name)) continue;
    const known = asked.get(name);
    const secret = isTrue(prompt.get('private') ?? true);
    const fallback = prompt.get('default');
    const answer = known ?? (await run.options.ask(String(toPlain(prompt.get('prompt') ?? name)), secret));
    const value = answer === '' && fallback !== undefined ? fallback : answer;
    if (secret && typeof value === 'string') run.secrets.add(value);
    asked.set(name, value);
    answers.set(name, value);
  }
  return answers;
}

import { resolve } from 'node:path';
import type { Builder } from '../analyse/build.ts';
import { importRole, type PlayRoles } from '../analyse/roles.ts';
import type { Order } from '../inventory/index.ts';
import { toText } from '../jinja/index.ts';
import type { Layer, Node, Play } from '../load/model.ts';
import { settings } from '../load/settings.ts';
import type { Data } from '../value.ts';
import { MAGIC_NAMES } from '../vars/magic.ts';
import { LayeredScope } from '../vars/scope.ts';
import { batchesOf, isFree, patternOf } from './batches.ts';
import { inOrder } from './chosen.ts';
import { cursorAt, finalOf, isFailed } from './cursor.ts';
import { runFree } from './free.ts';
import { runLinear } from './linear.ts';
import { nodesFor, playNodes } from './play-nodes.ts';
import type { HostRun, PlayRun } from './play-run.ts';
import { markFailed } from './progress.ts';
import type { RunState } from './run-state.ts';
import { isTrue } from './target.ts';
import { TaskOrder } from './task-order.ts';
import type { VarsFiles } from './vars-files.ts';

/** A play that was analysed, with what includes need to build more. */
export interface ReadyPlay {
  readonly play: Play;
  readonly roles: PlayRoles;
  readonly builder: Builder;
  /** Play variables, prompts and vars_files, lowest first. */
  readonly layers: readonly Layer[];
  /** Those of `vars_files` that depend on the host. */
  readonly lateFiles?: NonNullable<VarsFiles['ofHost']>;
  /** The playbook of the command line that it belongs to. */
  readonly playbook: string;
}

/** What a play says of how it is run, rendered. */
interface Terms {
  readonly name: string;
  readonly all: readonly string[];
  readonly nodes: readonly Node[];
  readonly strategy: string;
  readonly mostFailed: number | undefined;
}

/** Runs one play over its batches. Returns whether the run may go on to the next play. */
export async function runPlay(run: RunState, ready: ReadyPlay): Promise<boolean> {
  const { play } = ready;
  run.playbookDir = resolve(play.dir);
  const scope = playScope(run, ready.layers);
  const render = (key: string): Data | undefined => {
    const one = play.keywords[key];
    return one && run.templar.slot(one, scope, run.lookups);
  };
  const pattern = patternOf(render('hosts'));
  const name = toText(render('name') ?? titleOf(play, pattern, render('hosts')));
  const ordered = run.inventory.select(pattern, { at: play.at, order: String(render('order') ?? 'inventory') as Order });
  const all = run.inventory.select(pattern);
  if (ordered.length === 0) {
    run.emit({ type: 'no-hosts', pattern, at: play.at, name });
    return true;
  }
  const forced = run.options.forceHandlers === true || isTrue(render('force_handlers'));
  const most = render('max_fail_percentage');
  const terms: Terms = {
    name,
    all,
    nodes: playNodes(run, ready, render('gather_facts'), forced),
    strategy: String(render('strategy') ?? settings().text('DEFAULT_STRATEGY') ?? 'linear'),
    mostFailed: most === undefined || most === null ? undefined : Number(String(most).replace('%', '')),
  };
  return runBatches(run, ready, terms, batchesOf(ordered, render('serial'), play));
}

/** A play without a name is called by its hosts: a list that a template makes as Python writes it. */
const titleOf = ({ hosts }: Play, pattern: string, value: Data | undefined): Data =>
  typeof hosts.value === 'string' && Array.isArray(value) ? value : pattern;

async function runBatches(run: RunState, ready: ReadyPlay, terms: Terms, batches: readonly (readonly string[])[]): Promise<boolean> {
  for (const host of run.lost) run.unreachable.add(host);
  let before = run.failed.size + run.unreachable.size;
  let tooMany = false;
  for (const [index, batch] of batches.entries()) {
    const playRun = begin(run, ready, terms, batch, index === 0 ? terms.all.length : 0);
    const broken = await runBatch(playRun, terms, ready);
    if (run.options.signal.aborted) return false;
    if (playRun.lastBatch) break;
    tooMany ||= broken;
    const bad = run.failed.size + run.unreachable.size;
    if (bad - before === batch.length) return false;
    before = bad;
    for (const host of run.unreachable) run.lost.add(host);
  }
  return !tooMany;
}

function begin(run: RunState, ready: ReadyPlay, { name, all, nodes, strategy }: Terms, batch: readonly string[], counted: number): PlayRun {
  const { play, roles, builder, layers, lateFiles } = ready;
  const hosts = new Map(
    batch.map((name): [string, HostRun] => {
      const vars = run.host(name);
      return [name, { name, vars, cursor: cursorAt(nodesFor(vars, nodes)), notifications: new Set() }];
    }),
  );
  const handlers = [...play.handlers];
  // what this batch includes, the next one has not included
  const own: PlayRoles = { ...roles, imported: handlers, uses: [...roles.uses], all: [...roles.all] };
  const steps = inOrder(nodes).filter(({ implicit }) => implicit === undefined).length;
  run.emit({ type: 'play.start', name, hosts: batch, at: play.at, steps: steps * counted, strategy });
  return {
    run,
    play,
    roles: own,
    builder: { ...builder, importRole: (task, inner) => importRole(task, inner, own) },
    name,
    debugging: /^(ansible\.builtin\.)?debug$/.test(strategy),
    all,
    hosts,
    layers,
    handlers,
    handed: new Map(),
    notified: new Map(),
    removed: [],
    begun: new Map(),
    completed: new Map(),
    lastBatch: false,
    ...(lateFiles && { lateFiles }),
  };
}

/** Hosts that failed in an earlier play stay failed. Resolves to whether more failed than `max_fail_percentage` lets. */
async function runBatch(playRun: PlayRun, { nodes, strategy, mostFailed }: Terms, { play }: ReadyPlay): Promise<boolean> {
  const { run, hosts, removed } = playRun;
  const earlier = [...run.failed];
  for (const name of earlier) {
    const host = hosts.get(name);
    if (host) markFailed(playRun, host);
    else removed.push(name);
  }
  removed.push(...run.unreachable);
  run.failed.clear();
  let broken = false;
  if (isFree(strategy, play)) await runFree(playRun, strategy.endsWith('host_pinned'));
  else broken = await runLinear(playRun, new TaskOrder(inOrder(nodes)), mostFailed);
  for (const name of earlier) if (!hosts.has(name)) run.failed.add(name);
  const failing = [...hosts.values()].filter(({ cursor }) => isFailed(finalOf(cursor)));
  for (const { name } of failing) run.failed.add(name);
  const stillFailed = failing.length > 0 || earlier.some((name) => !hosts.has(name));
  run.verdict = broken ? 'failed' : run.unreachable.size > 0 ? 'unreachable' : stillFailed ? 'failed' : 'done';
  return broken;
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

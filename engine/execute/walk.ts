import pLimit from 'p-limit';
import { shortName } from '../analyse/build.ts';
import { type Diagnostic, QplayError } from '../error.ts';
import type { Block, Node, Task } from '../load/model.ts';
import type { Outcome } from '../report/event.ts';
import { type Data, fromPlain } from '../value.ts';
import { isOwnAction } from './control/index.ts';
import type { Emit } from './emit.ts';
import { handlerName, notify, runHandlers } from './handlers.ts';
import { includeNodes } from './include.ts';
import type { Group, Place } from './linear.ts';
import { runMeta } from './meta.ts';
import type { Frame, HostRun, PlayRun } from './play-run.ts';
import { isSelected } from './tags.ts';
import { censored, runTask } from './task.ts';
import { type Finished, infoOf, nameOf, render, type TaskRun, taskRun, truth, valuesOf } from './task-run.ts';

/** How a stretch of a play ended for a host: go on, a task failed, or nothing more is to be done here. */
export type Flow = 'next' | 'failed' | 'over';

/** Takes one host through nodes of the tree, in step with the others. */
export class Walk {
  readonly playRun: PlayRun;
  readonly host: HostRun;
  /** Blocks around the current task that have a rescue section. */
  #rescuers = 0;

  constructor(playRun: PlayRun, host: HostRun) {
    this.playRun = playRun;
    this.host = host;
  }

  async nodes(nodes: readonly Node[], place: Place, frame: Frame): Promise<Flow> {
    for (const [index, node] of nodes.entries()) {
      const here = [...place, index];
      const flow = node.kind === 'block' ? await this.block(node, here, frame) : await this.task(node, here, frame);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  async block(block: Block, place: Place, frame: Frame): Promise<Flow> {
    if (block.roleUse && this.host.endedRoles.has(block.roleUse)) return 'next';
    const rescuing = block.rescue.length > 0;
    if (rescuing) this.#rescuers++;
    let flow = await this.nodes(block.block, [...place, 0], frame);
    if (rescuing) this.#rescuers--;
    if (flow === 'failed' && rescuing) flow = await this.nodes(block.rescue, [...place, 1], frame);
    if (block.always.length === 0 || this.host.state === 'unreachable' || (flow === 'over' && this.host.state !== 'ended')) return flow;
    const after = flow === 'over' ? 'next' : await this.nodes(block.always, [...place, 2], frame);
    return after === 'next' ? flow : after;
  }

  async task(task: Task, place: Place, frame: Frame): Promise<Flow> {
    const { playRun, host } = this;
    if (!isSelected(task, playRun)) return 'next';
    if (task.context.role && host.endedRoles.has(task.context.role)) return 'next';
    const group = await playRun.steps.arrive(host.name, place, task);
    if (group === undefined || playRun.over) return 'over';
    if (playRun.run.options.signal.aborted) return 'over';
    try {
      return await this.#dispatch(task, place, frame, group);
    } catch (error) {
      if (!(error instanceof QplayError)) throw error;
      if (error.diagnostics.some((one) => one.kind === 'interrupted')) return 'over';
      return this.#mistaken(task, group, error);
    }
  }

  /** A keyword of the task could not be made sense of on this host (`run_once: "{{ nobody }}"`): the task has failed there. */
  #mistaken(task: Task, group: Group, error: QplayError): Flow {
    const { run } = this.playRun;
    const diagnostic = { at: task.at, ...(error.diagnostics[0] as Diagnostic), kind: 'task' as const, host: this.host.name };
    const outcome = this.#rescued({ status: 'failed', error: diagnostic, result: { msg: diagnostic.message } });
    announceAs(run.emit, task, String(task.name?.value ?? task.action), group, false);
    run.tally.add(this.host.name, outcome);
    run.emit({ type: 'task.end', task: task.id, host: this.host.name, outcome, ms: 0 });
    return 'failed';
  }

  #dispatch(task: Task, place: Place, frame: Frame, group: Group): Flow | Promise<Flow> {
    const action = shortName(task.action);
    if (action === 'include_tasks' || action === 'include_role') return this.#include(task, place, frame, group);
    if (action === 'meta') return runMeta(this, task, place, frame);
    return this.#do(task, frame, group);
  }

  async #do(task: Task, frame: Frame, group: Group): Promise<Flow> {
    const run = taskRun(this.playRun, this.host, task, frame);
    if (!this.#runsOnce(run) && !(await isOnce(run))) {
      const finished = await this.#runHere(run, group);
      return this.#after(run, finished);
    }
    return this.#once(run, group);
  }

  #runsOnce(run: TaskRun): boolean {
    const slot = run.task.context.set.run_once;
    return slot !== undefined && truth(render(run, slot));
  }

  /** `run_once`: the first host does the task, all get what comes of it. */
  async #once(run: TaskRun, group: Group): Promise<Flow> {
    if (group.once === undefined) {
      const work = this.#runHere(run, { hosts: [run.host.name] }).then((finished) => ({ finished, effects: run.effects }));
      group.once = work;
      return this.#after(run, (await work).finished);
    }
    const { finished, effects } = (await group.once) as { finished: Finished; effects: TaskRun['effects'] };
    for (const change of effects) change(run.host.vars);
    return this.#flow(run, finished.outcome);
  }

  async #runHere(run: TaskRun, group: Group): Promise<Finished> {
    const { task, host } = run;
    const { emit, forks } = run.run;
    const throttled = throttleOf(run, group);
    return throttled(() =>
      forks(async () => {
        announce(run, group);
        emit({ type: 'host.start', task: task.id, host: host.name });
        const started = performance.now();
        const finished = await runTask(run);
        const outcome = this.#rescued(finished.outcome);
        const shown = run.noLog ? censored(outcome) : outcome;
        run.run.tally.add(host.name, outcome);
        emit({
          type: 'task.end',
          task: task.id,
          host: host.name,
          outcome: shown,
          ms: performance.now() - started,
          ...(finished.delegatedTo !== undefined && { delegatedTo: finished.delegatedTo }),
          ...(finished.say !== undefined && !run.noLog && { say: finished.say }),
          ...valuesOf(run, finished),
        });
        return { ...finished, outcome };
      }),
    );
  }

  #rescued(outcome: Outcome): Outcome {
    return outcome.status === 'failed' && !outcome.ignored && this.#rescuers > 0 ? { ...outcome, rescued: true } : outcome;
  }

  #after(run: TaskRun, { outcome, result }: Finished): Flow {
    if (outcome.status === 'changed' || outcome.status === 'would-change' || (outcome.status === 'failed' && outcome.ignored && result.get('changed') === true))
      notify(this, run);
    if (outcome.status === 'would-change' || outcome.status === 'unknown') {
      run.run.clouded.add(run.host.name);
      if (outcome.status === 'unknown') notify(this, run);
    }
    if (outcome.status === 'failed' && !outcome.ignored) this.#rememberFailure(run, result);
    return this.#flow(run, outcome);
  }

  #flow(run: TaskRun, outcome: Outcome): Flow {
    if ((outcome.status !== 'failed' && outcome.status !== 'unreachable') || outcome.ignored) return 'next';
    if (outcome.status === 'unreachable') {
      this.host.state = 'unreachable';
      this.playRun.run.gone.add(this.host.name);
      this.#fatal(run);
      return 'over';
    }
    if (this.#rescuers === 0) this.#fatal(run);
    return 'failed';
  }

  #fatal(run: TaskRun): void {
    const slot = run.task.context.set.any_errors_fatal;
    if (slot !== undefined && truth(render(run, slot))) this.playRun.fatal = true;
  }

  /** What rescue sections read. */
  #rememberFailure(run: TaskRun, result: Data): void {
    this.host.vars.set('ansible_failed_task', fromPlain({ name: nameOf(run), action: run.task.action }));
    this.host.vars.set('ansible_failed_result', result);
  }

  async #include(task: Task, place: Place, frame: Frame, group: Group): Promise<Flow> {
    const run = taskRun(this.playRun, this.host, task, frame);
    const brought = await includeNodes(run, (finished, started) => this.#report(run, group, finished, started));
    if (!Array.isArray(brought)) return this.#after(run, brought);
    for (const [index, one] of brought.entries()) {
      const flow = await this.nodes(one.nodes, [...place, index], [...frame, ...one.layers]);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  #report(run: TaskRun, group: Group, finished: Finished, started: number): void {
    announce(run, group);
    const outcome = this.#rescued(finished.outcome);
    run.run.tally.add(run.host.name, outcome);
    run.run.emit({ type: 'task.end', task: run.task.id, host: run.host.name, outcome, ms: performance.now() - started, ...valuesOf(run, finished) });
  }

  handlers(place: Place): Promise<Flow> {
    return runHandlers(this, place);
  }
}

/** Whether the module itself runs once for all hosts of a batch (`pause`). */
async function isOnce({ run, task }: TaskRun): Promise<boolean> {
  if (isOwnAction(task.action)) return false;
  const module = await run.modules.load(task.action);
  return module.kind === 'action' && module.once === true;
}

const limits = new WeakMap<Group, <T>(work: () => Promise<T>) => Promise<T>>();

/** `throttle`: at most so many hosts of a group do the task at a time. */
function throttleOf(run: TaskRun, group: Group): <T>(work: () => Promise<T>) => Promise<T> {
  const slot = run.task.context.set.throttle;
  const most = slot === undefined ? 0 : Number(render(run, slot));
  if (!(most > 0)) return (work) => work();
  const known = limits.get(group) ?? pLimit(most);
  limits.set(group, known);
  return known;
}

/** Tells reporters of a task when the first host of a group begins it. */
function announce(run: TaskRun, group: Group): void {
  announceAs(run.run.emit, run.task, run.task.handler ? handlerName(run) : nameOf(run), group, run.noLog, run.diff);
}

function announceAs(emit: Emit, task: Task, name: string, group: Group, noLog: boolean, diff = false): void {
  const key = group as Group & { announced?: true };
  if (key.announced) return;
  key.announced = true;
  emit({ type: 'task.start', task: infoOf(task, name, noLog, diff), hosts: group.hosts });
}

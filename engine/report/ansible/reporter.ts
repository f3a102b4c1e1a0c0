import { basename } from 'node:path';
import { EXIT } from '../../error.ts';
import { toText } from '../../jinja/python/text.ts';
import type { Value } from '../../jinja/values.ts';
import type { Result } from '../../module/contract.ts';
import { fromPlain } from '../../value.ts';
import type { Counts, Event, Outcome, Reporter, TaskInfo } from '../event.ts';
import { diffText, headed } from './diff.ts';
import { Display, type Sinks } from './display.ts';
import { errorText } from './error-text.ts';
import { pythonJson } from './json.ts';
import type { Look } from './look.ts';
import { recapLine } from './recap.ts';
import { bare, dump } from './result.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;
type Ended = Of<'task.end'> | Of<'item.end'>;

/** The text of Ansible's `default` callback (ansible-core 2.18), byte for byte where scripts may read it. */
export function ansibleReporter(sinks: Sinks, look: Look): Reporter {
  const text = new DefaultText(new Display(sinks, look));
  return { on: (event) => text.on(event), close: async () => {} };
}

class DefaultText {
  readonly #display: Display;
  readonly #tasks = new Map<number, TaskInfo>();
  /** The task whose heading was printed last. */
  #headed: number | undefined;
  #free = false;
  #began = false;
  /** How many were begun, and how many plays the others have. */
  #playbooks = 0;
  #plays: number[] = [];
  /** Said when handlers run. */
  readonly #notified = new Set<string>();
  #custom: Readonly<Record<string, unknown>> = {};
  /** Items shown so far of a task on a host: their own lines stand in place of one for the task. */
  readonly #items = new Set<string>();
  #includes: { readonly file: string; readonly item: string | undefined; readonly hosts: string[] }[] = [];

  constructor(display: Display) {
    this.#display = display;
  }

  on(event: Event): void {
    if (event.type !== 'include' && event.type !== 'host.start' && event.type !== 'task.output') this.#tellIncludes();
    switch (event.type) {
      case 'run.start':
        this.#start(event.plays ?? []);
        break;
      case 'play.start':
        this.#free = event.strategy !== undefined && /(free|host_pinned)$/.test(event.strategy);
        this.#play(event.name);
        break;
      case 'no-hosts':
        this.#play(event.name ?? event.pattern);
        this.#display.line('skipping: no hosts matched', 'skip');
        break;
      case 'task.start':
        this.#taskStart(event.task);
        break;
      case 'host.start':
        if (this.#display.look.perHostStart) this.#display.line(` [started TASK: ${title(this.#tasks.get(event.task))} on ${event.host}]`, 'ok');
        break;
      case 'meta':
        this.#head(event.task);
        if (event.skipped) this.#display.line(`skipping: [${event.host}]`, 'skip');
        break;
      case 'include':
        this.#include(event);
        break;
      case 'handler.notified':
        if (this.#display.look.verbosity > 1) {
          this.#display.line(`Notification for handler ${event.handler} has been saved.`, 'verbose');
          this.#notified.add(`NOTIFIED HANDLER ${event.handler} for ${event.host}`);
        }
        break;
      case 'task.retry':
        this.#display.line(
          `FAILED - RETRYING: [${event.host}]: ${title(this.#tasks.get(event.task))} (${event.left} retries left).${
            this.#display.look.verbosity > 2 ? `Result was: ${pythonJson(event.result, 4)}` : ''
          }`,
          'debug',
        );
        break;
      case 'task.async': {
        const said = event.phase === 'poll' ? `ASYNC POLL on ${event.host}: jid=${event.job} started=1 finished=${event.finished}` : undefined;
        this.#display.line(said ?? `ASYNC ${event.phase.toUpperCase()} on ${event.host}: jid=${event.job}`, 'debug');
        break;
      }
      case 'item.end':
        this.#itemEnd(event);
        break;
      case 'task.end':
        this.#taskEnd(event);
        break;
      case 'playbook.end':
        this.#recap(event.counts);
        this.#playbook();
        break;
      case 'stats':
        this.#custom = event.custom;
        break;
      case 'text':
        this.#display.line(event.text);
        break;
      case 'diagnostic':
        this.#diagnostic(event);
        break;
      case 'run.end':
        this.#end(event);
    }
  }

  /** The next playbook, with how many plays it has. */
  #playbook(): void {
    const { verbosity, playbooks } = this.#display.look;
    const name = playbooks[this.#playbooks++] ?? '';
    const plays = this.#plays.shift();
    if (verbosity < 2) return;
    this.#display.banner(`PLAYBOOK: ${basename(name)}`);
    if (plays !== undefined) this.#display.line(`${plays} plays in ${name}`, 'verbose');
  }

  #start(plays: readonly number[]): void {
    this.#began = true;
    const { check, checkMarkers } = this.#display.look;
    this.#plays = [...plays];
    this.#playbook();
    if (check && checkMarkers) this.#display.banner('DRY RUN');
  }

  #play(name: string): void {
    const { check, checkMarkers } = this.#display.look;
    this.#headed = undefined;
    this.#display.banner(`PLAY [${name.trim()}]${check && checkMarkers ? ' [CHECK MODE]' : ''}`);
  }

  #taskStart(task: TaskInfo): void {
    this.#tasks.set(task.id, task);
    const { skippedHosts, okHosts } = this.#display.look;
    if (!this.#free && skippedHosts && okHosts) this.#banner(task);
  }

  #banner(task: TaskInfo): void {
    if (task.handler) {
      for (const one of this.#notified) this.#display.line(one, 'verbose');
      this.#notified.clear();
    }
    const { check, checkMarkers, verbosity } = this.#display.look;
    this.#headed = task.id;
    this.#display.banner(
      `${task.handler ? 'RUNNING HANDLER' : 'TASK'} [${`${title(task).trim()}${this.#arguments(task)}`}]${check && checkMarkers ? ' [CHECK MODE]' : ''}`,
    );
    if (verbosity >= 2) this.#taskPath(task);
  }

  /** ` k=v, ...` where the arguments stand in headings. */
  #arguments({ args, noLog }: TaskInfo): string {
    if (!this.#display.look.argsInHeadings || noLog === true || args === undefined) return '';
    const shown = Object.entries(args).map(([key, value]) => `${key}=${toText(fromPlain(value) as Value)}`);
    return ` ${shown.join(', ')}`;
  }

  #taskPath({ at }: TaskInfo): void {
    this.#display.line(`task path: ${at.file}:${at.line}`, 'debug');
  }

  /** A heading for what stands below another one, or below one that was held back. */
  #head(task: TaskInfo | undefined): void {
    if (task === undefined) return;
    this.#tasks.set(task.id, task);
    if (this.#headed !== task.id) this.#banner(task);
  }

  /** Hosts that include the same file are named together. */
  #include({ info, file, item, hosts }: Of<'include'>): void {
    if (this.#includes.length === 0 || this.#headed === info.id) this.#head(info);
    else {
      this.#tellIncludes();
      this.#head(info);
    }
    const known = this.#includes.find((one) => one.file === file && one.item === item);
    if (known) known.hosts.push(...hosts);
    else this.#includes.push({ file, item, hosts: [...hosts] });
  }

  #tellIncludes(): void {
    for (const { file, item, hosts } of this.#includes)
      this.#display.line(`included: ${file} for ${hosts.join(', ')}${item === undefined || item === '' ? '' : ` => (item=${item})`}`, 'included');
    this.#includes = [];
  }

  #itemEnd(event: Of<'item.end'>): void {
    this.#items.add(`${event.task} ${event.host}`);
    const task = this.#tasks.get(event.task);
    const { outcome } = event;
    const hidden = (outcome.status === 'ok' && !this.#display.look.okHosts) || (isSkip(outcome) && !this.#display.look.skippedHosts);
    if (hidden) return;
    this.#head(task);
    // Ansible has thrown the item away by then
    const label = task?.noLog === true ? 'None' : event.item;
    switch (outcome.status) {
      case 'ok':
        this.#display.line(`ok: [${hostOf(event)}] => (item=${label})${this.#verbose(event)}`, 'ok');
        break;
      case 'changed':
      case 'would-change':
        this.#differences(event);
        this.#display.line(`changed: [${hostOf(event)}] => (item=${label})${this.#verbose(event)}`, 'changed');
        break;
      case 'unknown':
      case 'skipped':
        this.#display.line(`skipping: [${event.host}] => (item=${label}) ${this.#verbose(event)}`, 'skip');
        break;
      case 'failed': {
        this.#warnings(event);
        this.#display.line(`failed: [${hostOf(event)}] (item=${label}) => ${this.#dumped(event)}`, 'error', this.#display.look.failedToStderr);
        break;
      }
      case 'unreachable':
        return;
    }
  }

  #taskEnd(event: Of<'task.end'>): void {
    const { outcome } = event;
    const task = this.#tasks.get(event.task);
    const looped = this.#items.delete(`${event.task} ${event.host}`);
    if (/^include_(tasks|role)$/.test(bare(task?.action ?? '')) && outcome.status === 'ok') return;
    const { okHosts, skippedHosts } = this.#display.look;
    if ((outcome.status === 'ok' && !okHosts) || (isSkip(outcome) && !skippedHosts)) return;
    this.#head(task);
    this.#warnings(event);
    if (outcome.status === 'unreachable') {
      this.#display.line(`fatal: [${hostOf(event)}]: UNREACHABLE! => ${this.#dumped(event)}`, 'unreachable', this.#display.look.failedToStderr);
    } else if (outcome.status === 'failed') this.#failed(event, task, looped);
    else if (!looped || isSkip(outcome) || task?.noLog === true || event.noLog) this.#one(event);
    if ((outcome.status === 'failed' || outcome.status === 'unreachable') && outcome.ignored) this.#display.line('...ignoring', 'skip');
  }

  #failed(event: Of<'task.end'>, task: TaskInfo | undefined, looped: boolean): void {
    if (looped && task?.noLog !== true && !event.noLog) return;
    const { verbosity, taskPathOnFailure, failedToStderr } = this.#display.look;
    if (task && verbosity < 2 && taskPathOnFailure) this.#taskPath(task);
    this.#display.line(`fatal: [${hostOf(event)}]: FAILED! => ${this.#dumped(event)}`, 'error', failedToStderr);
  }

  #one(event: Of<'task.end'>): void {
    if (isSkip(event.outcome)) this.#display.line(`skipping: [${event.host}]${this.#verbose(event)}`, 'skip');
    else if (event.outcome.status === 'ok') this.#display.line(`ok: [${hostOf(event)}]${this.#verbose(event)}`, 'ok');
    else {
      this.#differences(event);
      this.#display.line(`changed: [${hostOf(event)}]${this.#verbose(event)}`, 'changed');
    }
  }

  #differences(event: Ended): void {
    if (this.#tasks.get(event.task)?.diff !== true || !('diff' in event.outcome)) return;
    const module = bare(this.#tasks.get(event.task)?.action ?? '');
    const said = diffText(event.values?.diff ?? headed(event.outcome.diff, module), this.#display.look.diffContext, this.#display.paint);
    if (said !== '') this.#display.line(said);
  }

  #warnings(event: Ended): void {
    const { outcome } = event;
    const thrown = valuesOf(event).exception;
    if (typeof thrown === 'string' && outcome.status === 'failed')
      this.#display.line(thrownText(thrown, this.#display.look.verbosity), 'error', this.#display.look.failedToStderr);
    for (const warning of 'warnings' in outcome ? (outcome.warnings ?? []) : []) this.#display.warning(warning);
  }

  /** ` => {...}` where the values are shown. */
  #verbose(event: Ended): string {
    const task = this.#tasks.get(event.task);
    const facts = /^(gather_facts|setup)$/.test(bare(task?.action ?? ''));
    const shown = (this.#display.look.verbosity > 0 && !facts) || always(event);
    return shown ? ` => ${this.#dumped(event)}` : '';
  }

  #dumped(event: Ended): string {
    const task = this.#tasks.get(event.task);
    return dump(valuesOf(event), task, event.outcome, this.#display.look, always(event));
  }

  #diagnostic({ diagnostic }: Of<'diagnostic'>): void {
    if (diagnostic.severity === 'warning') this.#display.warning(diagnostic.says ?? diagnostic.message);
    else this.#display.line(errorText(diagnostic), 'error', true);
  }

  #end(event: Of<'run.end'>): void {
    // a mistake that ends the run leaves Ansible without a recap
    if (!this.#began || event.exit === EXIT.input) return;
    this.#recap(event.counts);
    const { customStats, check, checkMarkers } = this.#display.look;
    if (customStats && Object.keys(this.#custom).length > 0) this.#stats();
    if (check && checkMarkers) this.#display.banner('DRY RUN');
  }

  #recap(counts: Of<'run.end'>['counts']): void {
    const hosts = Object.keys(counts).sort((a, b) => (a < b ? -1 : 1));
    this.#display.banner('PLAY RECAP');
    for (const host of hosts) this.#display.line(recapLine(host, counts[host] as Counts, this.#display.paint));
    this.#display.line('');
  }

  #stats(): void {
    this.#display.banner('CUSTOM STATS: ');
    const said = (value: unknown): string => pythonJson(value, 1).replaceAll('\n', '');
    const { _run: run, ...hosts } = this.#custom;
    for (const key of Object.keys(hosts).sort()) this.#display.line(`\t${key}: ${said(hosts[key])}`);
    if (run !== undefined) this.#display.line(`\n\tRUN: ${said(run)}`);
    this.#display.line('');
  }
}

const thrownText = (thrown: string, verbosity: number): string =>
  verbosity < 3
    ? `An exception occurred during task execution. To see the full traceback, use -vvv. The error was: ${thrown.trim().split('\n').at(-1)}`
    : `The full traceback is:\n${thrown}`;

const isSkip = (outcome: Outcome): boolean => outcome.status === 'skipped' || outcome.status === 'unknown';

const title = (task: TaskInfo | undefined): string => (task === undefined ? '' : task.role === undefined ? task.name : `${task.role} : ${task.name}`);

/** The host, and the one that did it in its place. */
const hostOf = ({ host, delegatedTo }: Ended): string => (delegatedTo === undefined || delegatedTo === host ? host : `${host} -> ${delegatedTo}`);

/** Whether Ansible shows the values without `-v` (debug, assert). */
const always = (event: Ended): boolean => valuesOf(event)._ansible_verbose_always === true;

function valuesOf({ values, outcome }: Ended): Result {
  // what the items gave has been told with each
  if (values?.results !== undefined && values.msg === 'All items skipped') return { msg: values.msg };
  if (values !== undefined) return values;
  const result = outcome.status === 'unreachable' ? { msg: outcome.error.message } : outcome.result;
  return { changed: outcome.status === 'changed' || outcome.status === 'would-change', ...result };
}

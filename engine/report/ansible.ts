import type { Showing } from './choose.ts';
import { renderDiagnostic } from './diagnostic.ts';
import { renderDiff } from './diff.ts';
import type { Event, Outcome, Reporter, TaskInfo } from './event.ts';
import type { Style } from './style.ts';

const WIDTH = 79;
const banner = (text: string): string => `\n${text} ${'*'.repeat(Math.max(3, WIDTH - text.length))}`;

/** The text of Ansible's default callback, for scripts that read it. */
export function ansibleReporter(write: (text: string) => void, showing: Pick<Showing, 'verbosity' | 'diff'>, style: Style): Reporter {
  const tasks = new Map<number, TaskInfo>();
  const line = (text: string): void => write(`${text}\n`);
  return {
    on(event) {
      switch (event.type) {
        case 'play.start':
          return line(banner(`PLAY [${event.name}]`));
        case 'no-hosts':
          return line(style.cyan('skipping: no hosts matched'));
        case 'task.start':
          tasks.set(event.task.id, event.task);
          return line(
            banner(
              `${event.task.handler ? 'RUNNING HANDLER' : 'TASK'} [${event.task.role === undefined ? event.task.name : `${event.task.role} : ${event.task.name}`}]`,
            ),
          );
        case 'include':
          return line(style.cyan(`included: ${event.file} for ${event.hosts.join(', ')}`));
        case 'task.retry':
          return line(style.dim(`FAILED - RETRYING: [${event.host}]: ${tasks.get(event.task)?.name ?? ''} (${event.left} retries left).`));
        case 'item.end':
          return lines(hostLines(event.host, event.outcome, tasks.get(event.task), showing, style, event.item), line);
        case 'task.end':
          if ('results' in resultOf(event.outcome) && event.outcome.status !== 'unreachable') return;
          return lines(hostLines(named(event), event.outcome, tasks.get(event.task), showing, style), line);
        case 'text':
          return write(event.text);
        case 'diagnostic':
          return line(renderDiagnostic(event.diagnostic, style));
        case 'run.end':
          return write(recapText(event, style));
      }
    },
    close: async () => {},
  };
}

const lines = (all: readonly string[], line: (text: string) => void): void => all.forEach(line);
const named = ({ host, delegatedTo }: Extract<Event, { type: 'task.end' }>): string => (delegatedTo === undefined ? host : `${host} -> ${delegatedTo}`);
const resultOf = (outcome: Outcome): Readonly<Record<string, unknown>> => (outcome.status === 'unreachable' ? {} : outcome.result);

function hostLines(
  host: string,
  outcome: Outcome,
  task: TaskInfo | undefined,
  showing: Pick<Showing, 'verbosity' | 'diff'>,
  style: Style,
  item?: string,
): string[] {
  const suffix = item === undefined ? '' : ` => (item=${item})`;
  const verbose = task?.action.replace(/^ansible\.builtin\./, '') === 'debug' || showing.verbosity > 0;
  const dump = (changed: boolean): string => (verbose ? ` => ${JSON.stringify({ changed, ...resultOf(outcome) }, null, 4)}` : '');
  switch (outcome.status) {
    case 'ok':
      return [style.green(`ok: [${host}]${suffix}${dump(false)}`)];
    case 'changed':
    case 'would-change':
      return [...(showing.diff ? outcome.diff.flatMap((one) => renderDiff(one, style)) : []), style.yellow(`changed: [${host}]${suffix}${dump(true)}`)];
    case 'unknown':
    case 'skipped':
      return [style.cyan(`skipping: [${host}]${suffix}`)];
    case 'unreachable':
      return [style.red(`fatal: [${host}]: UNREACHABLE! => ${JSON.stringify({ changed: false, msg: outcome.error.message, unreachable: true })}`)];
    case 'failed': {
      const head = item === undefined ? `fatal: [${host}]: FAILED!` : `failed: [${host}] (item=${item})`;
      return [
        style.red(`${head} => ${JSON.stringify({ changed: false, msg: outcome.error.message, ...outcome.result })}`),
        ...(outcome.ignored ? [style.cyan('...ignoring')] : []),
      ];
    }
  }
}

function recapText(event: Extract<Event, { type: 'run.end' }>, style: Style): string {
  const rows = Object.entries(event.counts).map(([host, counts]) => {
    const cell = (name: string, count: number): string => `${name}=${String(count).padEnd(4)}`;
    const changed = counts.changed + counts.wouldChange;
    const text = `${host.padEnd(26)} : ${cell('ok', counts.ok)} ${cell('changed', changed)} ${cell('unreachable', counts.unreachable)} ${cell('failed', counts.failed)} ${cell('skipped', counts.skipped + counts.unknown)} ${cell('rescued', counts.rescued)} ${cell('ignored', counts.ignored)}`;
    return counts.failed + counts.unreachable > 0 ? style.red(text) : changed > 0 ? style.yellow(text) : style.green(text);
  });
  return rows.length === 0 ? '' : `${banner('PLAY RECAP')}\n${rows.join('\n')}\n\n`;
}

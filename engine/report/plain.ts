import type { Showing } from './choose.ts';
import { renderDiagnostic } from './diagnostic.ts';
import { renderDiff } from './diff.ts';
import { failureDigest } from './digest.ts';
import type { Event, Outcome, Reporter, TaskInfo } from './event.ts';
import { recap } from './recap.ts';
import { duration, type Style } from './style.ts';

/** What plain text keeps of a task until all its hosts are done. */
interface Open {
  readonly info: TaskInfo;
  readonly hosts: ReadonlySet<string>;
  readonly done: { host: string; outcome: Outcome; ms: number }[];
}

/** Lines of text without cursor movement: a line a task, more where something changed or failed. */
export function plainReporter(write: (text: string) => void, showing: Pick<Showing, 'verbosity' | 'diff' | 'columns'>, style: Style): Reporter {
  const open = new Map<number, Open>();
  const names = new Map<number, string>();
  const digest = failureDigest(style);
  const line = (text: string): void => write(`${text}\n`);

  const end = (event: Extract<Event, { type: 'task.end' }>): void => {
    const task = open.get(event.task);
    if (!task) return;
    task.done.push({ host: event.host, outcome: event.outcome, ms: event.ms });
    if (event.say !== undefined)
      for (const [index, text] of event.say.split('\n').entries()) line(`  ${index === 0 ? style.dim(event.host.padEnd(8)) : ' '.repeat(8)} ${text}`);
    if (task.done.length < task.hosts.size) return;
    open.delete(event.task);
    for (const text of taskLines(task, showing, style)) line(text);
  };

  return {
    on(event) {
      digest.on(event);
      switch (event.type) {
        case 'play.start':
          line(`\n${style.bold(event.name)}  ${style.dim(`${event.hosts.length} ${event.hosts.length === 1 ? 'host' : 'hosts'}`)}`);
          break;
        case 'no-hosts':
          line(style.yellow(`no hosts match "${event.pattern}"`));
          break;
        case 'task.start':
          names.set(event.task.id, event.task.name);
          open.set(event.task.id, { info: event.task, hosts: new Set(event.hosts), done: [] });
          break;
        case 'task.output':
          if (showing.verbosity > 0) for (const text of event.text.trimEnd().split('\n')) line(`    ${style.dim(`${event.host} │`)} ${text}`);
          break;
        case 'task.retry':
          line(`  ${style.dim(event.host.padEnd(8))} ${names.get(event.task) ?? ''}: attempt ${event.attempt}, ${event.left} left`);
          break;
        case 'include':
          if (showing.verbosity > 0) line(style.dim(`  includes ${event.file} for ${event.hosts.join(', ')}`));
          break;
        case 'task.end':
          end(event);
          break;
        case 'text':
          write(event.text);
          break;
        case 'diagnostic':
          line(renderDiagnostic(event.diagnostic, style));
          break;
        case 'run.end':
          for (const task of open.values()) for (const text of taskLines(task, showing, style)) line(text);
          write(digest.text());
          write(recap(event, style));
      }
    },
    close: async () => {},
  };
}

const SIGN: Readonly<Record<Outcome['status'], string>> = {
  ok: '·',
  changed: '✓',
  'would-change': '~',
  unknown: '?',
  skipped: '-',
  failed: '✗',
  unreachable: '✗',
};

/** How many hosts ended how, worst first. */
const ORDER: readonly Outcome['status'][] = ['unreachable', 'failed', 'changed', 'would-change', 'unknown', 'ok', 'skipped'];

/** Room for a task's name beside its counts and its time. Without a terminal long names are kept whole. */
const nameWidth = (columns: number | undefined): number => (columns === undefined ? 56 : Math.max(24, Math.min(56, columns - 36)));

const fitted = (name: string, width: number, cut: boolean): string => (name.length > width && cut ? `${name.slice(0, width - 1)}…` : name.padEnd(width));

function taskLines({ info, done }: Open, showing: Pick<Showing, 'verbosity' | 'diff' | 'columns'>, style: Style): string[] {
  const counts = ORDER.map((status) => [status, done.filter((one) => one.outcome.status === status).length] as const).filter(([, count]) => count > 0);
  const worst = counts[0]?.[0] ?? 'ok';
  if (worst === 'skipped' && showing.verbosity === 0) return [];
  const said = counts.map(([status, count]) => `${count} ${status}`).join(', ');
  const ms = Math.max(0, ...done.map((one) => one.ms));
  const name = info.role === undefined ? info.name : `${info.role} : ${info.name}`;
  const lines = [
    `${colourOf(worst, style)(`${SIGN[worst]} ${fitted(name, nameWidth(showing.columns), showing.columns !== undefined)}`)} ${said.padEnd(22)} ${style.dim(duration(ms))}`,
  ];
  if (showing.diff)
    for (const { host, outcome } of done)
      if ('diff' in outcome) for (const diff of outcome.diff) lines.push(...renderDiff(diff, style).map((text) => `    ${style.dim(`${host} │`)} ${text}`));
  for (const { host, outcome } of done) {
    if (outcome.status === 'failed' || outcome.status === 'unreachable')
      lines.push(`    ${style.dim(`${host} │`)} ${outcome.error.message}${outcome.ignored ? ' (ignored)' : ''}`);
    if (outcome.status === 'unknown' && showing.verbosity > 0) lines.push(`    ${style.dim(`${host} │`)} ${outcome.why}`);
    if ('warnings' in outcome) for (const warning of outcome.warnings ?? []) lines.push(`    ${style.dim(`${host} │`)} ${style.yellow(`warning: ${warning}`)}`);
  }
  return lines;
}

export function colourOf(status: Outcome['status'], style: Style): (text: string) => string {
  if (status === 'failed' || status === 'unreachable') return style.red;
  if (status === 'changed' || status === 'would-change') return style.yellow;
  if (status === 'unknown') return style.cyan;
  return status === 'skipped' ? style.dim : style.green;
}

import type { Result } from '../../module/contract.ts';
import type { Event, Outcome, Reporter, TaskInfo } from '../event.ts';
import { diffText, headed } from './diff.ts';
import { Display, type Sinks } from './display.ts';
import { errorText } from './error-text.ts';
import { pythonJson } from './json.ts';
import type { Look } from './look.ts';
import type { Colour } from './paint.ts';
import { bare, dump, kept } from './result.ts';

type Ended = Extract<Event, { type: 'task.end' }>;

/** Modules whose output is shown as it is. */
const COMMANDS: ReadonlySet<string> = new Set(['command', 'shell', 'raw', 'script', 'win_command', 'win_shell']);

/** The text of Ansible's `minimal` callback, which `ansible` shows, or that of `oneline` (`ansible -o`). */
export function minimalReporter(sinks: Sinks, look: Look, oneLine: boolean): Reporter {
  const display = new Display(sinks, look);
  const tasks = new Map<number, TaskInfo>();
  // said already, in other words
  let emptied = false;
  return {
    on(event) {
      if (event.type === 'task.start') tasks.set(event.task.id, event.task);
      else if (event.type === 'task.end') show(event, tasks.get(event.task), display, oneLine);
      else if (event.type === 'no-hosts' && !emptied) display.warning('No hosts matched, nothing to do');
      else if (event.type === 'text') display.line(event.text);
      else if (event.type === 'diagnostic') {
        emptied ||= event.diagnostic.message.startsWith('provided hosts list is empty');
        tell(event.diagnostic, display);
      }
    },
    close: async () => {},
  };
}

function tell(diagnostic: Extract<Event, { type: 'diagnostic' }>['diagnostic'], display: Display): void {
  if (diagnostic.severity === 'warning') display.warning(diagnostic.says ?? diagnostic.message);
  else display.line(errorText(diagnostic), 'error', true);
}

function show(event: Ended, task: TaskInfo | undefined, display: Display, oneLine: boolean): void {
  const { host, outcome } = event;
  const values: Result = event.values ?? (outcome.status === 'unreachable' ? {} : outcome.result);
  const { verbosity } = display.look;
  const json = (): string => (oneLine ? flat(values, outcome, verbosity) : dump(values, task, outcome, display.look, true));
  if ('warnings' in outcome) for (const warning of outcome.warnings ?? []) display.warning(warning);
  if (task?.diff === true && 'diff' in outcome && !oneLine) {
    const text = diffText(values.diff ?? headed(outcome.diff, bare(task.action)), display.look.diffContext, display.paint);
    if (text !== '') display.line(text);
  }
  switch (outcome.status) {
    case 'unreachable':
      display.line(oneLine ? `${host} | UNREACHABLE!: ${String(values.msg ?? '')}` : `${host} | UNREACHABLE! => ${json()}`, 'unreachable');
      break;
    case 'failed':
      if (isCommand(task) && !oneLine && 'rc' in values) display.line(commandText(host, 'FAILED', values), 'error');
      else display.line(`${host} | FAILED! => ${json()}`, 'error');
      break;
    case 'skipped':
    case 'unknown':
      display.line(`${host} | SKIPPED`, 'skip');
      break;
    default: {
      const [state, colour]: [string, Colour] = outcome.status === 'ok' ? ['SUCCESS', 'ok'] : ['CHANGED', 'changed'];
      if (isCommand(task) && !('ansible_job_id' in values)) display.line((oneLine ? commandLine : commandText)(host, state, values), colour);
      else display.line(`${host} | ${state} => ${json()}`, colour);
    }
  }
}

/** With the blanks that are left when lines are joined. */
const flat = (values: Result, outcome: Outcome, verbosity: number): string =>
  pythonJson(kept(values, outcome, verbosity), values._ansible_verbose_always === true || verbosity > 2 ? 4 : 0).replaceAll('\n', '');

const isCommand = (task: TaskInfo | undefined): boolean => COMMANDS.has(bare(task?.action ?? ''));

const textOf = (values: Result, key: string): string => (typeof values[key] === 'string' ? (values[key] as string) : '');

const commandText = (host: string, caption: string, values: Result): string =>
  `${host} | ${caption} | rc=${String(values.rc ?? -1)} >>\n${textOf(values, 'stdout')}${textOf(values, 'stderr')}${textOf(values, 'msg')}\n`;

function commandLine(host: string, caption: string, values: Result): string {
  const flat = (key: string): string => textOf(values, key).replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  const stderr = textOf(values, 'stderr') === '' ? '' : ` (stderr) ${flat('stderr')}`;
  return `${host} | ${caption} | rc=${String(values.rc ?? -1)} | (stdout) ${flat('stdout')}${stderr}`;
}

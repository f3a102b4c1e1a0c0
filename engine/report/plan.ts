import type { Diff } from '../module/contract.ts';
import { renderDiagnostic } from './diagnostic.ts';
import { renderDiff } from './diff.ts';
import { failureDigest } from './digest.ts';
import type { Event, Outcome, Reporter, TaskInfo } from './event.ts';
import { duration, type Style } from './style.ts';

interface Seen {
  readonly info: TaskInfo;
  readonly hosts: number;
  readonly ends: { readonly host: string; readonly outcome: Outcome }[];
}

/** What a run would change, on one page: a task an entry, hosts with the same change folded into one. */
export function planReporter(write: (text: string) => void, style: Style): Reporter {
  const tasks = new Map<number, Seen>();
  const digest = failureDigest(style);
  let right = 0;
  let changing = 0;
  let unknown = 0;
  const touched = new Set<string>();
  const all = new Set<string>();

  const finish = (seen: Seen): void => {
    const change = seen.ends.filter(({ outcome }) => outcome.status === 'would-change');
    const open = seen.ends.filter(({ outcome }) => outcome.status === 'unknown');
    right += seen.ends.filter(({ outcome }) => outcome.status === 'ok').length;
    if (change.length > 0) changing++;
    unknown += open.length;
    for (const { host } of change) touched.add(host);
    for (const text of [...changeLines(seen.info, change, style), ...unknownLines(seen.info, open, style)]) write(`${text}\n`);
  };

  return {
    on(event) {
      digest.on(event);
      switch (event.type) {
        case 'play.start':
          for (const host of event.hosts) all.add(host);
          break;
        case 'task.start':
          tasks.set(event.task.id, { info: event.task, hosts: event.hosts.length, ends: [] });
          break;
        case 'task.end': {
          const seen = tasks.get(event.task);
          if (!seen) break;
          seen.ends.push({ host: event.host, outcome: event.outcome });
          if (seen.ends.length < seen.hosts) break;
          tasks.delete(event.task);
          finish(seen);
          break;
        }
        case 'text':
          write(event.text);
          break;
        case 'diagnostic':
          write(`${renderDiagnostic(event.diagnostic, style)}\n`);
          break;
        case 'run.end':
          for (const seen of tasks.values()) finish(seen);
          write(digest.text());
          if (Object.keys(event.counts).length > 0) write(summary(event));
      }
    },
    close: async () => {},
  };

  function summary(event: Extract<Event, { type: 'run.end' }>): string {
    if (Object.values(event.counts).some((one) => one.failed + one.unreachable > 0))
      return `\n${style.red('Not a whole plan')}: some hosts could not be planned for (${duration(event.ms)}). Nothing was changed.\n`;
    if (changing === 0 && unknown === 0)
      return `${style.green('Nothing to do')}: ${right} steps on ${all.size} hosts are already right (${duration(event.ms)}).\n`;
    return `\n${style.bold('Plan')}: ${changing} tasks change ${touched.size} of ${all.size} hosts, ${unknown} steps are unknown, ${right} already right (${duration(event.ms)}). Nothing was changed.\n`;
  }
}

const nameOf = (info: TaskInfo, style: Style): string => `${info.role === undefined ? '' : `${style.dim(info.role)} │ `}${style.bold(info.name)}`;

/** Hosts whose changes look the same stand together. */
function changeLines(info: TaskInfo, change: Seen['ends'], style: Style): string[] {
  if (change.length === 0) return [];
  const groups = new Map<string, { hosts: string[]; diff: readonly Diff[] }>();
  for (const { host, outcome } of change) {
    const diff = outcome.status === 'would-change' ? outcome.diff : [];
    const key = JSON.stringify(diff);
    const group = groups.get(key) ?? { hosts: [], diff };
    group.hosts.push(host);
    groups.set(key, group);
  }
  const kinds = groups.size === 1 ? (change.length === 1 ? '' : ', the same change') : `, ${groups.size} different changes`;
  const lines = [
    `${style.yellow('~')} ${nameOf(info, style)}  ${style.dim(`${change.length === 1 ? (change[0]?.host ?? '') : `${change.length} hosts`}${kinds}`)}`,
  ];
  for (const { hosts, diff } of groups.values()) {
    if (groups.size > 1) lines.push(`    ${hosts.join(', ')}`);
    lines.push(...diff.flatMap((one) => renderDiff(one, style)).map((text) => `    ${style.dim('│')} ${text}`));
  }
  return lines;
}

function unknownLines(info: TaskInfo, open: Seen['ends'], style: Style): string[] {
  if (open.length === 0) return [];
  const reasons = new Map<string, string[]>();
  for (const { host, outcome } of open) if (outcome.status === 'unknown') reasons.set(outcome.why, [...(reasons.get(outcome.why) ?? []), host]);
  return [...reasons].map(
    ([why, hosts]) =>
      `${style.cyan('?')} ${nameOf(info, style)}  ${style.dim(hosts.length === 1 ? (hosts[0] as string) : `${hosts.length} hosts`)}  unknown: ${why}`,
  );
}

import type { Diagnostic } from '../error.ts';
import { renderDiagnostic } from './diagnostic.ts';
import type { Event, TaskInfo } from './event.ts';
import type { Style } from './style.ts';

/** Collects what failed, to be shown once more at the end with the place, the cause and what to do. */
export function failureDigest(style: Style): { on(event: Event): void; text(): string } {
  const tasks = new Map<number, TaskInfo>();
  const failures: string[] = [];
  return {
    on(event) {
      if (event.type === 'task.start') tasks.set(event.task.id, event.task);
      if (event.type !== 'task.end') return;
      const { outcome } = event;
      if ((outcome.status !== 'failed' && outcome.status !== 'unreachable') || outcome.ignored || ('rescued' in outcome && outcome.rescued)) return;
      const info = tasks.get(event.task);
      const name = info === undefined ? '' : info.role === undefined ? info.name : `${info.role} : ${info.name}`;
      failures.push(`${style.red('✗')} ${style.bold(event.host)} │ ${name}\n${indent(renderDiagnostic(withoutHost(outcome.error), style))}`);
    },
    text: () => (failures.length === 0 ? '' : `\n${failures.join('\n\n')}\n`),
  };
}

const withoutHost = ({ host: _, ...rest }: Diagnostic): Diagnostic => rest;
const indent = (text: string): string => text.replace(/^/gm, '  ');

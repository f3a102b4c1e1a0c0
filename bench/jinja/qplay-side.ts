import { createHash } from 'node:crypto';
import type { LookupContext, Scope } from '../../engine/jinja/api.ts';
import { compile, compileExpression } from '../../engine/jinja/index.ts';
import { fromPlain } from '../../engine/value.ts';
import type { Workload } from './workloads.ts';

/** CPU seconds a time, and a digest of the result, which has to be that of Python's side. */
export interface Measured {
  readonly seconds: number;
  readonly check: string;
}

const context: LookupContext = {
  find: () => undefined,
  read: () => Buffer.alloc(0),
  playbookDir: '/',
  hosts: () => [],
  warn: () => {},
  secret: () => {},
};

function scopeOf(vars: Readonly<Record<string, unknown>>): Scope {
  const values = new Map(Object.entries(vars).map(([name, value]) => [name, fromPlain(value)]));
  return { get: (name) => values.get(name), names: () => values.keys() };
}

/** CPU seconds of this process, all its threads. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function clocked(times: number, work: () => string): Measured {
  work(); // warm, as on the other side
  const start = cpuSeconds();
  let result = '';
  for (let round = 0; round < times; round++) result = work();
  return { seconds: (cpuSeconds() - start) / times, check: digest(result) };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Does one workload in this process. */
export function measure({ kind, texts, vars, times }: Workload): Measured {
  const scope = scopeOf(vars);
  if (kind === 'render') {
    const template = compile(texts[0] as string);
    return clocked(times.qplay, () => template.render(scope, context));
  }
  if (kind === 'conditions') {
    return clocked(times.qplay, () => texts.map((text) => (compileExpression(text).test(scope, context) ? '1' : '0')).join(''));
  }
  const start = cpuSeconds();
  for (const text of texts) compile(text);
  return { seconds: cpuSeconds() - start, check: digest(String(texts.length)) };
}

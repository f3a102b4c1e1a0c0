import { createContext, Script } from 'node:vm';
import { PyError } from '../values.ts';

/** Milliseconds one search may take. What is sane takes none; what backtracks without end would take for ever. */
const MOST = 2_000;
/** Characters below which not even a pattern that backtracks exponentially takes long. */
const SHORT = 20;
/** The same for a pattern that takes a power of the text's length. */
const LONG = 1_000;

/** How a pattern may behave on the wrong text: `steps` doubles with every character, `powers` grows by a power of the length. */
export function danger(pattern: string): 'none' | 'powers' | 'steps' {
  const bare = pattern.replace(/\\[\s\S]/g, 'x').replace(/\[\^?\]?[^\]]*\]/g, 'x');
  if (/\)(?:[*+]|\{\d*,?\d*\})/.test(bare)) return 'steps';
  return (bare.match(/[*+]|\{\d*,\d*\}/g) ?? []).length > 1 ? 'powers' : 'none';
}

/** A regular expression that gives up after some seconds with a diagnostic, where JavaScript's own would hang. */
export class WatchedRegExp extends RegExp {
  override exec(text: string): RegExpExecArray | null {
    if (text.length < (danger(this.source) === 'steps' ? SHORT : LONG)) return super.exec(text);
    return watched(this.source, () => super.exec(text));
  }
}

const sandbox: { work: () => unknown } = { work: () => undefined };
let prepared: { readonly script: Script; readonly context: object } | undefined;

function watched<T>(source: string, work: () => T): T {
  prepared ??= { script: new Script('work()'), context: createContext(sandbox) };
  sandbox.work = work;
  try {
    return prepared.script.runInContext(prepared.context, { timeout: MOST }) as T;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new PyError(
      `the regular expression needs more than ${MOST / 1000} seconds for one search: ${source.slice(0, 200)}`,
      'regex',
      'It can match the same text in too many ways: take a repetition out of a repeated group, or make it match less',
    );
  } finally {
    sandbox.work = () => undefined;
  }
}

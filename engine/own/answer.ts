import { parseJson } from '../jinja/python/json-read.ts';
import type { ActionOutcome, Controller, Diff, Observed, Result } from '../module/contract.ts';
import { type Data, isDict } from '../value.ts';
import { NONE } from './payload.ts';

/** What a module printed, as its outcome; in Ansible's words where it printed nothing that can be read. */
export function answerOf(seen: Observed, controller: Pick<Controller, 'warn' | 'check'>): ActionOutcome {
  const found = jsonIn(seen.stdout);
  if ('why' in found) return unreadable(seen, found.why);
  if (found.junk !== '') controller.warn(`Module invocation had junk after the JSON data: ${found.junk}`);
  return outcomeOf(cleaned(found.data, controller), controller);
}

/** The JSON in what a module printed: from the first line that begins it to the last that ends it. */
function jsonIn(text: string): { readonly data: Record<string, unknown>; readonly junk: string } | { readonly why: string } {
  const lines = text.split(/\r\n|\r|\n/);
  const start = lines.findIndex((line) => line.trimStart().startsWith('{'));
  if (start === -1) return { why: 'No start of json char found' };
  const end = lines.findLastIndex((line) => line.trimEnd().endsWith('}'));
  if (end < start) return { why: 'No end of json char found' };
  const junk = lines.slice(end + 1).join('\n');
  try {
    const data = parseJson(lines.slice(start, end + 1).join('\n'));
    return isDict(data) ? { data: plain(data) as Record<string, unknown>, junk: junk.trim() } : { why: 'it is no JSON object' };
  } catch (error) {
    return { why: (error as Error).message };
  }
}

/** Plain data, but for floats that would be whole numbers. */
function plain(value: Data): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isDict(value)) return value;
  const object: Record<string, unknown> = {};
  for (const [key, one] of value) Object.defineProperty(object, String(key), { value: plain(one), enumerable: true, writable: true, configurable: true });
  return object;
}

function unreadable({ stdout, stderr, code }: Observed, why: string): ActionOutcome {
  if (code === 127 && stderr.trim() === NONE) return noPython();
  const missing = /(?:^|\n).*python\S*: (?:No such file or directory|not found)/.test(stderr + stdout) && code === 127;
  const first = missing ? 'The module failed to execute correctly, you probably need to set the interpreter.' : `MODULE FAILURE: ${why}`;
  const trace = [stderr, stdout].find((text) => text.startsWith('Traceback'));
  const msg = `${first}\nSee stdout/stderr for the exact error`;
  return {
    status: 'failed',
    why: msg,
    result: { msg, module_stdout: stdout, module_stderr: stderr, rc: code, ...(trace !== undefined && { exception: trace }) },
    ...(missing && { hint: 'The variable `ansible_python_interpreter` names the Python of a host' }),
  };
}

const noPython = (): ActionOutcome => ({
  status: 'failed',
  why: 'there is no Python 3 on the host, and this module of your own needs one',
  hint: 'Install python3 there, or name one by the variable `ansible_python_interpreter`; modules of qplay need none',
  result: { rc: 127 },
});

/** Without what is Ansible's bookkeeping; what was warned of is told. */
function cleaned(data: Record<string, unknown>, controller: Pick<Controller, 'warn'>): Result {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data)) {
    if (key.startsWith('_ansible_')) continue;
    if ((key === 'warnings' || key === 'deprecations') && (!Array.isArray(value) || value.length === 0)) continue;
    if (key === 'results' && !Array.isArray(value)) {
      result.ansible_module_results = value;
      continue;
    }
    result[key] = value;
  }
  for (const one of listed(result.warnings)) controller.warn(String(one));
  for (const one of listed(result.deprecations)) controller.warn(deprecation(one));
  return result;
}

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function deprecation(one: unknown): string {
  if (!isRecord(one)) return String(one);
  const until = one.date ?? one.version;
  return `deprecated: ${String(one.msg)}${until === undefined || until === null ? '' : ` (until ${String(until)})`}`;
}

function outcomeOf(result: Result, { check }: Pick<Controller, 'check'>): ActionOutcome {
  if (hasFailed(result)) {
    const { failed: _, ...rest } = result;
    if (result.msg === undefined) return { status: 'failed', why: 'the module failed and did not say why', code: 'no-message', result: rest };
    return { status: 'failed', why: String(result.msg), result: rest };
  }
  if (isTrue(result.skipped)) {
    const why = String(result.msg ?? 'the module skipped it');
    return { status: check && /does not support check mode/.test(why) ? 'unknown' : 'skipped', why, result: { failed: false, ...result } };
  }
  const { changed, failed: _, ...rest } = result;
  return isTrue(changed) ? { status: 'changed', result: rest, diff: diffsOf(result.diff) } : { status: 'ok', result: rest };
}

const isTrue = (value: unknown): boolean => value !== undefined && value !== null && value !== false && value !== 0 && value !== '';

function hasFailed({ failed, rc }: Result): boolean {
  if (failed !== undefined) return isTrue(failed);
  return rc !== undefined && rc !== 0 && rc !== '0';
}

/** Ansible's `diff`: one or several, of text, of anything else, or made already. */
export function diffsOf(given: unknown): Diff[] {
  return (Array.isArray(given) ? given : [given]).filter(isRecord).flatMap((one) => {
    if (typeof one.prepared === 'string') return one.prepared === '' ? [] : [{ before: '', after: one.prepared }];
    if (!('before' in one) && !('after' in one)) return [];
    const label = one.after_header ?? one.before_header;
    return [{ before: side(one.before), after: side(one.after), ...(typeof label === 'string' && { label }) }];
  });
}

const side = (value: unknown): string | Record<string, unknown> =>
  isRecord(value) ? value : value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

import type { Outcome } from '../report/event.ts';
import { type Data, type Dict, fromPlain } from '../value.ts';

/** Failures whose words are not the module's: those of a condition of the task, and of a module that said none. */
const NOT_ITS_WORDS: ReadonlySet<string> = new Set(['failed-when', 'retries', 'no-message']);

/** What `register` stores of an outcome: the module's values with Ansible's keys for how it went. */
export function registered(outcome: Outcome): Dict {
  const dict = base(outcome);
  const set = (key: string, value: Data): void => void dict.set(key, value);
  switch (outcome.status) {
    case 'ok':
      if (!dict.has('changed')) set('changed', false);
      set('failed', false);
      break;
    case 'changed':
    case 'would-change':
      set('changed', true);
      set('failed', false);
      break;
    case 'unknown':
      set('changed', dict.get('changed') ?? false);
      set('skipped', true);
      set('msg', dict.get('msg') ?? outcome.why);
      break;
    case 'skipped':
      set('changed', false);
      set('skipped', true);
      // a module of the user's that skips says of itself that it has not failed, and gives no reason in Ansible's words
      if (!dict.has('skip_reason') && !dict.has('failed')) set('skip_reason', outcome.why);
      break;
    case 'failed':
      if (!dict.has('changed')) set('changed', false);
      set('failed', true);
      if (!dict.has('msg') && !NOT_ITS_WORDS.has(outcome.error.code)) set('msg', outcome.error.says ?? outcome.error.message);
      break;
    case 'unreachable':
      set('unreachable', true);
      set('changed', false);
      set('msg', outcome.error.message);
  }
  addLines(dict);
  return dict;
}

function base(outcome: Outcome): Dict {
  if (outcome.status === 'unreachable') return new Map();
  const data = fromPlain(outcome.result);
  return data instanceof Map ? new Map(data) : new Map();
}

/** `stdout_lines` and `stderr_lines` wherever there is `stdout` and `stderr`. */
function addLines(dict: Dict): void {
  for (const key of ['stdout', 'stderr']) {
    const text = dict.get(key);
    if (typeof text === 'string' && !dict.has(`${key}_lines`)) dict.set(`${key}_lines`, splitLines(text));
  }
}

/** Python's `splitlines`, for the line ends that commands print. */
function splitLines(text: string): string[] {
  if (text === '') return [];
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

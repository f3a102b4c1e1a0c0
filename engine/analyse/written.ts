import { type Diagnostic, didYouMean, QplayError } from '../error.ts';
import { META_ACTIONS } from '../load/keywords.ts';
import type { Slot, Task } from '../load/model.ts';
import { keyPositionOf, positionOf } from '../load/yaml.ts';
import { type Data, type Dict, Float, isDict } from '../value.ts';
import { shortName } from './build.ts';
import type { Checking } from './check.ts';

/** What a keyword's value must be, in words, and whether a value that is written out is that. */
interface Kind {
  readonly wanted: string;
  readonly fits: (value: Data) => boolean;
}

const TRUTH = /^(?:yes|no|on|off|1|0|true|false|t|f|y|n|1\.0|0\.0)$/i;
const isText = (value: Data): value is string => typeof value === 'string';
const isNumber = (value: Data): boolean => typeof value === 'number' || typeof value === 'bigint' || value instanceof Float;

const TRUTH_VALUE: Kind = {
  wanted: 'yes or no',
  fits: (value) => typeof value === 'boolean' || (isText(value) ? TRUTH.test(value.trim()) : value === 0 || value === 1),
};
const WHOLE: Kind = {
  wanted: 'a whole number',
  fits: (value) => (isText(value) ? /^\s*-?\d+\s*$/.test(value) : typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))),
};
const NUMBER: Kind = { wanted: 'a number', fits: (value) => (isText(value) ? value.trim() !== '' && Number.isFinite(Number(value)) : isNumber(value)) };
const TAGS: Kind = { wanted: 'text or a list', fits: (value) => !isDict(value) };
const CONDITION: Kind = { wanted: 'a condition or a list of conditions', fits: (value) => !isDict(value) };
const VARIABLES: Kind = { wanted: 'a mapping, or a list of mappings', fits: (value) => isDict(value) || Array.isArray(value) };
const COUNT_OR_SHARE: Kind = {
  wanted: 'a number, a percentage, or a list of these',
  fits: (value) =>
    Array.isArray(value) ? value.every((one) => COUNT_OR_SHARE.fits(one)) : WHOLE.fits(value) || (isText(value) && /^\s*\d+(\.\d+)?%\s*$/.test(value)),
};

const KINDS: Readonly<Record<string, Kind>> = {
  ...Object.fromEntries(
    [
      'any_errors_fatal',
      'become',
      'check_mode',
      'delegate_facts',
      'diff',
      'force_handlers',
      'gather_facts',
      'ignore_errors',
      'ignore_unreachable',
      'no_log',
      'run_once',
    ].map((name) => [name, TRUTH_VALUE]),
  ),
  ...Object.fromEntries(['async', 'gather_timeout', 'poll', 'port', 'retries', 'throttle', 'timeout'].map((name) => [name, WHOLE])),
  debugger: oneOf(['always', 'on_failed', 'on_unreachable', 'on_skipped', 'never']),
  delay: NUMBER,
  environment: VARIABLES,
  max_fail_percentage: { wanted: 'a percentage', fits: (value) => NUMBER.fits(isText(value) ? value.replace('%', '') : value) },
  order: oneOf(['inventory', 'sorted', 'reverse_sorted', 'reverse_inventory', 'shuffle']),
  serial: COUNT_OR_SHARE,
  tags: TAGS,
  when: CONDITION,
};

function oneOf(choices: readonly string[]): Kind {
  return { wanted: `one of ${choices.join(', ')}`, fits: (value) => isText(value) && choices.includes(value) };
}

const LOOP_CONTROL: ReadonlySet<string> = new Set(['break_when', 'extended', 'extended_allitems', 'index_var', 'label', 'loop_var', 'pause']);

const OF_ROLES = ['name', 'role', 'tasks_from', 'vars_from', 'defaults_from', 'handlers_from', 'allow_duplicates', 'public', 'rolespec_validate'];
const REUSE: Readonly<Record<string, readonly string[]>> = {
  import_tasks: ['file', '_raw_params'],
  include_tasks: ['file', '_raw_params', 'apply'],
  import_role: OF_ROLES,
  include_role: [...OF_ROLES, 'apply'],
};

/** Keywords are inherited by many tasks: each is told of once. */
const told = new WeakMap<object, Set<Data>>();

/** Checks what a task says in so many words: values of keywords, of `loop_control`, names of `meta` and of options of includes. */
export function checkTaskWords(task: Task, checking: Checking): void {
  for (const one of [...Object.values(task.context.set), ...Object.values(task.own), ...task.context.when, ...task.context.environment, ...task.context.tags])
    checkKeyword(one, checking);
  checkLoop(task, checking);
  checkMeta(task, checking);
  checkReuse(task, checking);
}

/** The same for the keywords of a play. */
export function checkPlayWords(source: Dict, checking: Checking): void {
  for (const key of source.keys()) checkKeyword({ value: source.get(key) as Data, holder: source, key: String(key) }, checking);
}

function checkKeyword({ value, holder, key }: Slot, checking: Checking): void {
  const kind = isDict(holder) ? KINDS[String(key)] : undefined;
  if (kind === undefined || value === null || isTemplate(value, checking) || kind.fits(value) || !first(holder, key)) return;
  mistake(checking, 'keyword-value', `"${String(key)}" must be ${kind.wanted}, and this is ${shown(value)}`, positionOf(holder as Dict, String(key)), {
    says: unconverted(String(key), kind, value),
  });
}

/** Ansible's sentence for it. */
function unconverted(key: string, { wanted }: Kind, value: Data): string {
  const text = isText(value) ? `'${value}'` : String(value);
  const kind = wanted === 'yes or no' ? 'bool' : wanted === 'a whole number' ? 'int' : wanted === 'a number' || wanted === 'a percentage' ? 'float' : 'list';
  const why =
    kind === 'bool'
      ? `. The value ${text} is not a valid boolean.  Valid booleans include: 'y', 'yes', 'on', '1', 'true', 't', 'n', 'no', 'off', '0', 'false', 'f', 1, 0`
      : '';
  return `the field '${key}' has an invalid value (${text}), and could not be converted to ${kind}.${why}`;
}

function first(holder: object, key: Data): boolean {
  const keys = told.get(holder) ?? new Set();
  told.set(holder, keys);
  return !keys.has(key) && keys.add(key) !== undefined;
}

function checkLoop({ loop, source, at }: Task, checking: Checking): void {
  const control = source.get('loop_control');
  if (isDict(control))
    for (const key of control.keys())
      if (!LOOP_CONTROL.has(String(key)))
        mistake(
          checking,
          'unknown-keyword',
          `"${String(key)}" is not a key of loop_control.${didYouMean(String(key), LOOP_CONTROL)}`,
          keyPositionOf(control, key),
        );
  if (loop === undefined) return;
  const { value } = loop.items;
  if (loop.lookup !== undefined) checkLookup(loop.lookup, source, checking);
  else if (value !== null && !Array.isArray(value) && !isTemplate(value, checking))
    checking.report({
      kind: 'input',
      severity: 'error',
      code: 'loop',
      message: `"loop" needs a list, and this is ${shown(value)}`,
      at: positionOf(source, 'loop') ?? at,
      hint: isDict(value) ? 'a mapping is looped over with `loop: "{{ it | dict2items }}"`' : 'write `loop: [...]`, or a template in quotes that makes a list',
    });
}

function checkLookup(name: string, source: Dict, checking: Checking): void {
  try {
    checking.jinja.compileExpression(`query('${name.replace(/[^\w.]/g, '')}')`);
  } catch (error) {
    if (!(error instanceof QplayError)) throw error;
    const [found] = error.diagnostics;
    mistake(checking, 'unknown-lookup', found?.message ?? `no lookup is called "${name}"`, keyPositionOf(source, `with_${name}`));
  }
}

function checkMeta({ action, args, source, at, implicit }: Task, checking: Checking): void {
  if (shortName(action) !== 'meta' || implicit !== undefined) return;
  const name = args.get('_raw_params');
  if (name === undefined || !isText(name) || isTemplate(name, checking) || META_ACTIONS.has(name.trim())) return;
  mistake(checking, 'unknown-meta', `there is no meta action "${name}".${didYouMean(name, META_ACTIONS)}`, positionOf(source, action) ?? at);
}

function checkReuse({ action, args }: Task, checking: Checking): void {
  const known = REUSE[shortName(action)];
  if (known === undefined) return;
  for (const key of args.keys()) {
    if (known.includes(String(key))) continue;
    mistake(checking, 'unknown-option', `${action} has no option "${String(key)}".${didYouMean(String(key), known)}`, keyPositionOf(args, key), {
      hint: `${action} takes ${known.filter((one) => one !== '_raw_params').join(', ')}`,
    });
  }
}

function isTemplate(value: Data, checking: Checking): boolean {
  if (isText(value)) return checking.jinja.isTemplate(value);
  return Array.isArray(value) && value.some((one) => isTemplate(one, checking));
}

function mistake(checking: Checking, code: string, message: string, at: Diagnostic['at'], more: Partial<Diagnostic> = {}): void {
  checking.report({ kind: 'input', severity: 'error', code, message, ...(at && { at }), ...more });
}

function shown(value: Data): string {
  if (isText(value)) return `"${value}"`;
  if (isDict(value)) return 'a mapping';
  return Array.isArray(value) ? 'a list' : String(value);
}

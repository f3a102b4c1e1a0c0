import { randomInt } from 'node:crypto';
import { isUndefinedError } from '../errors.ts';
import { pythonRegex } from '../python/regex.ts';
import { PyError, typeName, Undefined, type Value } from '../values.ts';
import { type Lookup, lookup, lookupError, termText } from './lookup.ts';

const env = lookup(['default'], (_rt, terms, options) =>
  terms.map((term) => {
    if (typeof term !== 'string') throw lookupError(`'${typeName(term)}' object has no attribute 'split'`);
    const name = term.trim().split(/\s+/)[0] ?? '';
    const value = process.env[name] ?? options.get('default') ?? '';
    if (value instanceof Undefined) throw new PyError(`The "env" lookup, found an undefined variable: ${name}`, 'undefined');
    return value;
  }),
);

const vars = lookup(['default'], (rt, terms, options) =>
  terms.map((term) => {
    if (typeof term !== 'string') throw lookupError(`Invalid setting identifier, it must be text, not ${typeName(term)}`);
    try {
      const value = rt.scope.get(term);
      if (value !== undefined) return value as Value;
    } catch (error) {
      if (!isUndefinedError(error) || !options.has('default')) throw error;
    }
    const otherwise = options.get('default');
    if (otherwise !== undefined && otherwise !== null) return otherwise;
    return new Undefined({ name: term, hint: `No variable found with this name: ${term}`, place: rt.place, known: () => rt.scope.names() }).fail();
  }),
);

const varnames = lookup([], (rt, terms) =>
  terms.flatMap((term) => {
    if (typeof term !== 'string') throw lookupError(`Invalid setting identifier, "${termText(term)}" is not a string, it is a <class '${typeName(term)}'>`);
    const regex = pythonRegex(term);
    return [...rt.scope.names()].filter((name) => {
      regex.lastIndex = 0;
      return regex.test(name);
    });
  }),
);

const inventoryHostnames = lookup([], (rt, terms) => {
  const patterns = terms.flatMap((term) => (Array.isArray(term) ? term : [term]));
  return [...rt.context.hosts(patterns.map(termText).join(','))];
});

/** Settings a playbook may ask for; qplay has no ansible.cfg, so these are Ansible's defaults. */
const SETTINGS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['DEFAULT_FORKS', 5],
  ['DEFAULT_TIMEOUT', 10],
  ['DEFAULT_REMOTE_TMP', '~/.ansible/tmp'],
  ['DEFAULT_BECOME_USER', 'root'],
  ['DEFAULT_BECOME_METHOD', 'sudo'],
  ['DEFAULT_MANAGED_STR', 'Ansible managed'],
  ['DEFAULT_JINJA2_NATIVE', false],
  ['HOST_KEY_CHECKING', true],
]);

const ON_MISSING = ['error', 'warn', 'skip'];

const config = lookup(['on_missing', 'plugin_type', 'plugin_name', 'show_origin'], (rt, terms, options) => {
  const missing = termText(options.get('on_missing') ?? 'error');
  if (!ON_MISSING.includes(missing)) throw new PyError(`"on_missing" must be a string and one of "error", "warn" or "skip", not ${missing}`, 'arguments');
  return terms.flatMap((term): Value[] => {
    const value = SETTINGS.get(termText(term));
    if (value !== undefined) return [value];
    if (missing === 'error') throw lookupError(`Unable to find setting ${termText(term)}`);
    if (missing === 'warn') rt.context.warn(`Skipping, did not find setting ${termText(term)}`);
    return [];
  });
});

const randomChoice = lookup([], (_rt, terms) => (terms.length === 0 ? [] : [terms[randomInt(terms.length)] as Value]));

export const environmentLookups: Readonly<Record<string, Lookup>> = {
  env,
  vars,
  varnames,
  inventory_hostnames: inventoryHostnames,
  config,
  random_choice: randomChoice,
};

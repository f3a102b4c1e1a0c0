import type { Callable } from '../binder.ts';
import type { Family } from '../registry.ts';
import type { Runtime } from '../runtime.ts';
import type { Value } from '../values.ts';

/** Filters that give all of a text in another form, which is as secret as the text. */
const FORMS: ReadonlySet<string> = new Set([
  ...['b64encode', 'b64decode', 'urlencode', 'urldecode', 'escape', 'e', 'forceescape', 'quote', 'regex_escape', 'xmlattr', 'string', 'pprint'],
  ...['upper', 'lower', 'capitalize', 'title', 'reverse', 'hash', 'md5', 'sha1', 'checksum', 'to_uuid', 'community.general.crc32'],
  ...['to_json', 'tojson', 'to_nice_json', 'to_yaml', 'to_nice_yaml', 'community.general.unicode_normalize'],
]);
/** Filters that give parts of a text: these are secret where all of the text is. */
const PARTS: ReadonlySet<string> = new Set([
  ...['replace', 'regex_replace', 'regex_search', 'regex_findall', 'striptags', 'trim', 'truncate', 'split', 'splitext', 'basename', 'dirname', 'urlsplit'],
  ...['indent', 'wordwrap', 'from_json', 'from_yaml', 'from_yaml_all', 'community.general.from_csv', 'community.general.from_ini'],
]);
/** Shorter parts are words that stand everywhere. */
const SHORTEST_PART = 6;
/** Members of what is filtered that are looked at. */
const MOST = 10_000;

/** Texts in a value; keys are names and no secrets. */
function* texts(value: Value, budget = { left: MOST }): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value) || value instanceof Map) {
    for (const member of value.values()) {
      if (budget.left-- <= 0) return;
      yield* texts(member, budget);
    }
  }
}

function mark(rt: Runtime, made: Value, shortest: number): void {
  for (const text of texts(made)) if (text.length >= shortest && rt.context.secrecy?.(text) === 'none') rt.context.secret(text);
}

/** Whether what a filter was given makes secret what it gives. */
function isGiven(rt: Runtime, given: Value, least: 'part' | 'whole'): boolean {
  for (const text of texts(given)) {
    const secrecy = rt.context.secrecy?.(text);
    if (secrecy === 'whole' || secrecy === least) return true;
  }
  return false;
}

/** The filters of a family; what they make of a secret is masked as the secret is. */
export function carrying(family: Family): Family {
  return Object.fromEntries(
    Object.entries(family).map(([name, filter]) => {
      if (!FORMS.has(name) && !PARTS.has(name)) return [name, filter];
      const inParts = PARTS.has(name);
      const shortest = inParts ? SHORTEST_PART : 1;
      const carried = (...[rt, positional, named, called]: Parameters<Callable>): Value => {
        const made = filter(rt, positional, named, called);
        if (rt.context.secrecy !== undefined && positional.some((given) => isGiven(rt, given, inParts ? 'whole' : 'part'))) mark(rt, made, shortest);
        return made;
      };
      return [name, Object.assign(carried, { signature: filter.signature })];
    }),
  );
}

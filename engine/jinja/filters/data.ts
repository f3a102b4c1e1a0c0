import { define } from '../binder.ts';
import { truth } from '../python/compare.ts';
import { dumpJson, type JsonOptions } from '../python/json.ts';
import { parseJson } from '../python/json-read.ts';
import { repeatText } from '../python/number.ts';
import { prettyText } from '../python/pretty.ts';
import { listOf } from '../python/sequence.ts';
import { dumpYaml, type YamlStyle } from '../python/yaml-dump.ts';
import { parseYaml, parseYamlAll } from '../python/yaml-read.ts';
import type { Family } from '../registry.ts';
import { PyError, type Value } from '../values.ts';
import { text, textOnly, unroll, wholeNumber } from './keys.ts';

type Options = Map<Value, Value>;

function refuseUnknown(options: Options, known: readonly string[], filter: string): void {
  for (const name of options.keys()) {
    if (!known.includes(String(name)))
      throw new PyError(`${filter}() has no argument '${String(name)}'`, 'arguments', `Arguments of ${filter}: ${known.join(', ')}`);
  }
}

const indentText = (value: Value): string | undefined =>
  value === null ? undefined : typeof value === 'string' ? value : repeatText(' ', wholeNumber(value, 'indent'));

const JSON_OPTIONS = ['indent', 'sort_keys', 'separators', 'ensure_ascii', 'vault_to_text', 'preprocess_unsafe', 'skipkeys', 'allow_nan', 'check_circular'];

function jsonOptions(options: Options, defaults: JsonOptions, filter: string): JsonOptions {
  refuseUnknown(options, JSON_OPTIONS, filter);
  const separators = options.get('separators');
  const given = (name: string): Value | undefined => options.get(name);
  return {
    indent: given('indent') === undefined ? defaults.indent : indentText(given('indent') as Value),
    sortKeys: truth(given('sort_keys') ?? defaults.sortKeys ?? false),
    ensureAscii: truth(given('ensure_ascii') ?? true),
    separators: separators === undefined || separators === null ? defaults.separators : (listOf(separators).map(text) as [string, string]),
  };
}

const YAML_OPTIONS = [
  'indent',
  'width',
  'sort_keys',
  'default_flow_style',
  'default_style',
  'explicit_start',
  'explicit_end',
  'allow_unicode',
  'line_break',
  'canonical',
];

function yamlStyle(options: Options, indent: Value, flow: boolean | null, filter: string): YamlStyle {
  refuseUnknown(options, YAML_OPTIONS, filter);
  const width = options.get('width') ?? null;
  const style = options.get('default_flow_style');
  const quotes = options.get('default_style') ?? null;
  return {
    indent: indent === null ? 2 : wholeNumber(indent, 'indent'),
    width: width === null ? 80 : Number(typeof width === 'number' ? width : text(width)),
    sortKeys: truth(options.get('sort_keys') ?? true),
    flow: style === undefined ? flow : style === null ? null : truth(style),
    defaultStyle: quotes === null ? '' : text(quotes),
    explicitStart: truth(options.get('explicit_start') ?? false),
    explicitEnd: truth(options.get('explicit_end') ?? false),
  };
}

/** The textual part of an option set, `indent` taken out. */
function take(options: Value, name: string): { value: Value; rest: Options } {
  const rest = new Map(options as Options);
  const value = rest.get(name) ?? null;
  rest.delete(name);
  return { value, rest };
}

/** What is no text is already data. */
const reading = (read: (source: string) => Value): ReturnType<typeof define> =>
  define('data', (_rt, value) => (typeof value === 'string' ? read(value) : unroll(value)));

/** A text is written before Python looks at how to indent. */
const indentFor = (value: Value, indent: Value): string | undefined => (typeof value === 'string' ? undefined : indentText(indent));

export const dataFilters: Family = {
  to_json: define('a, **kw', (_rt, value, options) => dumpJson(value, jsonOptions(options as Options, {}, 'to_json'))),
  to_nice_json: define('a, indent=4, sort_keys=True, **kw', (_rt, value, indent, sortKeys, options) =>
    dumpJson(value, {
      ...jsonOptions(options as Options, { indent: indentFor(value, indent), sortKeys: truth(sortKeys) }, 'to_nice_json'),
      separators: [',', ': '],
    }),
  ),
  tojson: define('value, indent=None', (_rt, value, indent) =>
    dumpJson(value, { indent: indentFor(value, indent), sortKeys: true }).replace(/[<>&']/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`),
  ),
  from_json: define('s, **kw', (_rt, value, options) => {
    refuseUnknown(options as Options, [], 'from_json');
    return parseJson(textOnly(value, 'from_json')) as Value;
  }),
  to_yaml: define('a, *ignored, **kw', (_rt, value, _ignored, options) => {
    const { value: indent, rest } = take(options, 'indent');
    return dumpYaml(value, yamlStyle(rest, indent, null, 'to_yaml'));
  }),
  to_nice_yaml: define('a, indent=4, *ignored, **kw', (_rt, value, indent, _ignored, options) =>
    dumpYaml(value, yamlStyle(options as Options, indent, false, 'to_nice_yaml')),
  ),
  from_yaml: reading((source) => parseYaml(source) as Value),
  from_yaml_all: reading((source) => parseYamlAll(source) as Value[]),
  pprint: define('value', (_rt, value) => prettyText(value)),
};

import type { Kind, Rule } from './expressions.ts';
import { expr, option } from './tree.ts';

type Choices = readonly string[];

/** `value | name`, one of several names. */
const plain =
  (of: Kind, ...names: Choices): Rule =>
  (g, d) =>
    expr`(${g.make(of, d)} | ${g.random.pick(names)})`;

const MAPPED: Choices = [
  "'upper'",
  "'string'",
  "'int'",
  "'length'",
  "attribute='name'",
  "attribute='n'",
  "attribute='more', default=0",
  "'default', 'x'",
  "'trim'",
  "'first'",
];
const PICKED: Choices = [
  '',
  "'string'",
  "'number'",
  "'odd'",
  "'defined'",
  "'equalto', 1",
  "'in', [1, 'a']",
  "'match', 'a'",
  "'gt', 1",
  "'none'",
  "'truthy'",
  "'mapping'",
];
const BY: Choices = [
  "'on'",
  "'n', 'gt', 1",
  "'name', 'equalto', 'x'",
  "'more', 'defined'",
  "'more', 'undefined'",
  "'name', 'in', ['x', 'y']",
  "'name', 'match', '[xX]'",
];
const PATTERNS: Choices = ["'[a-z]+'", "'^a'", "'(\\w)(\\w)'", "'l+o?'", "'\\d'", "'$'", "'[^a-c]'", "'(?i)A'", "' *'", "''", "'(?P<q>a)b'"];
const NEW: Choices = ["''", "'X'", "'<\\1>'", "'\\\\1'", "'-'", "'\\g<0>!'"];

/** Filters, by the kind of value they give. Those whose results are chance are left out. */
export const FILTERS: Readonly<Record<Exclude<Kind, 'tuple' | 'any' | 'none'>, readonly Rule[]>> = {
  int: [
    plain('list', 'length', 'count', 'first', 'last', 'sum', 'min', 'max'),
    plain('any', 'int', 'abs', 'length', 'bool'),
    (g, d) => expr`(${g.make('any', d)} | int(${g.random.pick(['5', "'x'", '0, 16', 'base=2'])}))`,
    plain('float', 'round | int', "round(0, 'floor') | int", "round(method='ceil')", 'int', 'abs'),
    plain('text', 'wordcount', 'length', 'int'),
    (g, d) => expr`(${g.make('records', d)} | sum(attribute='n'${g.random.chance(0.3) ? [option`, start=5`] : []}))`,
    (g, d) => expr`(${g.make('records', d)} | map(attribute='n') | ${g.random.pick(['max', 'min', 'sum', 'first'])})`,
  ],
  float: [
    plain('any', 'float', 'float(2.5)'),
    plain('float', 'round', 'round(1)', 'round(2)', 'round(-1)', "round(1, 'ceil')", "round(1, 'floor')", 'abs'),
    plain('int', 'round', 'float', 'pow(2)', 'root', 'log(10)'),
  ],
  text: [
    plain(
      'text',
      'upper',
      'lower',
      'title',
      'capitalize',
      'trim',
      'string',
      'reverse',
      'urlencode',
      'quote',
      'b64encode',
      'basename',
      'dirname',
      'comment',
      'hash',
      'striptags',
    ),
    plain(
      'any',
      'string',
      'tojson',
      'to_json',
      'to_nice_json',
      'upper',
      'lower',
      'trim',
      'type_debug',
      'to_yaml',
      'to_nice_yaml',
      'pprint',
      'quote',
      'b64encode',
      'urlencode',
      'title',
    ),
    (g, d) => expr`(${g.make('list', d)} | join${g.random.chance(0.7) ? [option`(${g.quoted(g.random.pick([',', ' ', '', '-']))})`] : []})`,
    (g, d) => expr`(${g.make('records', d)} | join(', ', attribute='name'))`,
    (g, d) => expr`(${g.make('text', d)} | replace(${g.make('text', 0)}, ${g.make('text', 0)}${g.random.chance(0.2) ? [option`, 1`] : []}))`,
    (g, d) =>
      expr`(${g.make('text', d)} | ${g.random.pick(['center(9)', 'center(4)', 'truncate(5)', "truncate(5, true, '')", 'truncate(5, leeway=0)', 'indent', 'indent(2, true)', 'indent(first=true)', 'wordwrap(5)', 'wordwrap(4, false)', 'wordwrap(6, wrapstring="|")', 'format(1)', "trim('a')"])})`,
    (g, d) => expr`(${g.make('text', d)} | regex_replace(${g.random.pick(PATTERNS)}, ${g.random.pick(NEW)}))`,
    (g, d) => expr`(${g.make('text', d)} | regex_search(${g.random.pick(PATTERNS)}))`,
    (g, d) => expr`(${g.make('bool', d)} | ternary(${g.make('text', d)}, ${g.make('text', d)}))`,
    (g, d) => expr`(${g.quoted(g.random.pick(['%s', '%s-%s', '%d', '%05.1f']))} | format(${g.make('any', d)}))`,
    (g, d) => expr`(${g.make('list', d)} | ${g.random.pick(['first', 'last', 'min', 'max', 'string'])})`,
    (g, d) => expr`(${g.make('int', d)} | ${g.random.pick(['filesizeformat', 'filesizeformat(true)', 'string', 'human_readable'])})`,
  ],
  bool: [plain('any', 'bool'), (g, d) => expr`(${g.make('any', d)} | ternary(${g.make('bool', d)}, ${g.make('bool', d)}))`],
  list: [
    plain(
      'list',
      'list',
      'sort',
      'unique',
      'reverse',
      'reverse | list',
      'flatten',
      'flatten(1)',
      'sort(reverse=true)',
      'sort(true, true)',
      'unique(true)',
      'batch(2)',
      "batch(2, 'x')",
      'slice(2)',
      "slice(3, 'y')",
      'permutations',
      'combinations(2)',
    ),
    plain('dict', 'list', 'dictsort', 'items', 'dict2items', 'dictsort(true)', "dictsort(by='value')", 'dictsort(reverse=true)', "dict2items('k', 'v')"),
    plain('text', 'list', 'split', "split(',')", 'from_json', 'from_yaml', "regex_findall('[a-z]')", "regex_findall('(\\w)(\\w)')", 'splitext'),
    (g, d) => expr`(${g.make(g.random.pick(['list', 'records']), d)} | map(${g.random.pick(MAPPED)}))`,
    (g, d) => expr`(${g.make('list', d)} | ${g.random.pick(['select', 'reject'])}(${g.random.pick(PICKED)}))`,
    (g, d) => expr`(${g.make('records', d)} | ${g.random.pick(['selectattr', 'rejectattr'])}(${g.random.pick(BY)}))`,
    (g, d) => expr`(${g.make('records', d)} | sort(attribute=${g.random.pick(["'name'", "'n'", "'on,name'"])}))`,
    (g, d) => expr`(${g.make('records', d)} | groupby(${g.random.pick(["'name'", "'on'", "'more', default=0"])}))`,
    (g, d) => expr`(${g.make('list', d)} | ${g.random.pick(['zip', 'zip_longest', 'product'])}(${g.make('list', d)}))`,
    // sets have no order in Python
    (g, d) =>
      expr`(${g.make('list', d)} | ${g.random.pick(['union', 'intersect', 'difference', 'symmetric_difference'])}(${g.make('list', d)}) | map('string') | sort(case_sensitive=true))`,
    (g, d) => expr`(${g.make('list', d)} | ${g.random.pick(['first', 'last'])})`,
    (g, d) => expr`(${g.make('any', d)} | ${g.random.pick(['from_json', 'from_yaml', 'to_json | from_json', 'to_yaml | from_yaml', 'list'])})`,
  ],
  dict: [
    (g, d) =>
      expr`(${g.make('dict', d)} | combine(${g.make('dict', d)}${g.random.chance(0.4) ? [option`, ${g.random.pick(['recursive=true', "list_merge='append'", "recursive=true, list_merge='append_rp'"])}`] : []}))`,
    (g, d) => expr`(${g.make('records', d)} | items2dict(${g.random.pick(["'name', 'n'", "key_name='n', value_name='on'"])}))`,
    plain('dict', 'dict2items | items2dict', 'to_json | from_json', 'items | list | first'),
    plain('records', 'first', 'last'),
  ],
  records: [plain('records', 'list', 'reverse | list', 'unique', "sort(attribute='name')", "selectattr('on')", "rejectattr('on') | list")],
};

const is =
  (of: Kind, tests: Choices): Rule =>
  (g, d) =>
    expr`${g.make(of, d)} is ${g.random.chance(0.2) ? 'not ' : ''}${g.random.pick(tests)}`;

/** Tests. */
export const TESTS: readonly Rule[] = [
  is('any', [
    'defined',
    'none',
    'string',
    'number',
    'integer',
    'float',
    'boolean',
    'mapping',
    'sequence',
    'iterable',
    'true',
    'false',
    'truthy',
    'falsy',
    'undefined',
    'callable',
    'truthy(convert_bool=true)',
  ]),
  is('int', ['odd', 'even', 'divisibleby 3', 'divisibleby(2)', 'number', 'gt 1', 'eq(2)', 'lt(0)', 'ge 3', 'in [1, 2]']),
  is('text', ['lower', 'upper', "match('a')", "search('[a-c]')", "regex('b$')", "in 'abc'", "version('1.0', '>=')", 'sameas s', "match 'A', ignorecase=true"]),
  is('list', ['sequence', 'contains(1)', 'subset([1, 2])', 'superset([1])', 'any', 'all', 'contains "a"', 'eq []']),
  (g, d) => expr`${g.make('any', d)} is ${g.random.pick(['eq', 'ne', 'equalto', 'sameas', 'in', 'lt', 'greaterthan'])}(${g.make('any', d)})`,
];

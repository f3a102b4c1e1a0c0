import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { lookupNames } from '../../../engine/jinja/index.ts';
import { lookupOptions } from '../../../engine/jinja/lookups/call.ts';
import { filterNames, findFilter, findTest, testNames } from '../../../engine/jinja/registry.ts';
import { reprOf } from '../../oracle/own.ts';
import { ENVIRONMENT } from '../../oracle/templates.ts';
import { contextIn } from '../support.ts';
import { MEANT } from './battery.ts';
import { type Call, type Kind, writtenCalls } from './calls.ts';
import { FIXTURES } from './compare.ts';

const NOTE = '<!-- Made by UPDATE_DOCS=1 npx vitest run --project unit test/docs -->';
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** What differs from ansible-core, out of the marks in the calls. */
export function differencesPage(): string {
  const kinds: readonly Kind[] = ['filters', 'tests', 'lookups'];
  const marked = kinds.flatMap((kind) => writtenCalls(kind)).filter((call): call is Call & { differs: string } => call.differs !== undefined);
  const rows = marked.map(({ text, differs }) => `| \`${cell(text)}\` | ${cell(differs)} |`);
  const rules = MEANT.map(({ what, differs }) => `| ${cell(what)} | ${cell(differs)} |`);
  return [
    NOTE,
    '# Filters, tests and lookups: what differs from ansible-core 2.18',
    'Every filter, test and lookup is called in [many ways](../../test/jinja/differential/calls) through ansible-core and through qplay; both give the same value with the same type, or both fail. What does not is here, and a call listed here that no longer differs fails the test.',
    'Beyond the calls: text that Python marks as `Markup` (of `escape`, `safe`, `tojson` and their like) is plain text here, so what is escaped twice is so twice; and messages of errors have their own words.',
    ['| Call | Why |', '|---|---|', ...rows, ...rules].join('\n'),
    '',
  ].join('\n\n');
}

/** The call that shows something best: the first that is written down. */
function example(kind: Kind, name: string): string {
  const calls = writtenCalls(kind).filter(({ differs, vars }) => differs === undefined && vars === undefined);
  const short = name.slice(name.lastIndexOf('.') + 1);
  const own = calls.find((call) => call.name === name && call.text.includes(short)) ?? calls.find(({ text }) => new RegExp(`\\b${short}\\b`).test(text));
  if (own === undefined) return '';
  const result = shown(own);
  return `\`${cell(own.text)}\`${result === undefined ? '' : ` → \`${cell(result)}\``}`;
}

/** What is another one each time, or on another machine. */
const VARIES = /random|shuffle|password|vault|expand|realpath|relpath|lookup\('config|fileglob|[a-z]\('url|strftime|is_mount|is mount/;
const LONGEST = 90;

/** What a call gives, in Python's words; undefined where that varies or is long. */
function shown(call: Call): string | undefined {
  if (VARIES.test(call.text)) return undefined;
  Object.assign(process.env, ENVIRONMENT);
  const found = reprOf(call.text, contextIn(FIXTURES));
  return found === undefined || found.length > LONGEST || found.includes(FIXTURES) ? undefined : found;
}

interface Words {
  readonly types: string;
  readonly does: string;
  readonly fails: string;
  readonly options?: string;
}

const WORDS = load(readFileSync(new URL('../../docs/jinja.yaml', import.meta.url), 'utf8')) as Record<Kind, Record<string, readonly string[]>>;

function wordsOf(kind: Kind, name: string): Words {
  const [types, does, fails, options] = WORDS[kind][name] ?? [];
  if (types === undefined || does === undefined || fails === undefined) throw new Error(`test/docs/jinja.yaml has no words for ${kind}: ${name}`);
  return { types, does, fails, ...(options !== undefined && { options }) };
}

/** The options of a lookup with their defaults, which must be those it has. */
function optionsOf(name: string): string {
  const { options = '' } = wordsOf('lookups', name);
  const named = [...options.matchAll(/(?:^|, )(\w+)=/g)].map((match) => match[1] as string);
  if (named.sort().join() !== [...lookupOptions(name)].sort().join())
    throw new Error(`test/docs/jinja.yaml: the options of ${name} are ${lookupOptions(name)}`);
  return options;
}

function table(kind: Kind, names: readonly string[], signatureOf: (name: string) => string): string {
  const strange = Object.keys(WORDS[kind]).filter((name) => !names.includes(name));
  if (strange.length > 0) throw new Error(`test/docs/jinja.yaml has words for ${kind} that are not there: ${strange}`);
  const rows = [...names].sort().map((name) => {
    const { types, does, fails } = wordsOf(kind, name);
    const signature = signatureOf(name);
    const columns = [`\`${cell(name)}\``, signature === '' ? '' : `\`${cell(signature)}\``, types, does, fails, example(kind, name)];
    return `| ${columns.map((text, index) => (index > 1 && index < 5 ? cell(text) : text)).join(' | ')} |`;
  });
  const given = kind === 'lookups' ? 'Options and defaults' : 'Parameters and defaults';
  const types = kind === 'filters' ? 'Types' : kind === 'tests' ? 'Of' : 'Terms';
  return [
    `| Name | ${given} | ${types} | What it ${kind === 'tests' ? 'says yes to' : 'gives'} | Fails | Example |`,
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** All filters, tests and lookups: parameters, types, what they do, when they fail, and a call of each that is tested. */
export function callablesPage(): string {
  return [
    NOTE,
    '# Filters, tests and lookups',
    'Those of Jinja2 and `ansible.builtin` answer to their short names and, with `ansible.builtin.` before, in full. A parameter without a default is required; the first is what stands before the `|` or `is`. Every example is put to ansible-core by the tests; [what differs](jinja-differences.md) is listed. Beyond what stands under Fails, an undefined value fails where a value is needed.',
    '## Filters',
    table('filters', filterNames(), (name) => findFilter(name)?.signature ?? ''),
    '## Tests',
    table('tests', testNames(), (name) => findTest(name)?.signature ?? ''),
    '## Lookups',
    "Called as `lookup(name, terms..., options...)`, which joins several texts with commas, or as `query` (`q`), which gives a list. All take `wantlist=False`, `errors='strict'` (`warn`, `ignore`) and `allow_unsafe=False`. An option that is not known is told and passed over.",
    table('lookups', lookupNames(), optionsOf),
    '',
  ].join('\n\n');
}

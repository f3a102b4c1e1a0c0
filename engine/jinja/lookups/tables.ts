import { decode } from '../methods/scalar.ts';
import { truth } from '../python/compare.ts';
import { pythonRegex } from '../python/regex.ts';
import type { Runtime } from '../runtime.ts';
import type { Value } from '../values.ts';
import { type Lookup, lookup, lookupError, splitTerm, termText } from './lookup.ts';

type Options = ReadonlyMap<string, Value>;

/** Options of a call with those in the term (`key file=x.ini`) on top. */
function readTerm(term: Value, options: Options, known: readonly string[]): { key: string; option: (name: string, otherwise: string) => string } {
  const { first, options: own } = splitTerm(termText(term));
  const inTerm = [...own.keys()].every((name) => known.includes(name));
  const merged = new Map<string, Value>([...options, ...(inTerm ? own : [])]);
  return { key: inTerm ? first : termText(term), option: (name, otherwise) => (merged.has(name) ? termText(merged.get(name) as Value) : otherwise) };
}

function readText(rt: Runtime, name: string, encoding: string, kind: string): string {
  const path = rt.context.find('files', name);
  if (path === undefined) throw lookupError(`The '${kind}' lookup had an issue accessing the file '${name}'. file not found, use -vvvvv to see paths searched`);
  return decode(rt.context.read(path), encoding);
}

type Sections = Map<string, Map<string, string | null>>;

/** An INI file as Python's `configparser` reads it. */
function parseIni(text: string, caseSensitive: boolean, allowNoValue: boolean): Sections {
  const sections: Sections = new Map([['DEFAULT', new Map()]]);
  let current: Map<string, string | null> | undefined;
  let last: { name: string; indent: number } | undefined;
  for (const line of text.split(/\r?\n/)) {
    const bare = line.trim();
    if (bare === '' || /^[#;]/.test(bare)) continue;
    const indent = line.length - line.trimStart().length;
    if (last !== undefined && current !== undefined && indent > last.indent) {
      current.set(last.name, `${current.get(last.name) ?? ''}\n${bare}`);
      continue;
    }
    const header = /^\[(.+)\]/.exec(bare);
    if (header !== null) {
      current = sections.get(header[1] as string) ?? new Map();
      sections.set(header[1] as string, current);
      last = undefined;
      continue;
    }
    if (current === undefined) throw lookupError(`the INI file has no section header before '${bare}'`);
    const pair = /^(.*?)\s*[=:]\s*(.*)$/.exec(bare);
    if (pair === null && !allowNoValue) throw lookupError(`the INI file has a line that is no key and value: '${bare}'`);
    const name = caseSensitive ? (pair?.[1] ?? bare) : (pair?.[1] ?? bare).toLowerCase();
    current.set(name, pair === null ? null : (pair[2] as string));
    last = { name, indent };
  }
  return sections;
}

function interpolate(value: string, section: ReadonlyMap<string, string | null>, depth = 0): string {
  if (depth > 10) throw lookupError('the INI value refers to itself');
  return value.replace(/%(?:%|\(([^)]+)\)s)/g, (_whole, name?: string) => {
    if (name === undefined) return '%';
    const found = section.get(name.toLowerCase());
    if (found === undefined || found === null) throw lookupError(`the INI value refers to '${name}', which is not there`);
    return interpolate(found, section, depth + 1);
  });
}

const INI_OPTIONS = ['type', 'file', 'section', 're', 'encoding', 'default', 'case_sensitive', 'allow_no_value', 'allow_none', 'interpolation'];
const isOn = (text: string): boolean => /^(?:true|yes|on|1)$/i.test(text);

const ini = lookup(INI_OPTIONS, (rt, terms, options) =>
  terms.flatMap((term): Value[] => {
    const { key, option } = readTerm(term, options, INI_OPTIONS);
    const isProperties = option('type', 'ini') === 'properties';
    const sectionName = isProperties ? 'java_properties' : option('section', 'global');
    const text = readText(rt, option('file', 'ansible.ini'), option('encoding', 'utf-8'), 'ini');
    const sensitive = isOn(option('case_sensitive', 'False'));
    const sections = parseIni(isProperties ? `[java_properties]\n${text}` : text, sensitive, isOn(option('allow_no_value', option('allow_none', 'False'))));
    const own = sections.get(sectionName);
    if (own === undefined) throw lookupError(`No section '${sectionName}' in ${option('file', 'ansible.ini')}`);
    const section = new Map([...(sections.get('DEFAULT') ?? []), ...own]);
    const show = (value: string | null): Value[] => (value === null ? [] : [isOn(option('interpolation', 'True')) ? interpolate(value, section) : value]);
    if (truth(isOn(option('re', 'False')))) return [...section].filter(([name]) => pythonRegex(key, {}, true).test(name)).flatMap(([, value]) => show(value));
    const value = section.get(sensitive ? key : key.toLowerCase());
    return value === undefined ? [options.get('default') ?? option('default', '')] : show(value);
  }),
);

/** Rows of a CSV text; fields may stand in double quotes. */
function parseCsv(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let [row, field, quoted]: [string[], string, boolean] = [[], '', false];
  const endRow = (): void => {
    row.push(field);
    if (row.length > 1 || field !== '') rows.push(row);
    [row, field] = [[], ''];
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (quoted) {
      if (char !== '"') field += char;
      else if (text[at + 1] === '"') field += text[at++];
      else quoted = false;
    } else if (char === '"' && field === '') quoted = true;
    else if (char === delimiter) {
      row.push(field);
      field = '';
    } else if (char === '\n') endRow();
    else if (char !== '\r') field += char;
  }
  endRow();
  return rows;
}

const CSV_OPTIONS = ['col', 'keycol', 'default', 'delimiter', 'file', 'encoding'];

const csvfile = lookup(CSV_OPTIONS, (rt, terms, options) =>
  terms.flatMap((term): Value[] => {
    const { key, option } = readTerm(term, options, CSV_OPTIONS);
    const name = option('delimiter', 'TAB');
    const rows = parseCsv(readText(rt, option('file', 'ansible.csv'), option('encoding', 'utf-8'), 'csvfile'), name === 'TAB' || name === '\\t' ? '\t' : name);
    const [column, keyColumn] = [Number(option('col', '1')), Number(option('keycol', '0'))];
    const row = rows.find((one) => one[keyColumn] === key);
    if (row === undefined) return options.has('default') ? [options.get('default') as Value] : option('default', '') === '' ? [] : [option('default', '')];
    const value = row[column];
    if (value === undefined) throw lookupError(`csvfile: the row of '${key}' has no column ${column}`);
    return [value];
  }),
);

export const tableLookups: Readonly<Record<string, Lookup>> = { ini, csvfile };

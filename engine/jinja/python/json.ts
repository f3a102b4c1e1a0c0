import { Float, VaultText } from '../../value.ts';
import { PyError, type PyObject, typeName, type Value } from '../values.ts';
import { compare } from './compare.ts';
import { DateTime } from './datetime.ts';
import { floatText } from './text.ts';

export interface JsonOptions {
  /** Blanks of one level, or the text of it; undefined for one line. */
  readonly indent?: string | undefined;
  readonly sortKeys?: boolean;
  /** Between members, and between a key and its value. */
  readonly separators?: readonly [string, string] | undefined;
  /** Everything beyond ASCII is written as `\uXXXX`; default true. */
  readonly ensureAscii?: boolean;
}

/** Python's `json.dumps` with Ansible's encoder. */
export function dumpJson(value: Value, options: JsonOptions = {}): string {
  const separators = options.separators ?? [options.indent === undefined ? ', ' : ',', ': '];
  return write(value, { ...options, separators, ascii: options.ensureAscii ?? true }, '\n', 0);
}

interface Style {
  readonly indent?: string | undefined;
  readonly sortKeys?: boolean;
  readonly separators: readonly [string, string];
  readonly ascii: boolean;
}

function write(value: Value, style: Style, line: string, depth: number): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return jsonText(value, style.ascii);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value).toString() : jsonFloat(value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Float) return jsonFloat(value.value);
  if (depth > 500) throw new PyError('Circular reference detected');
  if (Array.isArray(value))
    return enclose(
      '[',
      ']',
      Array.from(value, (member) => (inner: string) => write(member, style, inner, depth + 1)),
      style,
      line,
    );
  if (value instanceof Map) return writeDict(value, style, line, depth);
  if (value instanceof VaultText) return jsonText(value.envelope, style.ascii);
  return writeObject(value, style);
}

function writeObject(value: PyObject, style: Style): string {
  if (value instanceof DateTime) return jsonText(value.isoformat('T'), style.ascii);
  if (value.type === 'AnsibleUndefined') value.truth();
  throw new PyError(`Object of type ${typeName(value)} is not JSON serializable`);
}

function writeDict(dict: Map<Value, Value>, style: Style, line: string, depth: number): string {
  const entries = [...dict];
  if (style.sortKeys) entries.sort(([a], [b]) => compare(a, b));
  const members = entries.map(
    ([key, member]) =>
      (inner: string) =>
        jsonText(keyText(key), style.ascii) + style.separators[1] + write(member, style, inner, depth + 1),
  );
  return enclose('{', '}', members, style, line);
}

function keyText(key: Value): string {
  if (typeof key === 'string') return key;
  if (key === null || typeof key === 'boolean' || typeof key === 'number' || typeof key === 'bigint' || key instanceof Float) {
    return write(key, { separators: [', ', ': '], ascii: true }, '', 0);
  }
  throw new PyError(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

function enclose(open: string, close: string, members: readonly ((line: string) => string)[], style: Style, line: string): string {
  if (members.length === 0) return open + close;
  if (style.indent === undefined) return open + members.map((member) => member(line)).join(style.separators[0]) + close;
  const inner = line + style.indent;
  return open + inner + members.map((member) => member(inner)).join(style.separators[0] + inner) + line + close;
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return floatText(value);
}

function jsonText(text: string, ascii: boolean): string {
  const quoted = JSON.stringify(text);
  return ascii ? quoted.replace(/[\x7f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`) : quoted;
}

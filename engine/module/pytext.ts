import { type Data, Float, Tuple, VaultText } from '../value.ts';

/** `str(value)` of Python: text as it is, `True`, `None`, `1.0`, `['a', 1]`. */
export function pythonText(value: Data): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** `repr(value)` of Python. */
export function pythonRepr(value: Data): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Float) return floatText(value.value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatText(value);
  if (value instanceof VaultText) return quoted(value.envelope);
  if (value instanceof Map) return `{${[...value].map(([key, one]) => `${pythonRepr(key)}: ${pythonRepr(one)}`).join(', ')}}`;
  const items = Array.from(value, pythonRepr);
  if (value instanceof Tuple) return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
  return `[${items.join(', ')}]`;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return value.toExponential().replace(/e([-+])(\d)$/, 'e$10$2');
  return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value);
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\\'"\n\r\t\x00-\x1f\x7f-\xa0\xad]/g, (char) => {
    if (char === '\\') return '\\\\';
    if (char === "'" || char === '"') return char === quote ? `\\${char}` : char;
    if (char === '\n') return '\\n';
    if (char === '\r') return '\\r';
    if (char === '\t') return '\\t';
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return quote + body + quote;
}

/** JSON as Python's `json.dumps` writes it: blanks after commas and colons, ASCII only. */
export function pythonJson(value: Data): string {
  if (value === null || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'string') return jsonText(value);
  if (value instanceof VaultText) return jsonText(value.envelope);
  if (value instanceof Map) return `{${[...value].map(([key, one]) => `${jsonText(jsonKey(key))}: ${pythonJson(one)}`).join(', ')}}`;
  if (Array.isArray(value)) return `[${Array.from(value, pythonJson).join(', ')}]`;
  return pythonRepr(value)
    .replace(/^(-?)inf$/, '$1Infinity')
    .replace('nan', 'NaN');
}

const jsonKey = (key: Data): string => (key === null || typeof key === 'boolean' ? JSON.stringify(key) : pythonText(key));
const jsonText = (text: string): string => JSON.stringify(text).replace(/[\x7f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

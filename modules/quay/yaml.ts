/** Keys that a YAML 1.1 reader would take for something else than text, or that have unusual characters. */
const PLAIN_KEY = /^[A-Za-z_][\w.-]*$/;
const NOT_TEXT = /^(y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

/**
 * config.yaml as text: keys sorted, every text quoted, so that `12e45`, `yes`, `1:30` and digits stay texts for every YAML
 * reader, and the same configuration is always the same bytes.
 */
export const toYaml = (config: Readonly<Record<string, unknown>>): string => `---\n${mapping(config, '')}`;

function mapping(value: Readonly<Record<string, unknown>>, indent: string): string {
  return Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${indent}${keyOf(key)}:${member(value[key], indent)}`)
    .join('');
}

function member(value: unknown, indent: string): string {
  if (Array.isArray(value)) return value.length === 0 ? ' []\n' : `\n${value.map((one) => item(one, indent)).join('')}`;
  if (isObject(value)) return Object.keys(value).length === 0 ? ' {}\n' : `\n${mapping(value, `${indent}  `)}`;
  return ` ${scalar(value)}\n`;
}

function item(value: unknown, indent: string): string {
  if (isObject(value) && Object.keys(value).length > 0) return `${indent}- ${mapping(value, `${indent}  `).slice(indent.length + 2)}`;
  if (Array.isArray(value) && value.length > 0) return `${indent}-\n${value.map((one) => item(one, `${indent}  `)).join('')}`;
  return `${indent}-${member(value, indent)}`;
}

const keyOf = (key: string): string => (PLAIN_KEY.test(key) && !NOT_TEXT.test(key) ? key : JSON.stringify(key));

function scalar(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : JSON.stringify(String(value));
  // JSON's quoting is YAML's double quoting, but for two line separators
  return JSON.stringify(String(value)).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029').replaceAll('\u0085', '\\u0085');
}

export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

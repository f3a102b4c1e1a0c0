/** JSON as Python's `json.dumps` writes it by default: a space after commas and colons, ASCII only. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (value instanceof Map) return object([...value].map(([key, member]) => [String(key), member]));
  if (typeof value === 'bigint') return String(value);
  if (value !== null && typeof value === 'object') return object(Object.entries(value));
  return ascii(JSON.stringify(value) ?? 'null');
}

const object = (entries: [string, unknown][]): string =>
  `{${entries.map(([key, member]) => `${ascii(JSON.stringify(key))}: ${pythonJson(member)}`).join(', ')}}`;

const ascii = (text: string): string => text.replace(/[\u007f-\uffff]/g, (char) => '\\u' + char.charCodeAt(0).toString(16).padStart(4, '0'));

/** A value where Ansible wants text: lists and dicts as JSON, the rest as Python's `str`. */
export function contentText(value: unknown): string {
  if (value !== null && typeof value === 'object') return pythonJson(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return value === null || value === undefined ? '' : String(value);
}

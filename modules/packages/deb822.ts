/** Values of a source that a deb822 file can hold. */
export type Field = string | number | boolean | readonly unknown[];

/** Name of the file, as Ansible makes it of `name`. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[_\s]+/g, '-')
    .replace(/[^a-z0-9-]+/g, '');

const fieldName = (option: string): string => {
  if (option === 'name') return 'X-Repolib-Name';
  if (option === 'uris') return 'URIs';
  return option
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
    .join('-');
};

function fieldValue(value: Field): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = Array.isArray(value) ? value.join(' ') : String(value);
  if (!text.includes('\n')) return text;
  return `\n${text
    .trim()
    .split(/\r?\n/)
    .map((line) => `    ${line.trim() === '' ? '.' : line.trim()}`)
    .join('\n')}`;
}

/** The stanza, its fields in the order of the options' names. */
export function stanza(options: Readonly<Record<string, Field | null | undefined>>): string {
  const names = Object.keys(options).sort();
  return names
    .flatMap((name) => {
      const value = options[name];
      if (value === undefined || value === null) return [];
      const text = fieldValue(value);
      return [`${fieldName(name)}:${text.startsWith('\n') ? text : ` ${text}`}\n`];
    })
    .join('');
}

/** A line of an authorized_keys file. */
export type KeyLine =
  | { readonly kind: 'key'; readonly options: string; readonly type: string; readonly blob: string; readonly comment: string }
  | { readonly kind: 'other'; readonly text: string };

const TYPES =
  /^(ssh-(rsa|dss|ed25519|ed448)|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com|(ssh|ecdsa|sk)-[\w.-]*-cert-v01@openssh\.com)$/;

/** Takes a file apart; comments and what is no key are kept as they are. */
export function parseKeys(text: string): KeyLine[] {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  return all.map(parseLine);
}

function parseLine(line: string): KeyLine {
  if (line.trim() === '' || line.trimStart().startsWith('#')) return { kind: 'other', text: line };
  const words = splitOptions(line.trim());
  const at = words.findIndex((word) => TYPES.test(word));
  const blob = words[at + 1];
  if (at < 0 || at > 1 || blob === undefined) return { kind: 'other', text: line };
  return { kind: 'key', options: at === 1 ? (words[0] as string) : '', type: words[at] as string, blob, comment: words.slice(at + 2).join(' ') };
}

/** Words of a line; spaces inside the quotes of an option do not divide. */
function splitOptions(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i] as string;
    if (char === '"' && line[i - 1] !== '\\') quoted = !quoted;
    if (/\s/.test(char) && !quoted) {
      if (word !== '') words.push(word);
      word = '';
    } else word += char;
  }
  if (word !== '') words.push(word);
  return words;
}

/** Options divided at commas outside of quotes. */
function optionList(options: string): string[] {
  const found: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i <= options.length; i++) {
    if (options[i] === '"' && options[i - 1] !== '\\') quoted = !quoted;
    if (i === options.length || (options[i] === ',' && !quoted)) {
      if (i > start) found.push(options.slice(start, i));
      start = i + 1;
    }
  }
  return found;
}

export interface KeyWish {
  readonly state: 'present' | 'absent';
  readonly exclusive: boolean;
  readonly key_options?: string | undefined;
  readonly comment?: string | undefined;
}

const write = (line: KeyLine): string =>
  line.kind === 'other' ? line.text : [line.options, line.type, line.blob, line.comment].filter((part) => part !== '').join(' ');

/** The file as it shall be. A key that is there keeps its place; one that differs in options or comment is written anew there. */
export function mergeKeys(text: string, wanted: readonly KeyLine[], wish: KeyWish): string {
  const keys = wanted
    .flatMap((line) => (line.kind === 'key' ? [line] : []))
    .map((line) => ({ ...line, options: wish.key_options ?? line.options, comment: wish.comment ?? line.comment }));
  const old = parseKeys(text);
  const same = (line: KeyLine, key: (typeof keys)[number]) => line.kind === 'key' && line.blob === key.blob && line.type === key.type;
  if (wish.state === 'absent') return lines(old.filter((line) => !keys.some((key) => same(line, key))));
  const left = [...new Map(keys.map((key) => [key.blob, key])).values()];
  const kept: KeyLine[] = [];
  for (const line of old) {
    const at = left.findIndex((key) => same(line, key));
    const [key] = at < 0 ? [] : left.splice(at, 1);
    if (key !== undefined) kept.push(equal(line, key) ? line : key);
    // a key that is there twice stays once
    else if (!wish.exclusive && !keys.some((one) => same(line, one))) kept.push(line);
  }
  return lines([...kept, ...left]);
}

function equal(line: KeyLine, key: KeyLine): boolean {
  if (line.kind !== 'key' || key.kind !== 'key') return false;
  const sorted = (options: string) => optionList(options).sort().join(',');
  return sorted(line.options) === sorted(key.options) && line.comment === key.comment;
}

const lines = (all: readonly KeyLine[]): string => all.map((line) => `${write(line)}\n`).join('');

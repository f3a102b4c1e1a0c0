export interface SplitUrl {
  readonly scheme: string;
  readonly netloc: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

/** Python's `urllib.parse.urlsplit`. */
export function splitUrl(url: string): SplitUrl {
  let rest = url.replace(/[\t\n\r]/g, '').replace(/^[\x00-\x20]+/, '');
  const head = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(rest);
  const scheme = head === null ? '' : (head[1] as string).toLowerCase();
  if (head !== null) rest = rest.slice(head[0].length);
  let netloc = '';
  if (rest.startsWith('//')) {
    netloc = (/^\/\/([^/?#]*)/.exec(rest) as RegExpExecArray)[1] as string;
    rest = rest.slice(netloc.length + 2);
  }
  const hash = rest.indexOf('#');
  const fragment = hash < 0 ? '' : rest.slice(hash + 1);
  if (hash >= 0) rest = rest.slice(0, hash);
  const mark = rest.indexOf('?');
  const query = mark < 0 ? '' : rest.slice(mark + 1);
  return { scheme, netloc, path: mark < 0 ? rest : rest.slice(0, mark), query, fragment };
}

/** Python's `urllib.parse.quote`: letters, digits, `_.-~` and what is `safe` stay. */
export function quoteUrl(text: string, safe = '/'): string {
  let result = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const char = String.fromCharCode(byte);
    const stays = byte < 0x80 && (/[A-Za-z0-9_.~-]/.test(char) || safe.includes(char));
    result += stays ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return result;
}

/** Python's `unquote_plus`; bytes that are no UTF-8 become U+FFFD. */
export function unquoteUrl(text: string): string {
  return text.replaceAll('+', ' ').replace(/(?:%[\da-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

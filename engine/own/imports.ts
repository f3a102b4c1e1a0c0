/** One name that a file of Python imports. */
export interface Imported {
  /** Dotted, such as `ansible.module_utils.basic.AnsibleModule`; it may be a module or something in one. */
  readonly name: string;
  /** It stands in a `try`, a condition or a function: the file may do without it. */
  readonly optional: boolean;
}

/**
 * What a file of Python imports, relative names resolved.
 *
 * @param self dotted name of the file's own module
 * @param isPackage the file is an `__init__.py`
 */
export function importsOf(source: string, self: string, isPackage: boolean): Imported[] {
  const found: Imported[] = [];
  for (const line of logicalLines(source)) {
    const statement = /^([ \t]*)(.*)$/s.exec(line);
    const [, indent = '', text = ''] = statement ?? [];
    // `try: import x` in one line is no top-level statement either
    for (const [index, part] of text.split(/;\s*|(?<=\b(?:try|else|finally|except[^:]*|if[^:]*)):\s*/).entries()) {
      const optional = indent !== '' || index > 0;
      for (const name of namesOf(part.trim(), self, isPackage)) found.push({ name, optional });
    }
  }
  return found;
}

function namesOf(statement: string, self: string, isPackage: boolean): string[] {
  const plain = /^import\s+(.+)$/s.exec(statement);
  if (plain) return words(plain[1] as string);
  const from = /^from\s+(\.*)\s*([\w.]*)\s+import\s+(.+)$/s.exec(statement);
  if (from === null) return [];
  const [, dots = '', module = '', names = ''] = from;
  const base = dots === '' ? module : relative(self, dots.length, isPackage, module);
  return base === '' ? [] : words(names.replace(/[()]/g, ' ')).map((one) => (one === '*' ? base : `${base}.${one}`));
}

function relative(self: string, level: number, isPackage: boolean, module: string): string {
  const parts = self.split('.');
  const up = isPackage ? level - 1 : level;
  return [...parts.slice(0, parts.length - up), ...(module === '' ? [] : [module])].join('.');
}

/** `a.b as c, d` without the new names. */
const words = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim().split(/\s+as\s+/)[0] as string)
    .filter((one) => /^(?:[\w.]+|\*)$/.test(one));

/** Lines of a source as Python joins them, without comments and with strings left out. */
function* logicalLines(source: string): Generator<string> {
  let line = '';
  let depth = 0;
  const token =
    /'''[\s\S]*?(?:'''|$)|"""[\s\S]*?(?:"""|$)|'(?:\\[\s\S]|[^'\\\n])*'?|"(?:\\[\s\S]|[^"\\\n])*"?|#[^\n]*|\\\r?\n|[([{]|[)\]}]|\r?\n|[^'"#\\\n\r()[\]{}]+|[\s\S]/g;
  for (const [text] of source.matchAll(token)) {
    const first = text[0] as string;
    if (first === '#' || text.startsWith('\\\n') || text.startsWith('\\\r')) continue;
    if (first === "'" || first === '"') line += "''";
    else if (text === '\n' || text === '\r\n') {
      if (depth > 0) line += ' ';
      else {
        yield line;
        line = '';
      }
    } else {
      if ('([{'.includes(first)) depth += 1;
      if (')]}'.includes(first)) depth = Math.max(0, depth - 1);
      line += text;
    }
  }
  yield line;
}

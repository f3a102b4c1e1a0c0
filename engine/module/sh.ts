import { quote } from '../quote.ts';

export { quote };

/**
 * Shell text in which every interpolated value is quoted, so that no user text can become shell.
 * Scripts must run in dash, bash and busybox sh.
 */
export class Script {
  readonly text: string;
  /** Function libraries the text calls; the engine sends each once a shell. */
  readonly libs: ReadonlySet<Lib>;
  constructor(text: string, libs: ReadonlySet<Lib> = new Set()) {
    this.text = text;
    this.libs = libs;
  }
}

/** Shell functions that several scripts share, sent to a host once a shell. Names must begin with `qp_`. */
export class Lib {
  readonly name: string;
  readonly text: string;
  readonly needs: readonly Lib[];
  constructor(name: string, text: string, needs: readonly Lib[] = []) {
    this.name = name;
    this.text = text.trim();
    this.needs = needs;
  }
}

export type Interpolated = string | number | boolean | undefined | Script | Lib | readonly (string | number | Script)[];

/**
 * `` sh`chmod ${mode} -- ${path}` ``: a string or number becomes one quoted word, an array one word a member,
 * a `Script` is kept as it is, a `Lib` becomes nothing but is remembered as needed, `undefined` and `false` become nothing.
 */
export function sh(strings: TemplateStringsArray, ...values: Interpolated[]): Script {
  const libs = new Set<Lib>();
  let text = strings[0] as string;
  values.forEach((value, i) => {
    text += word(value, libs) + (strings[i + 1] as string);
  });
  return new Script(text, libs);
}

/** Scripts after one another, each on lines of its own. Empty ones are left out. */
export function lines(...parts: readonly (Script | undefined | false)[]): Script {
  const kept = parts.filter((part): part is Script => part instanceof Script && part.text !== '');
  return new Script(kept.map((part) => part.text).join('\n'), new Set(kept.flatMap((part) => [...part.libs])));
}

/** Shell text written by us, taken as it is. Never pass user text. */
export const raw = (text: string): Script => new Script(text);

function word(value: Interpolated, libs: Set<Lib>): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Lib) {
    libs.add(value);
    return '';
  }
  if (value instanceof Script) {
    for (const lib of value.libs) libs.add(lib);
    return value.text;
  }
  if (Array.isArray(value)) return value.map((one) => word(one, libs)).join(' ');
  return quote(String(value));
}

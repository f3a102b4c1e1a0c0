import { appendToLog } from './log.ts';
import type { Look } from './look.ts';
import { type Colour, colouring, type Paint, plainly } from './paint.ts';
import { wrap } from './wrap.ts';

/** Where text goes. */
export interface Sinks {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Writes lines, headings and warnings as Ansible's display does. */
export class Display {
  readonly look: Look;
  readonly paint: Paint;
  readonly #sinks: Sinks;
  readonly #warned = new Set<string>();

  constructor(sinks: Sinks, look: Look) {
    this.#sinks = sinks;
    this.look = look;
    this.paint = look.colour ? colouring(look.colours) : plainly;
  }

  line(text: string, colour?: Colour, toStderr = false): void {
    const painted = colour === undefined ? text : this.paint(text, colour);
    if (this.look.log !== undefined) appendToLog(this.look.log, text, toStderr ? colour : undefined);
    (toStderr ? this.#sinks.err : this.#sinks.out)(painted.endsWith('\n') ? painted : `${painted}\n`);
  }

  banner(text: string): void {
    const said = text.trim();
    this.line(`\n${said} ${'*'.repeat(Math.max(3, this.look.columns - width(said)))}`);
  }

  /** Each warning once; without a period at its end, as Ansible's are. */
  warning(message: string): void {
    const text = message.replace(/\.$/, '');
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.line(`${wrap(`[WARNING]: ${text}`, this.look.columns).join('\n')}\n`, 'warn', true);
  }
}

/** Columns a text takes on a terminal: two for East Asian wide characters, none for marks that combine. */
export function width(text: string): number {
  let columns = 0;
  for (const one of text) {
    if (/\p{Mn}|\p{Me}|\p{Cf}|\p{Cc}/u.test(one)) continue;
    columns +=
      /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u.test(
        one,
      )
        ? 2
        : 1;
  }
  return columns;
}

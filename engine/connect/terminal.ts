import { randomBytes } from 'node:crypto';
import { quote } from '../quote.ts';
import { greet } from './greet.ts';
import type { Carrier, Pipe } from './pipe.ts';

/** A command that has a controlling terminal, and all the same three clean streams. */
export interface OnTerminal {
  readonly pipe: Pipe;
  /** The terminal itself, where passwords are asked for. */
  readonly desk: Pipe;
}

/**
 * Runs a command that insists on a terminal (`requiretty`, doas with a password). The terminal is on one channel and the
 * streams on another, joined by named pipes in a private folder: so stderr stays apart and bytes stay as they are.
 *
 * @param text as `Start.text`
 * @param timeout seconds until the streams must be there
 */
export async function openOnTerminal(carrier: Carrier, text: string, shell: string, name: string, timeout: number): Promise<OnTerminal> {
  const mark = randomBytes(8).toString('hex');
  const streams = await carrier.open(`exec ${quote(shell)} -c ${quote(STREAMS)} qplay ${mark}`);
  const start = { text: '', hello: `:${mark}:`, asks: () => false, needsTerminal: false };
  const folder = await greet(streams, start, { name, become: undefined, shell, timeout });
  const desk = await carrier.open(`exec ${quote(shell)} -c ${quote(DESK)} qplay ${quote(folder)} ${quote(shell)} ${quote(text)}`, { terminal: true });
  const pipe: Pipe = {
    stdin: streams.stdin,
    stdout: streams.stdout,
    stderr: streams.stderr,
    ended: desk.ended,
    destroy() {
      streams.destroy();
      desk.destroy();
    },
  };
  void desk.ended.then(() => streams.stdin.end());
  return { pipe, desk };
}

/** $1 mark. Both sides open the pipes in one order, so neither waits for ever. */
const STREAMS = `umask 077; d=$(mktemp -d) || exit
trap 'rm -rf "$d"' EXIT
mkfifo "$d/i" "$d/o" "$d/e" || exit
printf ':%s:%s\\n' "$1" "$d"
cat "$d/o" & cat "$d/e" >&2 & cat >"$d/i"
wait`;

/** $1 folder, $2 shell, $3 command. */
const DESK = `d=$1; "$2" -c "$3" <"$d/i" >"$d/o" 2>"$d/e"`;

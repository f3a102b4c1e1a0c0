/** Colours that are never the only signal: the words are the same without them. */
export interface Style {
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly blue: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

const paint =
  (open: number, close: number) =>
  (text: string): string =>
    text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`;
const same = (text: string): string => text;

const COLOURED: Style = {
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
  cyan: paint(36, 39),
  blue: paint(34, 39),
  dim: paint(2, 22),
  bold: paint(1, 22),
};
const PLAIN: Style = { red: same, green: same, yellow: same, cyan: same, blue: same, dim: same, bold: same };

/** Colours on a terminal; `NO_COLOR` takes them away and `FORCE_COLOR` brings them. */
export function styleFor(isTerminal: boolean): Style {
  if (process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== '') return PLAIN;
  if (process.env.FORCE_COLOR !== undefined && process.env.FORCE_COLOR !== '0') return COLOURED;
  return isTerminal ? COLOURED : PLAIN;
}

/** `0.4 s`, `12 s`, `1m12`. */
export function duration(ms: number): string {
  if (ms < 950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}`;
  return `${Math.floor(seconds / 3600)}h${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')}`;
}

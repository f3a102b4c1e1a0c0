/** What Ansible's settings of colours are called. */
export type Colour =
  | 'ok'
  | 'changed'
  | 'error'
  | 'skip'
  | 'unreachable'
  | 'debug'
  | 'verbose'
  | 'warn'
  | 'included'
  | 'diff-add'
  | 'diff-remove'
  | 'diff-lines';

// ansible-core 2.18: COLOR_OK and its siblings, as SGR parameters
const CODES: Readonly<Record<Colour, string>> = {
  ok: '0;32',
  changed: '0;33',
  error: '0;31',
  skip: '0;36',
  unreachable: '1;31',
  debug: '1;30',
  verbose: '0;34',
  warn: '1;35',
  included: '0;36',
  'diff-add': '0;32',
  'diff-remove': '0;31',
  'diff-lines': '0;36',
};

export type Paint = (text: string, colour: Colour) => string;

/** Ansible's names of colours, as SGR parameters. */
const NAMES: Readonly<Record<string, string>> = {
  black: '0;30',
  'bright gray': '0;37',
  blue: '0;34',
  white: '1;37',
  green: '0;32',
  'bright blue': '1;34',
  cyan: '0;36',
  'bright green': '1;32',
  red: '0;31',
  'bright cyan': '1;36',
  purple: '0;35',
  'bright red': '1;31',
  yellow: '0;33',
  'bright purple': '1;35',
  'dark gray': '1;30',
  'bright yellow': '1;33',
  magenta: '0;35',
  'bright magenta': '1;35',
  normal: '0',
};

/** Colours each line of a text, as Ansible does; `own` are names of colours that were chosen in place of its own. */
export const colouring =
  (own: Readonly<Record<string, string>>): Paint =>
  (text, colour) =>
    text
      .split('\n')
      .map((line) => `\u001b[${NAMES[own[colour] ?? ''] ?? CODES[colour]}m${line}\u001b[0m`)
      .join('\n');

export const plainly: Paint = (text) => text;

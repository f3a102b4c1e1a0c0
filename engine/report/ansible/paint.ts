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

/** Colours each line of a text, as Ansible does. */
export const coloured: Paint = (text, colour) =>
  text
    .split('\n')
    .map((line) => `\u001b[${CODES[colour]}m${line}\u001b[0m`)
    .join('\n');

export const plainly: Paint = (text) => text;

import { type At, inputError } from '../error.ts';
import { type Data, float, VaultText } from '../value.ts';
import { booleanOf, floating, integer } from './plain.ts';
import type { Source } from './source.ts';

const YAML = 'tag:yaml.org,2002:';

/** The full name of a tag as written: `!!str` is `tag:yaml.org,2002:str`, `!vault` stays `!vault`. */
export function tagOf(source: Source, start: number, end: number, handles: ReadonlyMap<string, string>): string {
  const text = source.text.slice(start, end);
  if (text.startsWith('!<')) return text.slice(2, -1);
  const handle = /^![0-9A-Za-z-]*!/.exec(text)?.[0] ?? '!';
  const prefix = handles.get(handle) ?? (handle === '!!' ? YAML : handle);
  return prefix + text.slice(handle.length);
}

/** The value of a scalar with a tag. `at` is the tag's place. */
export function tagged(tag: string, text: string, at: () => At): Data {
  switch (tag) {
    case '!':
    case '!unsafe':
    case `${YAML}str`:
    case `${YAML}timestamp`:
      return text;
    case '!vault':
    case '!vault-encrypted':
      return new VaultText(text);
    case `${YAML}null`:
      return null;
    case `${YAML}binary`:
      return Buffer.from(text, 'base64').toString('utf8');
    case `${YAML}bool`:
      return need(booleanOf(text), 'a boolean', text, at);
    case `${YAML}int`:
      return need(integer(text), 'an integer', text, at);
    case `${YAML}float`:
      return need(asFloat(text), 'a number', text, at);
    default:
      throw inputError('yaml', `The tag ${shown(tag)} is not known.`, {
        at: at(),
        hint: 'Tags that are understood: !vault, !unsafe and those of YAML itself (!!str, !!int, !!float, !!bool, !!null). Text that begins with "!" needs quotes.',
      });
  }
}

function asFloat(text: string): Data | undefined {
  const whole = integer(text);
  return whole === undefined ? floating(text) : float(Number(whole));
}

const shown = (tag: string): string => (tag.startsWith(YAML) ? `!!${tag.slice(YAML.length)}` : tag);

function need<T>(value: T | undefined, what: string, text: string, at: () => At): T {
  if (value === undefined) throw inputError('yaml', `The tag promises ${what}, but "${text}" is none.`, { at: at() });
  return value;
}

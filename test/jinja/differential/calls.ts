import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { Case, Json, Mode } from '../../oracle/templates.ts';

export type Kind = 'filters' | 'tests' | 'lookups';

/** One call of a filter, test or lookup that is put to ansible-core and to qplay. */
export interface Call extends Case {
  readonly kind: Kind;
  /** The filter, test or lookup it is about. */
  readonly name: string;
  /** The order of a list's members does not count: Python made them of a set. */
  readonly unordered?: boolean;
  /** Why qplay answers otherwise: a call so marked must differ. */
  readonly differs?: string;
}

interface Written {
  readonly call: string;
  readonly mode?: Mode;
  readonly vars?: Readonly<Record<string, Json>>;
  readonly unordered?: boolean;
  readonly differs?: string;
  /** Texts that stand, each in turn, where the call says `<name>`. */
  readonly over?: Readonly<Record<string, readonly string[]>>;
}

const FOLDER = join(import.meta.dirname, 'calls');

function read(kind: Kind, name: string, written: string | Written): Call[] {
  if (typeof written === 'string') return [{ kind, name, text: written, mode: 'expression' }];
  const { call, over = {}, mode = 'expression', ...rest } = written;
  const texts = Object.entries(over).reduce(
    (made, [place, fillings]) => made.flatMap((text) => fillings.map((each) => text.replaceAll(`<${place}>`, each))),
    [call],
  );
  return texts.map((text) => ({ kind, name, text, mode, ...rest }));
}

/**
 * The calls written down in `calls/`. A file is one family; it says `filters:`, `tests:` or `lookups:`, below that a list of
 * calls by name. A call is an expression, or a mapping of `call`, `mode`, `vars`, `unordered`, `differs` and `over`.
 */
export function writtenCalls(kind: Kind): readonly Call[] {
  const known = held.get(kind) ?? readCalls(kind);
  held.set(kind, known);
  return known;
}

const held = new Map<Kind, readonly Call[]>();

function readCalls(kind: Kind): Call[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) => {
      const family = load(readFileSync(join(FOLDER, file), 'utf8')) as Partial<Record<Kind, Record<string, (string | Written)[]>>>;
      return Object.entries(family[kind] ?? {}).flatMap(([name, calls]) => calls.flatMap((one) => read(kind, name, one)));
    });
}

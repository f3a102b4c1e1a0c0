/** What a piece of a template may stand for; pieces of one sort can take each other's place. */
export type Sort = 'expression' | 'statement' | 'option' | 'template';

/** A piece of a template as the grammar made it: text and further pieces, in order. */
export interface Piece {
  readonly sort: Sort;
  readonly parts: readonly (string | Piece)[];
}

type Part = string | number | Piece | readonly Piece[];

function piece(sort: Sort, texts: readonly string[], parts: readonly Part[]): Piece {
  const all: (string | Piece)[] = [];
  for (const [index, text] of texts.entries()) {
    if (text !== '') all.push(text);
    const part = parts[index];
    if (part === undefined) continue;
    if (typeof part === 'string' || typeof part === 'number') all.push(String(part));
    else if (Array.isArray(part)) all.push(...(part as readonly Piece[]));
    else all.push(part as Piece);
  }
  return { sort, parts: all };
}

type Tag = (texts: TemplateStringsArray, ...parts: Part[]) => Piece;
const tag =
  (sort: Sort): Tag =>
  (texts, ...parts) =>
    piece(sort, texts.raw, parts);

/** An expression. */
export const expr: Tag = tag('expression');
/** A statement, an output or plain text: may be left out. */
export const stmt: Tag = tag('statement');
/** What may be left out of an expression or a tag, its comma included. */
export const option: Tag = tag('option');
export const template = (parts: readonly Piece[]): Piece => ({ sort: 'template', parts });

/** Pieces with commas between, each of which may be left out but the first. */
export const commas = (pieces: readonly Piece[]): Piece[] => pieces.map((one, index) => (index === 0 ? one : option`, ${one}`));

/** The text of a piece. */
export function textOf(one: Piece): string {
  let text = '';
  for (const part of one.parts) text += typeof part === 'string' ? part : textOf(part);
  return text;
}

const ATOMS = ['0', "''", '[]', 'none', '1', "'a'", '{}'].map((text): Piece => ({ sort: 'expression', parts: [text] }));
const NOTHING: Piece = { sort: 'option', parts: [] };

/** Every piece that is this one with one thing made simpler, the largest steps first. */
export function* simpler(root: Piece): Generator<Piece> {
  const steps: { size: number; make: () => Piece }[] = [];
  collect(root, (replacement) => replacement, steps);
  steps.sort((a, b) => b.size - a.size);
  for (const step of steps) yield step.make();
}

function collect(one: Piece, rebuild: (replacement: Piece) => Piece, steps: { size: number; make: () => Piece }[]): void {
  const size = textOf(one).length;
  for (const replacement of replacements(one)) {
    const saved = size - textOf(replacement).length;
    if (saved > 0) steps.push({ size: saved, make: () => rebuild(replacement) });
  }
  for (const [index, part] of one.parts.entries()) {
    if (typeof part === 'string') continue;
    collect(part, (replacement) => rebuild({ ...one, parts: one.parts.with(index, replacement) }), steps);
  }
}

function replacements(one: Piece): Piece[] {
  if (one.sort === 'option') return [NOTHING];
  const inner = [...below(one)].filter((piece) => piece.sort === one.sort);
  if (one.sort === 'statement') return [{ ...NOTHING, sort: 'statement' }, ...inner];
  return one.sort === 'expression' ? [...inner, ...ATOMS] : inner;
}

function* below(one: Piece): Generator<Piece> {
  for (const part of one.parts) {
    if (typeof part === 'string') continue;
    yield part;
    yield* below(part);
  }
}

import { type Piece, simpler, textOf } from './tree.ts';

const AT_ONCE = 40;
const ROUNDS = 60;

/**
 * The smallest piece found, by making one thing simpler at a time, for which `differs` still holds. `differs` judges many at
 * once, since asking costs a round trip.
 */
export async function shrink(found: Piece, differs: (candidates: readonly Piece[]) => Promise<readonly boolean[]>): Promise<Piece> {
  let best = found;
  for (let round = 0; round < ROUNDS; round++) {
    const next = await firstThatDiffers(best, differs);
    if (next === undefined) return best;
    best = next;
  }
  return best;
}

async function firstThatDiffers(from: Piece, differs: (candidates: readonly Piece[]) => Promise<readonly boolean[]>): Promise<Piece | undefined> {
  const tried = new Set([textOf(from)]);
  let some: Piece[] = [];
  for (const candidate of simpler(from)) {
    const text = textOf(candidate);
    if (tried.has(text)) continue;
    tried.add(text);
    some.push(candidate);
    if (some.length < AT_ONCE) continue;
    const index = (await differs(some)).indexOf(true);
    if (index >= 0) return some[index];
    some = [];
  }
  const index = some.length === 0 ? -1 : (await differs(some)).indexOf(true);
  return index >= 0 ? some[index] : undefined;
}

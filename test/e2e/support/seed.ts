/** Random numbers in [0, 1) that come again with the same seed; QPLAY_SEED gives one, else the time does (mulberry32). */
export function seeded(): { readonly seed: number; readonly random: () => number } {
  const seed = Number(process.env.QPLAY_SEED ?? Date.now() % 2 ** 31);
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { seed, random };
}

import { createHash, randomInt } from 'node:crypto';
import type { Value } from '../values.ts';
import { numeric } from './compare.ts';
import { toText } from './text.ts';

/** Gives whole numbers from 0 up to, not including, a limit. */
export interface RandomSource {
  below(limit: number): number;
}

/** The system's randomness. */
export const systemRandom: RandomSource = { below: (limit) => (limit <= 1 ? 0 : randomInt(limit)) };

const SIZE = 624;
const SHIFT = 397;

/** Python's `random.Random(seed)`: the Mersenne twister, so that a seed gives what Ansible gives. */
export class SeededRandom implements RandomSource {
  readonly #state = new Uint32Array(SIZE);
  #index = SIZE;

  constructor(seed: Value) {
    this.#init(seedKey(seed));
  }

  #init(key: readonly number[]): void {
    const state = this.#state;
    state[0] = 19650218;
    for (let i = 1; i < SIZE; i++) state[i] = mix(state, i, 1812433253) + i;
    let [i, j] = [1, 0];
    for (let k = Math.max(SIZE, key.length); k > 0; k--) {
      state[i] = ((state[i] as number) ^ mix(state, i, 1664525)) + (key[j] as number) + j;
      [i, j] = [this.#step(i), (j + 1) % key.length];
    }
    for (let k = SIZE - 1; k > 0; k--) {
      state[i] = ((state[i] as number) ^ mix(state, i, 1566083941)) - i;
      i = this.#step(i);
    }
    state[0] = 0x80000000;
  }

  #step(i: number): number {
    if (i + 1 < SIZE) return i + 1;
    this.#state[0] = this.#state[SIZE - 1] as number;
    return 1;
  }

  #word(): number {
    if (this.#index >= SIZE) this.#twist();
    let y = this.#state[this.#index++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #twist(): void {
    const state = this.#state;
    for (let k = 0; k < SIZE; k++) {
      const y = ((state[k] as number) & 0x80000000) | ((state[(k + 1) % SIZE] as number) & 0x7fffffff);
      state[k] = (state[(k + SHIFT) % SIZE] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#index = 0;
  }

  #bits(count: number): number {
    if (count <= 32) return this.#word() >>> (32 - count);
    const low = this.#word();
    return (this.#word() >>> (64 - count)) * 2 ** 32 + low;
  }

  below(limit: number): number {
    if (limit <= 0) return 0;
    const count = limit.toString(2).length;
    let value = this.#bits(count);
    while (value >= limit) value = this.#bits(count);
    return value;
  }
}

const mix = (state: Uint32Array, i: number, factor: number): number => {
  const previous = state[i - 1] as number;
  return Math.imul(previous ^ (previous >>> 30), factor);
};

/** The seed as the words that Python makes of it. */
function seedKey(seed: Value): number[] {
  const number = numeric(seed);
  const isWhole = number !== undefined && (typeof number === 'bigint' || Number.isInteger(number));
  let value = isWhole ? BigInt(number as number) : textSeed(toText(seed));
  if (value < 0n) value = -value;
  const words: number[] = [];
  for (; value > 0n; value >>= 32n) words.push(Number(value & 0xffffffffn));
  return words.length === 0 ? [0] : words;
}

function textSeed(text: string): bigint {
  const bytes = Buffer.from(text, 'utf8');
  return BigInt(`0x${Buffer.concat([bytes, createHash('sha512').update(bytes).digest()]).toString('hex')}`);
}

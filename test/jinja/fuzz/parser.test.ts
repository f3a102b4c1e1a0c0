import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import '../../../engine/jinja/index.ts';
import { mutated, readBoth } from './mutate.ts';
import { Random } from './random.ts';
import { Templates } from './statements.ts';
import { textOf } from './tree.ts';

// `npm run fuzz:jinja -- --parser --count 1000000` sets these
const count = Number(process.env.QPLAY_PARSER_COUNT ?? 100_000);
const seed = Number(process.env.QPLAY_FUZZ_SEED ?? 1);

const read = (name: string): { cases: { template: string }[] } => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const recorded = ['cases.json', 'more-cases.json'].flatMap((name) => read(name).cases.map((one) => one.template));

/** Bytes in use once what nothing holds is collected. */
function heap(collect: () => void): number {
  collect();
  return process.memoryUsage().heapUsed;
}

test(
  `${count} mutated templates give a template or a diagnostic, and leave no memory behind`,
  () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const random = new Random(seed);
    const generated = new Templates(random);
    const templates = [...recorded, ...Array.from({ length: 500 }, () => textOf(generated.template(3)))];
    let valid = 0;
    let settled = 0;
    let longest = 0;
    for (let index = 0; index < count; index++) {
      const text = mutated(templates, random);
      const start = process.cpuUsage().user;
      valid += readBoth(text);
      longest = Math.max(longest, process.cpuUsage().user - start);
      // caches have filled by then
      if (index === Math.floor(count / 4)) settled = heap(collect);
    }
    const growth = heap(collect) - settled;
    if (process.env.QPLAY_PARSER_COUNT !== undefined)
      process.stderr.write(`${count} inputs, ${valid} readings valid, heap ${(growth / 1024).toFixed(0)} KiB more, longest ${longest / 1000} ms of CPU\n`);
    expect(valid).toBeGreaterThan(count / 20);
    expect(growth).toBeLessThan(8 * 1024 * 1024);
  },
  Math.max(300_000, count * 5),
);

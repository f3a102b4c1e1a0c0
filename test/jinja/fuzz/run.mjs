// npm run fuzz:jinja -- [--count N] [--seed S] [--most N] [--parser]
// A long run of the fuzzers that CI runs briefly: random templates against ansible-core, or with --parser mutated templates
// through the parser alone. Differences are made small and printed; --most ends the run after so many.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    most: { type: 'string', default: '20' },
    parser: { type: 'boolean', default: false },
  },
});
for (const name of ['count', 'seed', 'most']) {
  if (/^\d+$/.test(values[name])) continue;
  console.error(`fuzz:jinja: --${name} must be a whole number, not "${values[name]}"`);
  process.exit(3);
}
console.error(`seed ${values.seed}`);
const env = {
  ...process.env,
  QPLAY_FUZZ_SEED: values.seed,
  QPLAY_FUZZ_MOST: values.most,
  [values.parser ? 'QPLAY_PARSER_COUNT' : 'QPLAY_FUZZ_COUNT']: values.count,
};
const file = values.parser ? 'parser' : 'differential';
const { status } = spawnSync('npx', ['--no-install', 'vitest', 'run', '--project', 'unit', `test/jinja/fuzz/${file}.test.ts`], { env, stdio: 'inherit' });
process.exit(status ?? 1);

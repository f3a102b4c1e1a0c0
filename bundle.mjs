// npm run build: the engine and its modules as a few files in dist/engine/cli. Some 160 small files are read at the start of a
// run otherwise, which is a third of its start-up time and 15 MB of memory. Modules stay files of their own, read when called.
import { readFileSync } from 'node:fs';
import { rolldown } from 'rolldown';

/** Folder to write to; the one of package.json's `bin` when absent. */
const dir = process.argv[2] ?? 'dist/engine/cli';
const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const packages = Object.keys(dependencies).map((name) => new RegExp(`^${name}(/|$)`));

const bundle = await rolldown({ input: 'engine/cli/main.ts', platform: 'node', external: [/^node:/, ...packages] });
await bundle.write({ dir, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' });
await bundle.close();

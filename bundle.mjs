// npm run build: the engine and its modules as a few files in dist/engine/cli, and the code that V8 makes of them beside them
// (docs/decisions/0015-code-cache.md). Hundreds of small files would be read and compiled at the start of a run otherwise.
// Modules stay files of their own, read when called.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { makeCode } from './code.mjs';

/** Folder to write to; the one of package.json's `bin` when absent. */
const dir = process.argv[2] ?? 'dist/engine/cli';
/** Packages that every run needs are part of the bundle; the others are loaded from node_modules when they are needed. */
const BUNDLED = ['js-yaml', 'p-limit'];

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const packages = Object.keys(dependencies)
  .filter((name) => !BUNDLED.includes(name))
  .map((name) => new RegExp(`^${name}(/|$)`));

/** Packages that are imported late are asked of main.js: in what `vm` compiles, Node's own `import()` is experimental, and says so. */
const late = {
  name: 'late',
  renderChunk: (code, { name }) => (name === 'main' ? null : { code: code.replace(/\bimport\((?=["'][^."'])/g, 'importPackage('), map: null }),
};

await write('main', 'engine/cli/start.ts');
await write('qplay', 'engine/cli/main.ts');
writeFileSync(join(dir, 'package.json'), '{"type": "commonjs"}\n');
writeFileSync(join(dir, 'licenses.txt'), [...BUNDLED, 'yocto-queue'].map(licenseOf).join('\n'));
makeCode(dir);

async function write(name, input) {
  const bundle = await rolldown({ input: { [name]: input }, platform: 'node', external: [/^node:/, ...packages] });
  await bundle.write({ dir, format: 'cjs', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', plugins: [late] });
  await bundle.close();
}

/** What the license of a package that is part of the bundle asks for. */
function licenseOf(name) {
  const folder = new URL(`node_modules/${name}/`, import.meta.url);
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  return `${name}\n\n${readFileSync(new URL(file, folder), 'utf8')}`;
}

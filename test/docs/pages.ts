import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** Folder of the project. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Text of a file of the project. */
export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** `UPDATE_DOCS=1 npx vitest run --project unit test/docs` writes generated pages in place of comparing them. */
const updating = process.env.UPDATE_DOCS === '1';

/** A generated page must be what stands in the repository. */
export function expectPage(path: string, text: string): void {
  if (updating) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
  expect(read(path), `${path} is stale; write it anew: UPDATE_DOCS=1 npx vitest run --project unit test/docs`).toBe(text);
}

/** A part of a page between two marks, `<!-- NAME -->` and `<!-- /NAME -->`, is generated; the rest is written by hand. */
export function expectPart(path: string, name: string, text: string): void {
  const page = read(path);
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  expect(from >= 0 && to > from, `${path} has no part "${name}"`).toBe(true);
  expectPage(path, `${page.slice(0, from + start.length)}${text}${page.slice(to)}`);
}

/** Text as the cell of a table. */
export const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();

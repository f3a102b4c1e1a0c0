import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './pages.ts';

const FOLDERS = ['docs', 'lab', 'bench', 'playbooks', 'roles', 'inventory'];

const below = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((one) => {
    const path = join(folder, one.name);
    return one.isDirectory() ? below(path) : path.endsWith('.md') ? [path] : [];
  });

const files = [
  ...readdirSync(ROOT)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(ROOT, name)),
  ...FOLDERS.flatMap((name) => below(join(ROOT, name))),
];

/** Text without fenced code and code spans, where brackets are no links. */
const prose = (text: string): string => text.replaceAll(/^(```+)[\s\S]*?^\1\s*$/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** The anchor GitHub gives a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

const anchorsOf = (file: string): Set<string> =>
  new Set(
    [
      ...readFileSync(file, 'utf8')
        .replaceAll(/^(```+)[\s\S]*?^\1\s*$/gm, '')
        .matchAll(/^#+ (.*)$/gm),
    ].map((found) => anchor(found[1] as string)),
  );

function broken(file: string): string[] {
  const links = [...prose(readFileSync(file, 'utf8')).matchAll(/!?\[[^\]]*\]\(([^)\s]+)\)/g)].map((found) => found[1] as string);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', fragment] = link.split('#');
    const target = path === '' ? file : resolve(dirname(file), path);
    if (!existsSync(target)) return true;
    return fragment !== undefined && statSync(target).isFile() && !anchorsOf(target).has(fragment);
  });
}

describe('every link inside the project leads somewhere', () => {
  it.each(files.map((file) => [relative(ROOT, file), file]))('%s', (_, file) => {
    expect(broken(file)).toEqual([]);
  });
});

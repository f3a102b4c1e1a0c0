import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { VERSION } from '../engine/version.ts';

const root = resolve(import.meta.dirname, '..');

const sources = ['engine', 'modules'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => join(root, folder, file)),
);

/** `engine/x/...` and `modules/y/...` are rooms of their own; what lies beside the rooms is shared by all. */
function roomOf(file: string): string {
  const parts = relative(root, file).split('/');
  if (parts[0] === 'modules') return 'modules';
  return parts.length > 2 ? `${parts[0]}/${parts[1]}` : `${parts[0]}/*`;
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path]) => resolve(dirname(file), path as string));
}

test('dependencies between rooms point one way', () => {
  const edges = new Map<string, Map<string, string>>();
  for (const file of sources) {
    for (const target of importsOf(file)) {
      const [from, to] = [roomOf(file), roomOf(target)];
      if (from === to) continue;
      const known = edges.get(from) ?? new Map<string, string>();
      known.set(to, `${relative(root, file)} imports ${relative(root, target)}`);
      edges.set(from, known);
    }
  }
  expect(cycles(edges)).toEqual([]);
});

/** Every way that leads from a room back to itself, as the imports that make it. */
function cycles(edges: ReadonlyMap<string, ReadonlyMap<string, string>>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (room: string, path: readonly string[], why: readonly string[]): void => {
    const at = path.indexOf(room);
    if (at >= 0) {
      found.push([...why.slice(at)]);
      return;
    }
    if (done.has(room)) return;
    for (const [to, reason] of edges.get(room) ?? []) visit(to, [...path, room], [...why, reason]);
    done.add(room);
  };
  for (const room of edges.keys()) visit(room, [], []);
  return found;
}

test('only reporters and the command line print', () => {
  const printing = sources.filter((file) => /console\.|process\.std(out|err)\.write/.test(readFileSync(file, 'utf8'))).map((file) => relative(root, file));
  // the url lookup writes to the standard output of a child process of its own, where its answer is read from
  expect(printing.filter((file) => !/^engine\/(cli|report)\//.test(file) && file !== 'engine/jinja/lookups/url.ts')).toEqual([]);
});

test('nothing is left to be done in the sources', () => {
  const left = sources.filter((file) => /\b(TODO|FIXME|XXX)\b/.test(readFileSync(file, 'utf8'))).map((file) => relative(root, file));
  expect(left).toEqual([]);
});

test('the version that is printed is the package’s', () => {
  expect(VERSION).toBe(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
});

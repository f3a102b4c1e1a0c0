import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HEADS } from '../../modules/quay/heads.ts';
import { referenceOf } from '../../modules/quay/registry_images.ts';
import { GRAPH } from '../../modules/quay/upgrade/graph.ts';
import { compareVersions } from '../../modules/quay/versions.ts';
import { LAB } from './bash.ts';

/** A line of the lab's catalogue. */
const rows = readFileSync(`${LAB}/images/catalogue`, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [recipe, layer, user, http, https, name, ...tags] = line.split(' ');
    return { recipe, layer, user, http, https, name, tags };
  });
const rowOf = (path: string) => rows.find(({ name }) => name === path);

test('the lab has every image of the path graph, under its name and tag', () => {
  const images = GRAPH.lines.flatMap((line) => [...Object.values(line.images), ...Object.values(line.service_images)]);
  const missing = images.filter((image) => {
    const { path, tag } = referenceOf(image) as { path: string; tag: string };
    return !rowOf(path)?.tags.includes(tag);
  });
  expect(missing).toEqual([]);
});

test('a Quay runs as the user, and listens on the ports, that the graph names', () => {
  for (const line of GRAPH.lines) {
    const row = rowOf(referenceOf(line.images.quay)?.path as string);
    expect(row, line.line).toMatchObject({ user: String(line.user), http: String(line.ports.http), https: String(line.ports.https) });
  }
});

test('the stand-in’s revisions are those of the graph, with some that lie between', () => {
  const python = readFileSync(`${LAB}/images/quay/files/quay-registry/standin/versions.py`, 'utf8');
  const chain = [...python.matchAll(/\(\((\d+), (\d+), (\d+)\), "([0-9a-f]{12})"\)/g)].map(([, a, b, c, revision]) => ({
    since: `${a}.${b}.${c}`,
    revision,
  }));
  expect(chain.length).toBeGreaterThan(20);
  for (const { from, head } of HEADS) {
    const last = chain.findLast(({ since }) => compareVersions(since, from) <= 0);
    expect(last?.revision, from).toBe(head);
  }
});

test('every revision has a step', () => {
  const folder = `${LAB}/images/quay/files/quay-registry/standin`;
  const revisions = (file: string): string[] => [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/"([0-9a-f]{12})"/g)].map(([, one]) => one as string);
  expect(revisions('schema.py')).toEqual(revisions('versions.py'));
});

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { oracle } from '../oracle/oracle.ts';
import { PlayServer } from '../oracle/play-server.ts';
import { LOCAL, player } from '../rig.ts';

const play = player();
const env = process.env;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qplay-cache-'));
  process.env = { ...env, ...kept() };
});
afterEach(() => {
  process.env = env;
  rmSync(folder, { recursive: true, force: true });
});

const kept = (): Record<string, string> => ({ ANSIBLE_CACHE_PLUGIN: 'jsonfile', ANSIBLE_CACHE_PLUGIN_CONNECTION: join(folder, 'facts') });

const shows = (expression: string) => ({
  hosts: LOCAL('a'),
  'play.yaml': `- hosts: a\n  gather_facts: false\n  tasks:\n    - debug: {msg: "{{ ${expression} }}"}\n`,
});

test('facts that were gathered are there in the next run, in a file for the owner', async () => {
  await play({ hosts: LOCAL('a'), 'play.yaml': '- hosts: a\n  gather_subset: ["!all", "platform"]\n  tasks: []\n' });
  expect(readdirSync(join(folder, 'facts'))).toEqual(['a']);
  expect(statSync(join(folder, 'facts/a')).mode & 0o777).toBe(0o600);
  expect((await play(shows('ansible_system ~ ansible_facts.system'))).said[0]).toContain('LinuxLinux');
});

test('facts that are too old are not there', async () => {
  mkdirSync(join(folder, 'facts'));
  writeFileSync(join(folder, 'facts/a'), '{"colour": "red"}');
  const old = Date.now() / 1000 - 90_000;
  utimesSync(join(folder, 'facts/a'), old, old);
  expect((await play(shows("colour | d('none')"))).said[0]).toContain('none');
  process.env.ANSIBLE_CACHE_PLUGIN_TIMEOUT = '0';
  expect((await play(shows("colour | d('none')"))).said[0]).toContain('red');
});

test('a file that holds no facts is removed, and the run says so; a folder that cannot be is a mistake', async () => {
  mkdirSync(join(folder, 'facts'));
  writeFileSync(join(folder, 'facts/a'), '{"colour": ');
  const ran = await play(shows('1'));
  expect([ran.exit, ran.diagnostics[0]?.code]).toEqual([3, 'fact-cache']);
  expect(readdirSync(join(folder, 'facts'))).toEqual([]);
  process.env.ANSIBLE_CACHE_PLUGIN_CONNECTION = '/dev/null/facts';
  expect((await play(shows('1'))).diagnostics[0]?.code).toBe('fact-cache');
});

const it = oracle();
const lacking = 'lacking' in it ? it.lacking : undefined;
test.skipIf(lacking !== undefined)(
  `what either writes the other reads${lacking === undefined ? '' : ` (skipped: ${lacking})`}`,
  { timeout: 120_000 },
  async () => {
    const server = new PlayServer();
    try {
      writeFileSync(join(folder, 'hosts'), 'a ansible_connection=local\nb ansible_connection=local\n');
      writeFileSync(
        join(folder, 'set.yml'),
        '- hosts: a,b\n  gather_facts: false\n  tasks:\n    - set_fact: {colour: "é {{ inventory_hostname }}", list: [1, 2.5, null, {x: true}], cacheable: true}\n',
      );
      writeFileSync(join(folder, 'show.yml'), '- hosts: a\n  gather_facts: false\n  tasks:\n    - debug: {msg: "{{ colour }} {{ list }}"}\n');
      await server.run({ argv: ['-i', 'hosts', 'set.yml'], cwd: folder, env: kept() });
      const theirs = readFileSync(join(folder, 'facts/a'), 'utf8');
      expect((await play(shows("colour ~ ' ' ~ list"))).said[0]).toContain("é a [1, 2.5, None, {'x': True}]");
      await play({ hosts: LOCAL('a', 'b'), 'play.yaml': readFileSync(join(folder, 'set.yml'), 'utf8') }, { flushCache: true });
      expect(readFileSync(join(folder, 'facts/a'), 'utf8')).toBe(theirs);
      const shown = await server.run({ argv: ['-i', 'hosts', 'show.yml'], cwd: folder, env: kept() });
      expect(shown.stdout).toContain("é a [1, 2.5, None, {'x': True}]");
    } finally {
      await server.close();
    }
  },
);

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { program } from '../../oracle/oracle.ts';
import { runFiles } from '../../rig.ts';
import type { Case } from './cases.ts';

/** What a case came to: the registered value of each task, and the files afterwards. */
export interface Answer {
  readonly results: readonly unknown[];
  readonly files: Readonly<Record<string, string>>;
}

export type Answers = Readonly<Record<string, Answer>>;

/** Both engines get the same playbook: every case a block with its folder in `d`, and one file with all results at the end. */
export function playbookOf(cases: readonly Case[], root: string, port: number): string {
  const names: string[][] = [];
  const blocks = cases.map((one, i) => {
    names.push(one.tasks.map((_, j) => `r_${i}_${j}`));
    return {
      name: one.name,
      vars: { d: join(root, String(i)), port, url: `http://127.0.0.1:${port}` },
      block: one.tasks.map((task, j) => ({ ...task, register: names[i]?.[j], ignore_errors: true })),
    };
  });
  const results = `{{ [${names.map((of) => `[${of.map((name) => `${name} | default(none)`).join(', ')}]`).join(', ')}] | to_json }}`;
  const save = { name: 'Save', copy: { dest: join(root, 'results.json'), content: results } };
  return dump([{ hosts: 'localhost', connection: 'local', gather_facts: false, tasks: [...blocks, save] }], { lineWidth: -1 });
}

/** A folder with one for each case, made ready. */
function stage(cases: readonly Case[]): string {
  const root = mkdtempSync(join(tmpdir(), 'qplay-alike-'));
  chmodSync(root, 0o755);
  cases.forEach((one, i) => {
    const folder = join(root, String(i));
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    if (one.given === undefined) return;
    const { status, stderr } = spawnSync('sh', ['-euc', `umask 022\n${one.given}`], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${one.name}: given: ${stderr}`);
  });
  return root;
}

/** Answers of ansible-core, all cases in one run. */
export async function askAnsible(cases: readonly Case[], port: number): Promise<Answers> {
  const root = stage(cases);
  try {
    writeFileSync(join(root, 'play.yaml'), playbookOf(cases, root, port));
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      ANSIBLE_PYTHON_INTERPRETER: program('python'),
      LC_ALL: 'C.UTF-8',
      ANSIBLE_LOCALHOST_WARNING: 'False',
    };
    const child = spawn(program('ansible-playbook'), ['play.yaml'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (data) => (said += data));
    child.stderr.on('data', (data) => (said += data));
    await new Promise((done) => child.on('close', done));
    return answersIn(cases, root, port, said);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Answers of qplay. */
export async function askQplay(cases: readonly Case[], port: number): Promise<Answers> {
  const root = stage(cases);
  try {
    const ran = await runFiles({ 'play.yaml': playbookOf(cases, root, port) });
    rmSync(ran.folder, { recursive: true, force: true });
    return answersIn(cases, root, port, ran.text);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function answersIn(cases: readonly Case[], root: string, port: number, said: string): Answers {
  let results: unknown[][];
  try {
    results = JSON.parse(readFileSync(join(root, 'results.json'), 'utf8'));
  } catch {
    throw new Error(`no results: ${said.slice(-4000)}`);
  }
  return Object.fromEntries(
    cases.map((one, i) => {
      const folder = join(root, String(i));
      const plain = (value: unknown): unknown =>
        normal(value, one, (text) => text.replaceAll(folder, '<D>').replaceAll(root, '<ROOT>').replaceAll(`:${port}`, ':<PORT>'));
      return [one.name, { results: (results[i] as unknown[]).map(plain), files: filesOf(folder, root) }];
    }),
  );
}

const BACKUP = /\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~/g;

/** Keys whose values differ between any two runs, or that only say how Ansible did it. */
const PASSING = new Set([
  'start',
  'end',
  'delta',
  'atime',
  'mtime',
  'ctime',
  'inode',
  'dev',
  'invocation',
  'exception',
  'warnings',
  'deprecations',
  'elapsed',
  'version',
  'port',
]);

function normal(value: unknown, one: Case, text: (from: string) => string): unknown {
  if (typeof value === 'string') {
    return text(value)
      .replace(BACKUP, '.<BACKUP>')
      .replace(/\S*\/\.?ansible[-/]\S*/g, '<TMP>');
  }
  if (Array.isArray(value)) return value.map((member) => normal(member, one, text));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !PASSING.has(key) && !one.ignore.includes(key));
  return Object.fromEntries(kept.map(([key, member]) => [text(key), normal(member, one, text)]));
}

/** `path: what it is`, with the mode and the sum of the content. */
function filesOf(folder: string, root: string, under = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(folder, under)).sort()) {
    // what git keeps is its own affair
    if (name === '.git' || existsSync(join(folder, under, name, 'packed-refs'))) continue;
    const path = join(folder, under, name);
    const info = lstatSync(path);
    const mode = (info.mode & 0o7777).toString(8);
    const label = join(under, name)
      .replace(BACKUP, '.<BACKUP>')
      .replace(root.slice(1), '<ROOT>')
      .replace(/<ROOT>\/\d+/, '<ROOT>/<D>');
    if (info.isSymbolicLink()) found[label] = `link ${readlinkSync(path).replaceAll(folder, '<D>')}`;
    else if (info.isDirectory()) Object.assign(found, { [label]: `folder ${mode}` }, filesOf(folder, root, join(under, name)));
    else found[label] = `file ${mode} ${createHash('sha1').update(readFileSync(path)).digest('hex').slice(0, 12)}`;
  }
  return found;
}

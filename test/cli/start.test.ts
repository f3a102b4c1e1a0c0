import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { built } from './built.ts';

const original = dirname(built());
const work = mkdtempSync(join(original, '../start-'));
writeFileSync(join(work, 'play.yml'), '- hosts: all\n  gather_facts: false\n  tasks:\n    - {name: hello, debug: {msg: "{{ 1 + 1 }}"}}\n');
writeFileSync(
  join(work, 'watch.cjs'),
  `const vm = require('node:vm');
const { Script } = vm;
vm.Script = class extends Script {
  constructor(source, options) {
    super(source, options);
    process.stderr.write(options.cachedData === undefined ? 'none\\n' : this.cachedDataRejected ? 'refused\\n' : 'taken\\n');
  }
};`,
);

/** A copy of the build, to be spoiled. */
function copy(): string {
  const dir = mkdtempSync(join(original, '../copy-'));
  cpSync(original, dir, { recursive: true, preserveTimestamps: true });
  return dir;
}

const codeOf = (dir: string): string[] => {
  const folder = join(dir, 'code', `${process.version}-${process.arch}`);
  return readdirSync(folder).map((name) => join(folder, name));
};

/** What became of the code of each chunk, and what the run said. */
function run(dir: string, ...flags: string[]): { code: string[]; out: string; exit: number | null } {
  const words = ['--require', join(work, 'watch.cjs'), ...flags, join(dir, 'main.js'), 'run', '-i', 'localhost,', '-c', 'local', 'play.yml', '-o', 'ansible'];
  const { stdout, stderr, status } = spawnSync(process.execPath, words, { cwd: work, encoding: 'utf8' });
  return { code: [...new Set(stderr.trim().split('\n'))].toSorted(), out: stdout, exit: status };
}

const good = run(original);

describe('the code cache of a build', () => {
  it('is taken, whole', () => {
    expect(good.exit).toBe(0);
    expect(good.out).toContain('"msg": "2"');
    expect(good.code).toEqual(['taken']);
  });

  it('may be missing', () => {
    const dir = copy();
    rmSync(join(dir, 'code'), { recursive: true });
    expect(run(dir)).toEqual({ ...good, code: ['none'] });
  });

  it('is not looked at by another Node', () => {
    const dir = copy();
    cpSync(join(dir, 'code', `${process.version}-${process.arch}`), join(dir, 'code', 'v1.2.3-other'), { recursive: true });
    rmSync(join(dir, 'code', `${process.version}-${process.arch}`), { recursive: true });
    expect(run(dir)).toEqual({ ...good, code: ['none'] });
  });

  it('is refused by a V8 of other flags, and where it is cut short, empty or something else', () => {
    expect(run(original, '--stack-size=900')).toEqual({ ...good, code: ['refused'] });
    const dir = copy();
    for (const [index, path] of codeOf(dir).entries()) {
      if (index % 3 === 0) truncateSync(path, statSync(path).size >> 1);
      else writeFileSync(path, index % 3 === 1 ? '' : 'x'.repeat(5000));
    }
    expect(run(dir)).toEqual({ ...good, code: ['refused'] });
  });

  it('does not count for a chunk that was changed after it, of the same length even', () => {
    const dir = copy();
    const main = join(dir, 'qplay.js');
    const text = readFileSync(main, 'utf8');
    writeFileSync(main, text.replace('First look', 'Second try'));
    const later = new Date(Date.now() + 5000);
    utimesSync(main, later, later);
    expect(spawnSync(process.execPath, [join(dir, 'main.js'), '--help'], { encoding: 'utf8' }).stdout).toContain('Second try');
    expect(run(dir)).toEqual({ ...good, code: ['none', 'taken'] });
  });

  it('lets packages be imported late, without a word of Node about it', () => {
    writeFileSync(join(work, 'away.ini'), 'away ansible_host=127.0.0.1 ansible_port=1\n');
    writeFileSync(join(work, 'away.yml'), '- {hosts: all, gather_facts: false, tasks: [command: "true"]}\n');
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(original, 'main.js'), 'run', '-i', 'away.ini', 'away.yml', '-o', 'plain'], {
      cwd: work,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([4, '']);
    expect(stdout).toContain('127.0.0.1');
  });

  it('is never written by a run', () => {
    const dir = copy();
    rmSync(join(dir, 'code'), { recursive: true });
    run(dir);
    expect(readdirSync(dir)).not.toContain('code');
  });
});

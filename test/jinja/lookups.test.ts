import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contextIn, evaluate, failure, render, type TestContext } from './support.ts';

let folder: string;
let context: TestContext;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qplay-jinja-'));
  context = contextIn(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const mode = (path: string): number => statSync(path).mode & 0o777;

describe('password', () => {
  const template = "{{ lookup('password', 'secrets/db length=24 chars=ascii_letters,digits') }}";

  test('is made once, kept, and read by its owner alone', () => {
    const first = evaluate(template, {}, context);
    expect(first).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(evaluate(template, {}, context)).toBe(first);
    expect(readFileSync(join(folder, 'secrets/db'), 'utf8')).toBe(`${String(first)}\n`);
    expect([mode(join(folder, 'secrets/db')), mode(join(folder, 'secrets'))]).toEqual([0o600, 0o700]);
    expect(context.secrets).toContain(first);
  });

  test('leaves nothing else behind', () => {
    evaluate(template, {}, context);
    expect(readdirSync(join(folder, 'secrets'))).toEqual(['db']);
  });

  test('takes a file that is there, with options as named arguments too', () => {
    writeFileSync(join(folder, 'own'), 'kept by hand\n');
    expect(evaluate("{{ lookup('password', 'own', length=10) }}", {}, context)).toBe('kept by hand');
  });

  test('draws only from the characters asked for', () => {
    expect(evaluate("{{ lookup('password', '/dev/null', length=50, chars=['ab']) }}", {}, context)).toMatch(/^[ab]{50}$/);
    expect(evaluate("{{ lookup('password', '/dev/null chars=digits') }}", {}, context)).toMatch(/^\d{20}$/);
    expect(evaluate("{{ lookup('password', '/dev/null', seed='host') == lookup('password', '/dev/null', seed='host') }}", {}, context)).toBe(true);
  });

  test('hashed: keeps its salt, so that the hash stays the same', () => {
    const hashed = "{{ lookup('password', 'hashed length=12 encrypt=sha512_crypt') }}";
    const first = evaluate(hashed, {}, context);
    expect(first).toMatch(/^\$6\$rounds=656000\$[./A-Za-z0-9]{16}\$/);
    expect(evaluate(hashed, {}, context)).toBe(first);
    const stored = readFileSync(join(folder, 'hashed'), 'utf8');
    expect(stored).toMatch(/^\S{12} salt=[./A-Za-z0-9]{16}\n$/);
    expect(evaluate("{{ lookup('password', 'hashed') }}", {}, context)).toBe(stored.split(' ')[0]);
  }, 60_000);

  test('a file it may not write to', () => {
    writeFileSync(join(folder, 'plain'), '');
    const found = failure(() => evaluate("{{ lookup('password', 'plain/x') }}", {}, context));
    expect(found.message).toContain('plain/x');
    expect(found.kind).toBe('input');
  });

  test('unknown parameters', () => {
    expect(failure(() => evaluate("{{ lookup('password', 'x lenght=3') }}", {}, context)).message).toContain('lenght');
    evaluate("{{ lookup('password', '/dev/null', lenght=3) }}", {}, context);
    expect(context.warnings.at(-1)).toContain('Did you mean "length"?');
  });

  test('many runs at the same time agree on one password', async () => {
    // each worker links files of its own to the same names, as another run would; the first wins
    const script = `
      const { parentPort, workerData } = require('node:worker_threads');
      const fs = require('node:fs');
      const { join } = require('node:path');
      for (let round = 0; round < 200; round++) {
        const own = join(workerData.folder, '.' + workerData.id + '-' + round);
        fs.writeFileSync(own, workerData.id + '\\n', { mode: 0o600 });
        try { fs.linkSync(own, join(workerData.folder, 'race-' + round)); } catch {}
        fs.unlinkSync(own);
      }
      parentPort.postMessage('done');`;
    const done = Array.from(
      { length: 3 },
      (_, id) => new Promise((finish) => new Worker(script, { eval: true, workerData: { folder, id } }).once('message', finish)),
    );
    const seen: unknown[] = [];
    for (let round = 0; round < 200; round++) {
      const first = evaluate(`{{ lookup('password', 'race-${round}') }}`, {}, context);
      seen.push([first, evaluate(`{{ lookup('password', 'race-${round}') }}`, {}, context)]);
    }
    await Promise.all(done);
    for (const [round, pair] of seen.entries()) {
      const [first, again] = pair as [string, string];
      expect(again).toBe(first);
      expect(readFileSync(join(folder, `race-${round}`), 'utf8')).toBe(`${first}\n`);
    }
  }, 30_000);
});

describe('files', () => {
  test('file, fileglob, first_found and unvault', () => {
    writeFileSync(join(folder, 'a.conf'), '  one\n\n');
    writeFileSync(join(folder, 'b.conf'), 'two');
    expect(evaluate("{{ lookup('file', 'a.conf') }}", {}, context)).toBe('  one');
    expect(evaluate("{{ lookup('file', 'a.conf', 'b.conf', lstrip=true) }}", {}, context)).toBe('one,two');
    expect(evaluate("{{ q('fileglob', '*.conf') }}", {}, context)).toEqual([join(folder, 'a.conf'), join(folder, 'b.conf')]);
    expect(evaluate("{{ lookup('first_found', ['z.conf', 'b.conf']) }}", {}, context)).toBe(join(folder, 'b.conf'));
    expect(evaluate("{{ lookup('first_found', {'files': 'z.conf, b.conf', 'skip': true}) }}", {}, context)).toBe(join(folder, 'b.conf'));
    expect(evaluate("{{ q('first_found', ['z.conf'], skip=true) }}", {}, context)).toEqual([]);
    expect(failure(() => evaluate("{{ lookup('first_found', ['z.conf']) }}", {}, context)).hint).toBe('Looked for: z.conf');
    expect(evaluate("{{ lookup('ansible.builtin.unvault', 'b.conf') }}", {}, context)).toBe('two');
    expect(context.secrets).toEqual(['two']);
  });

  test('errors= passes over what is not there', () => {
    expect(evaluate("{{ lookup('file', 'none', errors='ignore') }}", {}, context)).toBe('');
    expect(evaluate("{{ query('file', 'none', errors='warn') }}", {}, context)).toEqual([]);
    expect(context.warnings).toHaveLength(1);
    expect(failure(() => evaluate("{{ lookup('file', 'none') }}", {}, context)).code).toBe('lookup');
  });

  test('an error inside a template file has its place there', () => {
    writeFileSync(join(folder, 'bad.j2'), 'fine\n  {{ nope }}\n');
    for (const text of ["{{ lookup('template', 'bad.j2') }}", "{% include 'bad.j2' %}"]) {
      expect(failure(() => render(text, {}, context))).toMatchObject({
        code: 'undefined',
        at: { file: join(folder, 'bad.j2'), line: 2, column: 6, length: 4 },
      });
    }
  });

  test('a template file that calls itself', () => {
    writeFileSync(join(folder, 'self.j2'), "{% include 'self.j2' %}");
    expect(failure(() => render("{% include 'self.j2' %}", {}, context)).code).toBe('recursion');
    writeFileSync(join(folder, 'again.j2'), "{{ lookup('template', 'again.j2') }}");
    expect(failure(() => render("{{ lookup('template', 'again.j2') }}", {}, context)).code).toBe('recursion');
  });

  test('template_vars and other delimiters', () => {
    writeFileSync(join(folder, 'v.j2'), '[[ a ]]-[[ b ]] {{ c }}');
    expect(evaluate("{{ lookup('template', 'v.j2', template_vars={'b': 2}, variable_start_string='[[', variable_end_string=']]') }}", { a: 1 }, context)).toBe(
      '1-2 {{ c }}',
    );
  });
});

describe('commands', () => {
  test('pipe runs in the folder of the playbook', () => {
    expect(evaluate("{{ lookup('pipe', 'pwd') }}", {}, context)).toBe(execFileSync('pwd', { cwd: folder, encoding: 'utf8' }).trim());
  });
  test('a command that fails says so', () => {
    const { message } = failure(() => evaluate("{{ lookup('pipe', 'echo no luck >&2; exit 3') }}", {}, context));
    expect(message).toBe('the pipe lookup (echo no luck >&2; exit 3) returned 3: no luck');
  });
});

test('inventory_hostnames, env and varnames', () => {
  expect(evaluate("{{ q('inventory_hostnames', 'web') }}", {}, context)).toEqual(['web1', 'web2']);
  expect(evaluate("{{ lookup('env', 'QPLAY_NOT_SET', default='d') }}", {}, context)).toBe('d');
  expect(failure(() => evaluate("{{ lookup('env', 'QPLAY_NOT_SET', default=undef()) }}", {}, context)).code).toBe('undefined');
  expect(evaluate("{{ q('varnames', '^db_') }}", { db_a: 1, db_b: 2, web: 3 }, context)).toEqual(['db_a', 'db_b']);
});

test('url reads a page', async () => {
  // the lookup waits without giving way to others, so the server must be a process of its own
  const script =
    "require('node:http').createServer((q, s) => { if (q.url === '/no') s.writeHead(404); s.end('line one ' + (q.headers.authorization ?? '') + '\\nline two'); }).listen(0, '127.0.0.1', function () { process.send(this.address().port); })";
  const server = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const port = await new Promise((up) => server.once('message', up));
  const base = `http://127.0.0.1:${String(port)}`;
  try {
    expect(evaluate(`{{ q('url', '${base}/', username='u', password='p') }}`, {}, context)).toEqual(['line one Basic dTpw', 'line two']);
    expect(failure(() => evaluate(`{{ lookup('url', '${base}/no') }}`, {}, context)).message).toContain('404');
  } finally {
    server.kill();
  }
}, 30_000);

test('an unreadable password file is told, not replaced', () => {
  writeFileSync(join(folder, 'locked'), 'x', { mode: 0o600 });
  if (process.getuid?.() === 0) {
    // root reads anything; a directory in the file's place stands for what cannot be read
    rmSync(join(folder, 'locked'));
    execFileSync('mkdir', [join(folder, 'locked')]);
  } else chmodSync(join(folder, 'locked'), 0o000);
  expect(failure(() => evaluate("{{ lookup('password', 'locked') }}", {}, context)).message).toContain('cannot be read');
});

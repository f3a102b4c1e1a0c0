import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, connect, type Shell } from '../../engine/connect/index.ts';
import { quote } from '../../engine/quote.ts';
import { noSshd, type Sshd, startSshd } from './sshd.ts';

describe.skipIf(noSshd !== undefined)(`a resident shell over ssh${noSshd ? ` (skipped: ${noSshd})` : ''}`, () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
  }, 30_000);
  afterAll(() => sshd?.close());

  for (const kind of ['dash', 'bash', 'busybox'] as const) {
    const missing = !existsSync(`/bin/${kind}`);
    describe.skipIf(missing)(`${kind}${missing ? ` (skipped: there is no /bin/${kind})` : ''}`, () => {
      let connection: Connection;
      let shell: Shell;
      beforeAll(async () => {
        const path = sshd.shell(kind);
        if (path === undefined) throw new Error(`${kind} is not installed`);
        connection = connect(sshd.options({ shell: path }));
        shell = await connection.shell();
      });
      afterAll(() => connection?.close());
      const out = async (script: string) => (await shell.run(script)).stdout.toString();

      test('gives status, stdout and stderr apart', async () => {
        const exit = await shell.run('echo out; echo err >&2; exit 3');
        expect([exit.code, exit.stdout.toString(), exit.stderr.toString()]).toEqual([3, 'out\n', 'err\n']);
      });

      test('output without a newline at its end, and none at all', async () => {
        expect(await out('printf x')).toBe('x');
        expect(await out('')).toBe('');
        expect(await out('# a comment only')).toBe('');
      });

      test.each([
        'echo (',
        "echo 'open",
        'fi',
        'exit 9',
        'exec true',
        'cd /; x=1; set -e; false',
        'cat',
        'read x',
        "kill -9 $(sh -c 'echo $PPID')",
        'trap "exit 5" EXIT',
      ])('stays usable after %j', async (script) => {
        await shell.run(script);
        expect(await out('echo "still here $x"')).toBe('still here \n');
      });

      test('a signal gives 128 and its number', async () => {
        expect((await shell.run("sh -c 'kill -KILL $$'")).code).toBe(137);
      });

      test('answers scripts written ahead in their order', async () => {
        const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => shell.run(`echo ${i}; echo e${i} >&2; exit ${i}`)));
        expect(answers.map((one) => [one.code, one.stdout.toString(), one.stderr.toString()])).toEqual(
          Array.from({ length: 50 }, (_, i) => [i, `${i}\n`, `e${i}\n`]),
        );
      });

      test('keeps definitions, and scripts use them', async () => {
        shell.define('qp_hello() { echo "hello $1"; }');
        expect(await out('qp_hello there')).toBe('hello there\n');
        expect(await out('qp_hello again')).toBe('hello again\n');
      });

      test('binary output stays as it is', async () => {
        const bytes = randomBytes(100_000);
        expect((await shell.run(`printf %s ${quote(bytes.toString('base64'))} | base64 -d`)).stdout.equals(bytes)).toBe(true);
      });

      test('big output', async () => {
        const exit = await shell.run('head -c 20000000 /dev/zero; head -c 3000000 /dev/zero >&2');
        expect([exit.stdout.length, exit.stderr.length]).toEqual([20_000_000, 3_000_000]);
      });

      test('a daemon that keeps stdout does not hold the answer back', async () => {
        // the test's own limit of time is far shorter than the daemon lives
        expect(await out('sleep 40 & echo started')).toBe('started\n');
      });

      test('shows output as it comes', async () => {
        const flag = join(tmpdir(), `qplay-live-${randomBytes(4).toString('hex')}`);
        const seen: [string, string][] = [];
        // the script ends only when its first line has been seen
        await shell.run(`echo one; while ! [ -e ${flag} ]; do sleep 0.05; done; echo two >&2`, {
          onOutput: (stream, chunk) => {
            seen.push([stream, chunk.toString()]);
            if (seen.length === 1) writeFileSync(flag, '');
          },
        });
        rmSync(flag);
        expect(seen).toEqual([
          ['out', 'one\n'],
          ['err', 'two\n'],
        ]);
      });

      test('a timeout ends the whole tree, orphans too, and the shell stays', async () => {
        const tag = `7${randomBytes(3).readUIntBE(0, 3)}`;
        const exit = await shell.run(`echo begun; sh -c 'sleep ${tag} & exit'; (trap "" TERM; sleep ${tag}) & sh -c 'sleep ${tag}'`, { timeout: 0.5 });
        expect(exit).toMatchObject({ code: 124, timedOut: true });
        expect(exit.stdout.toString()).toBe('begun\n');
        expect(await out(`sleep 0.1; ps -ef | grep '[s]leep ${tag}' | wc -l`)).toMatch(/^\s*0\n$/);
      });

      test('a timeout spares what an earlier script left running', async () => {
        await shell.run('sleep 71 & echo $! > "$HOME/kept"');
        await new Promise((resolve) => setTimeout(resolve, 50));
        await shell.run('sleep 60', { timeout: 0.3 });
        expect(await out('kill -0 "$(cat "$HOME/kept")" && echo alive; kill "$(cat "$HOME/kept")"')).toBe('alive\n');
      });

      test('an abort ends what runs and drops what waits', async () => {
        const abort = new AbortController();
        const running = shell.run('sleep 60', { signal: abort.signal });
        setTimeout(() => abort.abort(), 200);
        await expect(running).rejects.toMatchObject({ diagnostics: [{ kind: 'interrupted' }] });
        expect(await out('echo free')).toBe('free\n');
      });

      test('any text is one word after quote()', async () => {
        const text = fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.string({ unit: fc.constantFrom(...'\'"\\$`!~*?[]{}()<>|&;#= \t\nA1-') }),
          fc.constantFrom('if', 'A=b', '-n', '~', '', '!', '{'),
        );
        await fc.assert(
          fc.asyncProperty(
            fc.array(
              text.map((one) => Buffer.from(one.replaceAll('\0', '')).toString()),
              { maxLength: 6 },
            ),
            async (words) => {
              const script = `for w in ${words.map(quote).join(' ')}; do printf '%s\\036' "$w"; done`;
              const { stdout, code } = await shell.run(words.length === 0 ? ':' : script);
              expect(code).toBe(0);
              expect(stdout.toString()).toBe(words.map((one) => `${one}\x1e`).join(''));
            },
          ),
          { numRuns: 60 },
        );
      });

      test('a word in the place of a command is looked up, never understood as syntax', async () => {
        for (const one of ['if', 'while', '!', '{', 'A=b', 'case', 'do']) expect((await shell.run(`${quote(one)} 2>/dev/null`)).code).toBe(127);
      });

      test('files of any content go there, private from the first byte, and come back', async () => {
        const bytes = randomBytes(3_000_000);
        const path = (await out('mktemp -u')).trim();
        await shell.put(path, bytes, bytes.length);
        expect(await out(`ls -l ${path}`)).toMatch(/^-rw------- /);
        expect((await shell.get(path)).equals(bytes)).toBe(true);
        await shell.run(`rm ${path}`);
      });
    });
  }
});

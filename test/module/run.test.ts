import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Connection, connect } from '../../engine/connect/index.ts';
import {
  type AnyModule,
  type Content,
  type Controller,
  defineAction,
  defineAsk,
  defineModule,
  defineRead,
  Lib,
  type Plan,
  sh,
} from '../../engine/module/contract.ts';
import { finish, type ModuleCall, runModule, startProbe } from '../../engine/module/run.ts';
import type { Outcome } from '../../engine/report/event.ts';
import { noSshd, type Sshd, startSshd } from '../connect/sshd.ts';

const controller = (more: Partial<Controller> = {}): Controller => ({
  host: 'h1',
  check: false,
  diff: false,
  find: (_kind, name) => name,
  read: async (path) => readFileSync(path),
  template: async (path) => readFileSync(path, 'utf8'),
  secret: () => {},
  warn: () => {},
  ...more,
});

const described = { summary: 'A test.', fqcn: [], returns: {}, examples: [] } as const;
const fileOptions = {
  path: { type: 'path', required: true, description: 'File.' },
  text: { type: 'str', required: true, description: 'What it is to hold.' },
} as const;

const show = new Lib('qp_show', 'qp_show() { cat "$1" 2>/dev/null || echo absent; }');

/** A file that holds a text, by a script that may misbehave. */
const holds = (more: { apply?: string; timeout?: number; upload?: Content; after?: Plan } = {}) =>
  defineModule({
    ...described,
    name: 'holds',
    options: fileOptions,
    probe: ({ path }) => sh`${show}qp_show ${path}`,
    plan: ({ path, text }, seen): Plan => {
      if (seen.stdout === text) return { is: 'right', result: { path } };
      const apply =
        more.apply === undefined
          ? more.upload === undefined
            ? sh`echo writing; printf %s ${text} >${path}`
            : sh`cat "$up_a" >${path}`
          : sh`f=${path}; t=${text}
eval ${more.apply}`;
      return {
        is: 'wrong',
        diff: [{ before: seen.stdout, after: text, label: path }],
        apply,
        ...(more.timeout === undefined ? {} : { timeout: more.timeout }),
        ...(more.upload === undefined ? {} : { uploads: { a: more.upload } }),
      };
    },
  });

for (const kind of ['local', 'ssh'] as const) {
  describe.skipIf(kind === 'ssh' && noSshd !== undefined)(`running a module, ${kind}`, () => {
    let sshd: Sshd | undefined;
    let connection: Connection;
    let folder: string;
    let path: string;
    beforeAll(async () => {
      if (kind === 'ssh') sshd = await startSshd();
      connection = sshd
        ? connect(sshd.options({ user: 'root' }))
        : connect({ kind: 'local', name: 'h1', host: 'localhost', hostKeyChecking: 'strict', timeout: 5 });
    }, 30_000);
    afterAll(async () => {
      await connection.close();
      await sshd?.close();
    });
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'qpm-'));
      path = join(folder, 'file');
      mkdirSync(join(folder, 'tmp'));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));
    const leftovers = () => readdirSync(join(folder, 'tmp'));
    const call = (module: AnyModule, args: Record<string, unknown> = { path, text: 'hi' }, more: Partial<ModuleCall> = {}): ModuleCall => ({
      module,
      args,
      connection,
      controller: controller(),
      check: false,
      signal: new AbortController().signal,
      environment: { TMPDIR: join(folder, 'tmp') },
      ...more,
    });
    const trips = async (work: () => Promise<unknown>) => {
      await connection.shell();
      const before = connection.stats.trips;
      await work();
      return connection.stats.trips - before;
    };

    test('a changed task is proven, in two round trips; a converged one is seen in one', async () => {
      let outcome: Outcome | undefined;
      expect(await trips(async () => (outcome = await runModule(call(holds()))))).toBe(2);
      expect(outcome).toEqual({ status: 'changed', result: { path }, diff: [{ before: 'absent\n', after: 'hi', label: path }], proven: true });
      expect(await trips(async () => (outcome = await runModule(call(holds()))))).toBe(1);
      expect(outcome).toEqual({ status: 'ok', result: { path } });
    });

    test('a check says what would change and leaves the host alone', async () => {
      expect(await runModule(call(holds(), undefined, { check: true }))).toMatchObject({ status: 'would-change', diff: [{ after: 'hi' }] });
      expect(existsSync(path)).toBe(false);
    });

    test('a change that lies is found out, and what remains is told', async () => {
      const outcome = await runModule(call(holds({ apply: 'echo done; echo odd >&2' })));
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { kind: 'task', code: 'not-converged', message: 'holds: applied, but the host is still not as asked' },
      });
      expect(outcome.status === 'failed' && outcome.error.cause).toBe(`${path}:\n-absent\n-\n+hi\nodd`);
    });

    test('a change that fails tells its status and its words', async () => {
      const outcome = await runModule(call(holds({ apply: 'echo out; echo no such thing >&2; exit 7' })));
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { code: 'apply', message: 'holds could not bring the host there: exit status 7', cause: 'no such thing' },
        result: { rc: 7, stdout: 'out\n', stderr: 'no such thing\n' },
      });
    });

    test('shows live what the change prints, and nothing of the probes', async () => {
      const seen: string[] = [];
      await runModule(
        call(holds({ apply: 'echo ä; echo err >&2; printf %s "$t" >"$f"' }), undefined, { onOutput: (stream, text) => seen.push(`${stream} ${text}`) }),
      );
      expect(seen.sort()).toEqual(['err err\n', 'out ä\n']);
    });

    test('a change has as long as it says, and is stopped then', async () => {
      expect(await runModule(call(holds({ apply: 'sleep 60', timeout: 0.3 })))).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
      expect(await runModule(call(holds({ apply: 'sleep 60' }), undefined, { timeout: 0.3 }))).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
      expect(await runModule(call(holds()))).toMatchObject({ status: 'changed' });
    });

    test.each([
      ['text with quotes', 'it\'s "a" $test `x` \\ ünï\n'],
      ['many quotes', "'".repeat(5000)],
      ['binary', randomBytes(50_000)],
      ['large', randomBytes(300_000)],
      ['empty', ''],
    ])('uploads %s, and leaves no temporary file', async (_, upload) => {
      const bytes = Buffer.from(upload as string);
      const module = { ...holds({ upload }), probe: () => sh`cksum <${path} 2>/dev/null | cut -d' ' -f2` } as unknown as AnyModule;
      const outcome = await runModule(call(module, { path, text: `${bytes.length}\n` }));
      expect(outcome.status).toBe('changed');
      expect(readFileSync(path).equals(bytes)).toBe(true);
      expect(leftovers()).toEqual([]);
    });

    test('small uploads ride along: still two trips', async () => {
      expect(await trips(() => runModule(call(holds({ upload: 'hi' }))))).toBe(2);
    });

    test('uploads a file of the control node', async () => {
      const source = join(folder, 'source');
      writeFileSync(source, 'x'.repeat(200_000));
      expect(await runModule(call(holds({ upload: { file: source } }), { path, text: 'x'.repeat(200_000) }))).toMatchObject({ status: 'changed' });
    });

    test('temporary files go although the change fails or is stopped', async () => {
      for (const apply of ['exit 3', 'kill -TERM $(sh -c "echo \\$PPID")'])
        expect(await runModule(call(holds({ apply, upload: 'x' })))).toMatchObject({ status: 'failed' });
      expect(await runModule(call(holds({ apply: 'sleep 60', timeout: 0.3, upload: 'x' })))).toMatchObject({ status: 'failed' });
      expect(leftovers()).toEqual([]);
    });

    test('environment is there for the scripts of this call, and for no other', async () => {
      const read = defineRead({
        ...described,
        name: 'env',
        options: {},
        probe: () => sh`echo "$QP_E"`,
        result: (_, seen) => ({ result: { seen: seen.stdout } }),
      });
      expect(await runModule(call(read, {}, { environment: { QP_E: "it's $HOME" } }))).toEqual({ status: 'ok', result: { seen: "it's $HOME\n" } });
      expect(await runModule(call(read, {}))).toEqual({ status: 'ok', result: { seen: '\n' } });
      expect(await runModule(call(read, {}, { environment: { 'A B': '' } }))).toMatchObject({
        status: 'failed',
        error: { kind: 'input', code: 'environment' },
      });
    });

    test('probes are sent ahead together and finished in turn', async () => {
      const calls = Array.from({ length: 20 }, (_, i) => call(holds(), { path: `${path}${i}`, text: `${i}` }));
      const seen = await Promise.all(calls.map(startProbe));
      for (const [i, one] of calls.entries()) expect(await finish(one, seen[i] as (typeof seen)[0])).toMatchObject({ status: 'changed' });
      expect(readFileSync(`${path}19`, 'utf8')).toBe('19');
    });

    test('what is premature fails a run and is unknown in a check; impossible and skipped are said', async () => {
      const says = (plan: Plan) => defineModule({ ...described, name: 'says', options: {}, probe: () => sh`:`, plan: () => plan });
      const premature = says({ is: 'premature', why: 'no unit', hint: 'install it' });
      expect(await runModule(call(premature, {}))).toMatchObject({ status: 'failed', error: { code: 'premature', message: 'no unit', hint: 'install it' } });
      expect(await runModule(call(premature, {}, { check: true }))).toEqual({ status: 'unknown', why: 'no unit', result: {} });
      expect(await runModule(call(says({ is: 'impossible', why: 'never' }), {}))).toMatchObject({
        status: 'failed',
        error: { code: 'impossible', message: 'never' },
      });
      expect(await runModule(call(says({ is: 'skipped', why: 'no SELinux' }), {}))).toEqual({ status: 'skipped', why: 'no SELinux', result: {} });
    });

    test('secret options are hidden before anything leaves', async () => {
      const hidden: string[] = [];
      const options = {
        password: { type: 'str', secret: true, description: 'Secret.' },
        users: { type: 'list', elements: 'dict', description: 'Users.', options: { token: { type: 'str', secret: true, description: 'Secret.' } } },
      } as const;
      const module = defineModule({
        ...described,
        name: 'secret',
        options,
        prepare: async () => expect(hidden).toEqual(['pw', 't1']),
        probe: () => sh`:`,
        plan: () => ({ is: 'right' }),
      });
      await runModule(call(module, { password: 'pw', users: [{ token: 't1' }] }, { controller: controller({ secret: (one) => hidden.push(one) }) }));
      expect(hidden).toEqual(['pw', 't1']);
    });

    test('an asking module acts, asks again, and must be right then', async () => {
      const asking = (lies: boolean) =>
        defineAsk({
          ...described,
          name: 'asking',
          options: fileOptions,
          ask: async ({ path: file }, host) => (await host.run(sh`cat ${file} 2>/dev/null`)).stdout,
          plan: ({ text, path: file }, seen) =>
            seen === text
              ? { is: 'right', result: { seen } }
              : {
                  is: 'wrong',
                  diff: [{ before: seen, after: text }],
                  act: async (host) => {
                    const upload = await host.upload(text);
                    expect((await host.download(upload)).toString()).toBe(text);
                    if (!lies) await host.run(sh`cp ${upload} ${file}`);
                  },
                },
        });
      expect(await runModule(call(asking(true)))).toMatchObject({ status: 'failed', error: { code: 'not-converged' } });
      expect(await runModule(call(asking(false), undefined, { check: true }))).toMatchObject({ status: 'would-change' });
      expect(existsSync(path)).toBe(false);
      expect(await runModule(call(asking(false)))).toMatchObject({ status: 'changed', result: { seen: 'hi' }, proven: true });
      expect(await runModule(call(asking(false)))).toMatchObject({ status: 'ok' });
      expect(leftovers()).toEqual([]);
    });

    test('an action runs, and in a check only when it may', async () => {
      const acting = (inCheck: 'run' | 'unknown' | 'decide') =>
        defineAction({
          ...described,
          name: 'acting',
          options: {},
          inCheck,
          run: async (_, host) => ({ status: 'changed', result: { stdout: (await host.run(sh`echo acted`)).stdout } }),
        });
      expect(await runModule(call(acting('unknown'), {}))).toEqual({ status: 'changed', result: { stdout: 'acted\n' }, diff: [], proven: false });
      expect(await runModule(call(acting('unknown'), {}, { check: true }))).toMatchObject({ status: 'unknown' });
      expect(await runModule(call(acting('decide'), {}, { check: true }))).toMatchObject({ status: 'would-change' });
    });

    test('an action is stopped when the time of the task is up', async () => {
      const action = defineAction({
        ...described,
        name: 'slow',
        options: {},
        inCheck: 'unknown',
        run: async (_, host) => ({ status: 'ok', result: { ...(await host.run(sh`sleep 60`)) } }),
      });
      expect(await runModule(call(action, {}, { timeout: 0.3 }))).toMatchObject({
        status: 'failed',
        error: { code: 'timeout', message: 'slow was not done after 0.3 s' },
      });
    });

    test('an interruption rejects', async () => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 200);
      await expect(runModule(call(holds({ apply: 'sleep 60' }), undefined, { signal: abort.signal }))).rejects.toMatchObject({ exitCode: 130 });
    });

    test('a mistake of a module is our bug, not a stack', async () => {
      const module = defineModule({
        ...described,
        name: 'bug',
        options: {},
        probe: () => sh`:`,
        plan: () => {
          throw new TypeError('x is not a function');
        },
      });
      expect(await runModule(call(module, {}))).toMatchObject({ status: 'failed', error: { kind: 'internal' } });
    });

    if (kind === 'ssh') {
      test('a line lost before the change is made anew, and the host is probed again', async () => {
        const one = call(holds());
        const seen = await startProbe(one);
        sshd?.dropConnections();
        await new Promise((resolve) => setTimeout(resolve, 200));
        writeFileSync(path, 'meanwhile');
        expect(await finish(one, seen)).toMatchObject({ status: 'changed', proven: true, diff: [{ before: 'meanwhile' }] });
      });

      test('a line lost during the change: the host says whether it took', async () => {
        const taking = runModule(call(holds({ apply: 'printf %s "$t" >"$f"; sleep 30' })));
        await expect.poll(() => existsSync(path)).toBe(true);
        sshd?.dropConnections();
        expect(await taking).toMatchObject({ status: 'changed', proven: true });
        rmSync(path);
        const failing = runModule(call(holds({ apply: 'touch "$f"; sleep 30' })));
        await expect.poll(() => existsSync(path)).toBe(true);
        sshd?.dropConnections();
        expect(await failing).toMatchObject({ status: 'unreachable', error: { kind: 'unreachable', code: 'lost' } });
      });

      test('a module that reboots gets its host back', async () => {
        const module = defineAction({
          ...described,
          name: 'rebooting',
          options: {},
          inCheck: 'unknown',
          run: async (_, host) => {
            await sshd?.stop();
            setTimeout(() => void sshd?.start(), 800);
            await host.reconnect(10);
            return { status: 'changed', result: { stdout: (await host.run(sh`echo back`)).stdout } };
          },
        });
        expect(await runModule(call(module, {}))).toMatchObject({ status: 'changed', result: { stdout: 'back\n' } });
      });
    }
  });
}

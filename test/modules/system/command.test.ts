import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import command from '../../../modules/system/command.ts';
import { delta, times } from '../../../modules/system/execute.ts';
import raw from '../../../modules/system/raw.ts';
import script from '../../../modules/system/script.ts';
import shell from '../../../modules/system/shell.ts';
import { controller, localHost, runAction, SHELLS, scratch, withDefaults } from '../harness.ts';

describe.each(SHELLS)('command under %s', (...program) => {
  const run = (args: Record<string, unknown>, check = false) =>
    command.run(withDefaults(command.options, args), localHost(program), controller('/', { check }));

  it('runs words, without a shell reading them', async () => {
    const done = await run({ cmd: `printf '%s|' "a b" '$(id)' ; * it\\'s` });
    expect(done).toMatchObject({
      status: 'changed',
      result: { rc: 0, stdout: "a b|$(id)|;|*|it's|", stderr: '', cmd: ['printf', '%s|', 'a b', '$(id)', ';', '*', "it's"] },
    });
  });

  it('takes programs, not built-ins of the shell', async () => {
    expect(await run({ argv: ['exit', '3'] })).toMatchObject({ status: 'failed', why: "[Errno 2] No such file or directory: b'exit'", result: { rc: 2 } });
  });

  it('fails with the exit status and both streams', async () => {
    const done = await run({ argv: ['sh', '-c', 'echo out; echo err >&2; exit 7'] });
    expect(done).toMatchObject({
      status: 'failed',
      why: 'non-zero return code',
      result: { rc: 7, stdout: 'out', stdout_lines: ['out'], stderr: 'err', stderr_lines: ['err'], msg: 'non-zero return code' },
    });
  });

  it('tells a program that ends with 127 from one that is not there', async () => {
    expect(await run({ argv: ['sh', '-c', 'exit 127'] })).toMatchObject({ status: 'failed', result: { rc: 127 } });
  });

  it('gives text on standard input, with a line feed or without', async () => {
    expect(await run({ argv: ['od', '-c'], stdin: "it's" })).toMatchObject({ result: { stdout: expect.stringMatching(/s\s+\\n/) } });
    expect(await run({ argv: ['od', '-c'], stdin: 'x', stdin_add_newline: false })).toMatchObject({ result: { stdout: expect.not.stringMatching(/\\n/) } });
  });

  it('keeps trailing line feeds when asked to', async () => {
    expect(await run({ argv: ['printf', 'x\\n\\n'] })).toMatchObject({ result: { stdout: 'x' } });
    expect(await run({ argv: ['printf', 'x\\n\\n'], strip_empty_ends: false })).toMatchObject({ result: { stdout: 'x\n\n' } });
  });

  it('expands variables and ~ of the host, or not', async () => {
    expect(await run({ cmd: 'echo $HOME ~' })).toMatchObject({ result: { stdout: `${process.env.HOME} ${process.env.HOME}` } });
    expect(await run({ cmd: 'echo $HOME ~', expand_argument_vars: false })).toMatchObject({ result: { stdout: '$HOME ~' } });
  });

  it('does nothing when creates exists, by pattern and from chdir, and would in check mode when it does not', async () => {
    const dir = scratch();
    const args = { argv: ['touch', 'a file.txt'], chdir: dir, creates: 'a*.txt' };
    expect(await run(args, true)).toMatchObject({ status: 'changed' });
    expect(existsSync(join(dir, 'a file.txt'))).toBe(false);
    expect(await run(args)).toMatchObject({ status: 'changed' });
    expect(existsSync(join(dir, 'a file.txt'))).toBe(true);
    expect(await run(args)).toMatchObject({
      status: 'ok',
      result: { rc: 0, stdout: 'skipped, since a*.txt exists', msg: "Did not run command since 'a*.txt' exists" },
    });
    expect(await run(args, true)).toMatchObject({ status: 'ok', result: { msg: "Would not run command since 'a*.txt' exists" } });
  });

  it('does nothing when removes is gone', async () => {
    const dir = scratch();
    const path = join(dir, "it's [x]");
    writeFileSync(path, '');
    // brackets are a pattern, as in Python's glob
    expect(await run({ argv: ['rm', path], removes: join(dir, "it's*") })).toMatchObject({ status: 'changed' });
    expect(await run({ argv: ['rm', path], removes: join(dir, "it's*") })).toMatchObject({
      status: 'ok',
      result: { stdout: expect.stringMatching(/does not exist/) },
    });
  });

  it('cannot know in check mode what it would do', async () => expect(await run({ cmd: 'true' }, true)).toMatchObject({ status: 'unknown' }));

  it('says that a folder is missing', async () => {
    expect(await run({ cmd: 'true', chdir: '/no/such' })).toMatchObject({
      status: 'failed',
      why: expect.stringMatching(/^Unable to change directory before execution: /),
      result: { rc: null },
    });
  });

  it('refuses an empty command', async () => expect(await run({ cmd: ' ' })).toMatchObject({ status: 'failed', result: { rc: 256 } }));
});

describe('shell, raw and script', () => {
  it('reads text as a shell does, with a program of choice', async () => {
    expect(await runAction(shell, { cmd: 'echo a | tr a b; exit 4' })).toMatchObject({
      status: 'failed',
      result: { rc: 4, stdout: 'b', cmd: 'echo a | tr a b; exit 4' },
    });
    expect(await runAction(shell, { cmd: 'a=(1 2); echo ${#a[@]}', executable: '/bin/bash' })).toMatchObject({ status: 'changed', result: { stdout: '2' } });
  });

  it('gives raw output as it is', async () =>
    expect(await runAction(raw, { cmd: 'echo x' })).toMatchObject({ status: 'changed', result: { stdout: 'x\n', rc: 0 } }));

  it('carries a script and its arguments over', async () => {
    const dir = scratch();
    writeFileSync(join(dir, 'do it.sh'), '#!/bin/sh\nprintf "%s|" "$@"\n');
    expect(await runAction(script, { cmd: `'do it.sh' "a b" c` }, controller(dir))).toMatchObject({ status: 'changed', result: { stdout: 'a b|c|' } });
    expect(await runAction(script, { cmd: `'do it.sh' x`, executable: '/bin/bash -e' }, controller(dir))).toMatchObject({ result: { stdout: 'x|' } });
    expect(await runAction(script, { cmd: `'do it.sh'`, creates: dir }, controller(dir))).toMatchObject({ status: 'skipped' });
  });
});

describe('times', () => {
  it('are written as Python writes them', () => {
    expect(delta(4_996)).toBe('0:00:00.004996');
    expect(delta(90_061_000_001)).toBe('1 day, 1:01:01.000001');
    expect(times(new Date(2026, 0, 2, 3, 4, 5, 6), 1.5)).toEqual({
      start: '2026-01-02 03:04:05.006000',
      end: '2026-01-02 03:04:05.007500',
      delta: '0:00:00.001500',
    });
  });
});

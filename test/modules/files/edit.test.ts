import { lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import blockinfile from '../../../modules/files/blockinfile.ts';
import lineinfile from '../../../modules/files/lineinfile.ts';
import replace from '../../../modules/files/replace.ts';
import { runState, SHELLS, scratch } from '../harness.ts';
import cases from './edit-cases.json' with { type: 'json' };

const MODULES = { lineinfile, blockinfile, replace } as const;

/** What ansible-core 2.18's module of that name made of the same file (bytes as latin1; see edit-cases.py). */
interface Case {
  readonly module: keyof typeof MODULES;
  readonly args: Record<string, unknown>;
  readonly before: string;
  readonly after: string;
  readonly changed: boolean;
  readonly msg: string;
}

describe('as ansible-core does', () => {
  it.each((cases as Case[]).map((one) => [`${one.module} ${JSON.stringify(one.args)} on ${JSON.stringify(one.before)}`, one] as const))(
    '%s',
    async (_title, one) => {
      const path = join(scratch(), 'f');
      writeFileSync(path, one.before, 'latin1');
      const { plan, after } = await runState(MODULES[one.module] as typeof lineinfile, { path, ...one.args });
      expect(readFileSync(path, 'latin1')).toBe(one.after);
      expect(plan.is).toBe(one.changed ? 'wrong' : 'right');
      const told = after ?? plan;
      expect('result' in told && told.result?.msg).toBe(one.msg);
    },
  );
});

describe.each(SHELLS)('editing under %s', (...shell) => {
  it('keeps bytes that are no text, the mode, and the link in front of the file', async () => {
    const dir = scratch();
    writeFileSync(`${dir}/f`, Buffer.from('a\xff\r\n\0b\nlast', 'latin1'), { mode: 0o751 });
    symlinkSync('f', `${dir}/l`);
    const { after } = await runState(lineinfile, { path: `${dir}/l`, line: 'ü', regexp: '^last' }, { shell });
    expect(after).toMatchObject({ is: 'right', result: { msg: 'line replaced', path: `${dir}/l` } });
    expect(readFileSync(`${dir}/f`)).toEqual(Buffer.concat([Buffer.from('a\xff\r\n\0b\n', 'latin1'), Buffer.from('ü\n')]));
    expect(lstatSync(`${dir}/l`).isSymbolicLink()).toBe(true);
    expect(statSync(`${dir}/f`).mode & 0o777).toBe(0o751 & ~process.umask());
  });

  it('makes the file and its folder only when asked', async () => {
    const path = join(scratch(), 'a/b/f');
    expect((await runState(lineinfile, { path, line: 'x' }, { shell })).plan).toMatchObject({ is: 'premature', hint: 'create: true makes it' });
    expect((await runState(lineinfile, { path, line: 'x', state: 'absent' }, { shell })).plan).toMatchObject({ is: 'right' });
    expect((await runState(lineinfile, { path, line: 'x', create: true, mode: '0600' }, { shell })).after).toMatchObject({
      is: 'right',
      result: { mode: '0600', msg: 'line added and ownership, perms or SE linux context changed' },
    });
    expect((await runState(lineinfile, { path: join(path, '..'), line: 'x' }, { shell })).plan).toMatchObject({ is: 'impossible' });
    expect((await runState(blockinfile, { path: path + '2', block: 'x' }, { shell })).plan).toMatchObject({ is: 'premature' });
    expect((await runState(blockinfile, { path: path + '2', block: 'x', create: true }, { shell })).after).toMatchObject({
      is: 'right',
      result: { msg: 'File created' },
    });
    expect((await runState(replace, { path: path + '3', regexp: 'x' }, { shell })).plan).toMatchObject({ is: 'premature' });
  });

  it('keeps a backup, and the old file when the validator says no', async () => {
    const dir = scratch();
    const path = join(dir, 'f');
    writeFileSync(path, 'a\n');
    const { after } = await runState(replace, { path, regexp: 'a', replace: 'b', backup: true }, { shell });
    expect(after).toMatchObject({ is: 'right', result: { msg: '1 replacements made' } });
    expect(readdirSync(dir)).toHaveLength(2);
    const refused = await runState(lineinfile, { path, line: 'c', validate: 'grep -c z %s' }, { shell });
    expect(refused.applied?.code).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe('b\n');
  });
});

describe('bad input', () => {
  const dest = join(scratch(), 'f');
  writeFileSync(dest, 'a\n');
  it.each([
    [lineinfile, { line: 'x', regexp: '(' }, 'is no regular expression'],
    [lineinfile, { line: '\\2', regexp: '(a)', backrefs: true }, 'has no group 2'],
    [lineinfile, { line: 'x', backrefs: true }, 'needs regexp'],
    [lineinfile, { state: 'absent' }, 'needs line'],
    [replace, { regexp: '(a)', replace: '\\q' }, 'is no escape'],
  ] as const)('%#: is told', async (module, args, message) => {
    await expect(runState(module as typeof lineinfile, { path: dest, ...args })).rejects.toThrow(message);
  });
});

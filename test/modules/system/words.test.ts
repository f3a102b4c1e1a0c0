import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote, raw, sh } from '../../../engine/module/contract.ts';
import { expanded, fields, section, sections } from '../../../modules/system/lib.ts';
import { splitWords } from '../../../modules/system/words.ts';
import { runScript, SHELLS } from '../harness.ts';

describe('splitWords', () => {
  it.each([
    ['ls -l', ['ls', '-l']],
    ['  echo  "a b"  c\td ', ['echo', 'a b', 'c', 'd']],
    [`echo 'it''s' "say \\"hi\\"" a\\ b`, ['echo', 'its', 'say "hi"', 'a b']],
    [`x='' ""`, ['x=', '']],
    ['"\\n \\\\"', ['\\n \\']],
    ['', []],
  ])('%s', (line, words) => expect(splitWords(line)).toEqual(words));

  it('undoes quoting', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))), (words) => {
        expect(splitWords(words.map(quote).join(' '))).toEqual(words);
      }),
    );
  });

  it('refuses a quote that is not closed', () => expect(() => splitWords(`echo "a`)).toThrow(/not closed/));
});

describe.each(SHELLS)('expanded under %s', (...shell) => {
  const value = async (text: string): Promise<string> => (await runScript(sh`HOME=/h; X='x y'; unset NOPE; p=${expanded(text)}; printf %s "$p"`, shell)).stdout;

  it.each([
    ['~', '/h'],
    ['~/a b', '/h/a b'],
    ['~root/x', '/root/x'],
    ['a/~/b', 'a/~/b'],
    ['$X/$HOME', 'x y//h'],
    ['${X}y', 'x yy'],
    ['$NOPE ${NOPE}', '$NOPE ${NOPE}'],
    ['$(id) `id` ;&| * "\'\\', '$(id) `id` ;&| * "\'\\'],
    ['$1 $$', '$1 $$'],
    ['', ''],
  ])('%s', async (text, wanted) => expect(await value(text)).toBe(wanted));

  it('divides what a probe prints', async () => {
    const { stdout } = await runScript(sh`echo a=1; ${section('one')}; printf 'x=y\\nz'; ${section("it's")}; ${raw(':')}`, shell);
    expect(fields(stdout.split('\x1e')[0] as string)).toEqual(new Map([['a', '1']]));
    expect(sections(stdout)).toEqual(
      new Map([
        ['one', 'x=y\nz'],
        ["it's", ''],
      ]),
    );
  });
});

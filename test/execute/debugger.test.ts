import { expect, test } from 'vitest';
import { inputError } from '../../engine/error.ts';
import { LOCAL, player } from '../rig.ts';

const play = player();

/** A person who types these lines; what was shown before each is kept. */
function person(...lines: string[]) {
  const shown: string[] = [];
  return {
    shown,
    ask: async (prompt: string) => {
      shown.push(prompt);
      const line = lines.shift();
      if (line === undefined) throw inputError('no-terminal', 'nobody is there');
      return line;
    },
  };
}

const files = (tasks: string, more = '') => ({
  hosts: LOCAL('a'),
  'play.yaml': `- hosts: all\n  gather_facts: false\n${more}  tasks:\n${tasks}`,
});

const WRONG = '    - {name: try, debug: {msg: "{{ word.upper() }}"}, vars: {word: 3}}\n    - {name: after, debug: }\n';

test('a task that failed is looked at, changed and run again', async () => {
  const me = person('p task', 'p task.args', "task.args['msg'] = 'mended'", 'p task.args', 'p result.failed', 'r', 'c');
  const ran = await play(files(WRONG, '  debugger: on_failed\n'), me);
  const at = '[a] TASK: try (debug)> ';
  expect(me.shown).toEqual([at, `TASK: try\n${at}`, `{'msg': '{{ word.upper() }}'}\n${at}`, at, `{'msg': 'mended'}\n${at}`, `True\n${at}`]);
  expect(ran.exit).toBe(0);
  expect(ran.ends).toEqual(['a try: failed', 'a try: ok', 'a after: ok']);
  expect(ran.said[0]).toContain('mended');
  expect(ran.events.at(-1)).toMatchObject({ counts: { a: { ok: 2, failed: 0 } } });
});

test('variables are changed, and the arguments made anew with them', async () => {
  const me = person('p word', "task_vars['word'] = 'Hello'", 'u', 'p task.args', "p task_vars['word']", 'nonsense(', 'redo');
  const ran = await play(files(WRONG, '  debugger: on_failed\n'), me);
  expect(me.shown[3]).toContain('(debug)>');
  expect(me.shown[4]).toContain("{'msg': 'HELLO'}\n");
  expect(me.shown[5]).toContain("'Hello'\n");
  expect(me.shown[6]).toMatch(/^\*\*\*/);
  expect(ran.said[0]).toContain('HELLO');
  expect(ran.exit).toBe(0);
});

test('continue goes on with what failed; quit ends the run, and so does the end of the input', async () => {
  const gone = await play(files(WRONG, '  debugger: on_failed\n'), person('continue'));
  expect([gone.exit, gone.ends]).toEqual([1, ['a try: failed']]);
  for (const lines of [['q'], []]) {
    const left = await play(files('    - {name: try, debug: , debugger: always}\n    - {name: after, debug: }\n'), person(...lines));
    expect([left.exit, left.ends]).toEqual([130, ['a try: ok']]);
    expect(left.text).toContain('User interrupted execution');
  }
});

test('when the debugger comes', async () => {
  const asked = async (task: string, env: Record<string, string> = {}, more = '') => {
    const before = { ...process.env };
    Object.assign(process.env, env);
    try {
      const me = person(...Array<string>(9).fill('c'));
      await play(files(`    - ${task}\n`, more), me);
      return me.shown.length;
    } finally {
      process.env = before;
    }
  };
  const on = { ANSIBLE_ENABLE_TASK_DEBUGGER: 'true' };
  expect(await asked('{fail: , debugger: never}', on)).toBe(0);
  expect(await asked('{fail: }', on)).toBe(1);
  expect(await asked('{fail: }')).toBe(0);
  expect(await asked('{fail: }', {}, '  strategy: debug\n')).toBe(1);
  expect(await asked('{debug: }', {}, '  strategy: ansible.builtin.debug\n')).toBe(0);
  expect(await asked('{fail: , ignore_errors: true}', on)).toBe(0);
  expect(await asked('{fail: , ignore_errors: true}', { ...on, ANSIBLE_TASK_DEBUGGER_IGNORE_ERRORS: 'false' })).toBe(1);
  expect(await asked('{debug: , when: false, debugger: on_skipped}')).toBe(1);
  expect(await asked('{debug: , debugger: on_failed}')).toBe(0);
  expect(await asked('{block: [{fail: }], rescue: [{debug: }], debugger: on_failed}')).toBe(1);
  expect(await asked('{command: "true", vars: {ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1}, debugger: on_unreachable}')).toBe(1);
});

test('a word that the keyword does not have is told before the run', async () => {
  const ran = await play(files('    - {debug: , debugger: sometimes}\n'));
  expect([ran.exit, ran.diagnostics[0]?.code]).toEqual([3, 'keyword-value']);
});

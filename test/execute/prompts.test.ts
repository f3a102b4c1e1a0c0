import { expect, test } from 'vitest';
import { hashPassword } from '../../engine/jinja/filters/hash.ts';
import { LOCAL, player } from '../rig.ts';

const play = player();
const files = (prompts: string, shown: string) => ({
  hosts: LOCAL('a'),
  'play.yaml': `- hosts: a\n  gather_facts: false\n  vars_prompt:\n${prompts}  tasks:\n    - debug: {msg: "{{ ${shown} }}"}\n`,
});

/** Answers in turn; what was asked is kept with whether it is a secret. */
function person(...answers: string[]) {
  const asked: [string, boolean][] = [];
  return {
    asked,
    ask: async (prompt: string, secret: boolean) => {
      asked.push([prompt, secret]);
      return answers.shift() ?? '';
    },
  };
}

test('a value is asked for until it was typed twice the same', async () => {
  const me = person('one', 'two', 'three', 'three');
  const ran = await play(files('    - {name: word, prompt: Your word, confirm: true, private: false}\n', 'word'), me);
  expect(me.asked).toEqual([
    ['Your word: ', false],
    ['confirm Your word: ', false],
    ['***** VALUES ENTERED DO NOT MATCH ****\nYour word: ', false],
    ['confirm Your word: ', false],
  ]);
  expect(ran.said[0]).toContain('three');
});

test('the default is shown and holds where nothing is typed; secrets are asked for quietly and masked', async () => {
  const me = person('', 'hidden1');
  const ran = await play(files('    - {name: a1, prompt: First, default: 7, private: no}\n    - {name: b1}\n', "a1 ~ '/' ~ b1"), me);
  expect(me.asked).toEqual([
    ['First [7]: ', false],
    ['b1: ', true],
  ]);
  expect(ran.said[0]).toMatch(/7\//);
  expect(JSON.stringify(ran.events)).not.toContain('hidden1');
});

test('what is typed is a template unless the prompt is unsafe', async () => {
  const ran = await play(
    files('    - {name: a1, private: false}\n    - {name: b1, private: false, unsafe: true}\n', "a1 ~ ' ' ~ b1"),
    person('{{ 1 + 1 }}', '{{ 1 + 1 }}'),
  );
  expect(ran.said[0]).toContain('2 {{ 1 + 1 }}');
});

test('a password is hashed', async () => {
  const hash = hashPassword('word1', 'md5_crypt', { salt: 'saltsalt' });
  const ran = await play(files('    - {name: a1, encrypt: md5_crypt, salt: saltsalt}\n', `a1 == '${hash}'`), person('word1'));
  expect(ran.said[0]).toContain('True');
});

test('a hash that is not there, and a key that no prompt has, are mistakes with a place', async () => {
  const ran = await play(files('    - {name: a1, encrypt: rot13}\n', 'a1'), person('x'));
  expect([ran.exit, ran.diagnostics[0]?.code, ran.diagnostics[0]?.at?.line]).toEqual([3, 'vars-prompt', 4]);
  const other = await play(files('    - {name: a1, secrt: true}\n', 'a1'), person());
  expect([other.exit, other.diagnostics[0]?.code]).toEqual([3, 'unknown-keyword']);
});

test('each play asks its own questions, also for a name that another one has asked for', async () => {
  const me = person('one', 'two');
  const asking = (shown: string) =>
    `- hosts: a\n  gather_facts: false\n  vars_prompt:\n    - {name: word, private: false}\n  tasks:\n    - debug: {msg: "${shown} {{ word }}"}\n`;
  const ran = await play({ hosts: LOCAL('a'), 'play.yaml': asking('first') + asking('second') }, me);
  expect(me.asked).toHaveLength(2);
  expect(ran.said.join()).toMatch(/first one.*second two/s);
});
